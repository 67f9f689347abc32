#include "daemon/admission.h"

namespace core {

using base::Code;
using base::fail;

std::shared_ptr<Peer> Admission::peer_of(const base::IpAddress& address,
                                         base::Listener listener) const {
  auto peer = std::make_shared<Peer>();
  peer->address = address;
  peer->listener = listener;
  core_.place(*peer);
  peer->text = ipc::Text<45>::literal(address.text());
  return peer;
}

base::Result<base::Fd> Admission::admit(const std::shared_ptr<Peer>& peer) {
  if (connections_ >= core_.config().workers_max) return fail(Code::kTooMany, "connections");
  auto& from_source = sources_[peer->address];
  if (from_source >= core_.config().workers_per_source_max) return fail(Code::kTooMany, "source");
  auto ends = TRY(ipc::socket_pair());
  TRY(ipc::set_nonblocking(ends.first));
  ++from_source;
  ++connections_;
  auto service =
      std::make_shared<Worker>(core_, peer, [this, source = peer->address] { closed(source); });
  std::erase_if(live_, [](const auto& connection) { return connection.expired(); });
  live_.push_back(
      ipc::serve<ipc::WorkerCore>(core_.loop(), std::move(ends.first), std::move(service)));
  return std::move(ends.second);
}

void Admission::closed(const base::IpAddress& source) {
  --connections_;
  const auto it = sources_.find(source);
  if (it != sources_.end() && --it->second == 0) sources_.erase(it);
}

void Admission::close_all() {
  // Each end calls back into this object: from a copy.
  const auto live = std::exchange(live_, {});
  for (const auto& weak : live) {
    if (const auto connection = weak.lock()) connection->close();
  }
}

void Admission::count_refusal(ipc::Text<45> peer) {
  ++refused_;
  refused_peer_ = std::move(peer);
}

base::Task<void> Admission::log_refusals() {
  if (refused_ == 0) co_return;
  ipc::Actor actor;
  actor.peer = refused_peer_;
  auto entry = entry_of(base::CoreEvent::kConnectionRefused, actor);
  entry.count = std::exchange(refused_, 0);
  entry.error = base::Error{Code::kDenied, "zone"};
  co_await core_.note(std::move(entry));
}

base::Task<base::Result<ipc::Admit::Reply>> AcceptorService::handle(ipc::Admit request) {
  std::array<std::uint8_t, 16> octets{};
  std::copy(request.address.view().begin(), request.address.view().end(), octets.begin());
  auto peer = core_.admission->peer_of(base::IpAddress::v6(octets), request.listener);
  return dispatch(core_, std::move(peer), std::move(request));
}

void AcceptorService::violated(base::Error error) {
  core_.log().error("acceptor_dropped", {{"error", error}});
}

// ---- handlers of a connection

Answer<ipc::Admit> handle(Context& context, ipc::Admit /*request*/) {
  ipc::Admit::Reply reply;
  CO_TRY(reply.channel, context.core.admission->admit(context.peer));
  co_return std::move(reply);
}

}  // namespace core
