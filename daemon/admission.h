// Who may connect: the zone of the peer's address by the configured blocks, how many connections
// there are, in all and from one address. Makes the channel of each worker, bound to the peer that
// core was told of by the acceptor: nothing that a worker says later changes where it is.
#pragma once

#include <functional>
#include <list>
#include <map>
#include <memory>

#include "daemon/dispatch.h"
#include "ipc/channel.h"

namespace core {

class Admission {
 public:
  explicit Admission(Core& core) : core_(core) {}
  Admission(const Admission&) = delete;  // connections point here
  Admission& operator=(const Admission&) = delete;

  // The peer of an address, with its zone.
  [[nodiscard]] std::shared_ptr<Peer> peer_of(const base::IpAddress& address,
                                              base::Listener listener) const;

  // The worker's end of a new channel that core serves. kTooMany "connections" or "source".
  base::Result<base::Fd> admit(const std::shared_ptr<Peer>& peer);

  // Ends every connection: the appliance is sealed.
  void close_all();

  // A connection from nowhere. One log entry a second at most, with the count of those between.
  void count_refusal(ipc::Text<45> peer);
  base::Task<void> log_refusals();

  [[nodiscard]] std::size_t connections() const { return connections_; }

 private:
  using Worker = Service<ipc::WorkerCore>;
  void closed(const base::IpAddress& source);

  Core& core_;
  std::size_t connections_ = 0;
  std::map<base::IpAddress, std::uint32_t> sources_;
  std::list<std::weak_ptr<ipc::ServerConnection<ipc::WorkerCore, Worker>>> live_;
  std::uint64_t refused_ = 0;
  ipc::Text<45> refused_peer_;  // the newest
};

// The answering end of the acceptor's channel.
class AcceptorService {
 public:
  AcceptorService(Core& core, std::function<void()> on_closed)
      : core_(core), on_closed_(std::move(on_closed)) {}
  base::Task<base::Result<ipc::Admit::Reply>> handle(ipc::Admit request);
  void violated(base::Error error);
  void closed() {
    if (on_closed_) on_closed_();
  }

 private:
  Core& core_;
  std::function<void()> on_closed_;
};

}  // namespace core
