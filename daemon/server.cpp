#include "daemon/server.h"

namespace core {

Server::Server(Core& core, base::Fd web, base::Fd console, Users users)
    : core_(core), web_(std::move(web)), console_(std::move(console)), users_(std::move(users)) {
  web_watch_ = core.loop().watch(web_.get(), [this](base::Ready) { accept_web(); });
  console_watch_ = core.loop().watch(console_.get(), [this](base::Ready) { accept_console(); });
}

void Server::accept_web() {
  auto fd = ipc::accept_from(web_);
  if (!fd || !*fd) return;
  if (!ipc::peer_is_one_of(**fd, users_.web)) return core_.log().error("acceptor_refused");
  if (acceptors_ >= kAcceptorsMax) return core_.log().warn("too_many_acceptors");
  ++acceptors_;
  auto service = std::make_shared<AcceptorService>(core_, [this] { --acceptors_; });
  ipc::serve<ipc::AcceptorCore>(core_.loop(), **std::move(fd), std::move(service));
}

void Server::accept_console() {
  auto fd = ipc::accept_from(console_);
  if (!fd || !*fd) return;
  const auto uid = ipc::peer_uid(**fd);
  if (!uid || !ipc::peer_is_one_of(**fd, users_.console)) {
    return core_.log().error("console_refused", {{"uid", uid ? std::int64_t{*uid} : -1}});
  }
  if (consoles_ >= kConsolesMax) return core_.log().warn("too_many_consoles");
  ++consoles_;
  auto peer = std::make_shared<Peer>();
  peer->zone = base::Zone::kControl;
  peer->role = base::Role::kOperator;
  peer->text = ipc::Text<45>::literal("uid " + std::to_string(*uid));
  auto service =
      std::make_shared<Service<ipc::ConsoleCore>>(core_, std::move(peer), [this] { --consoles_; });
  ipc::serve<ipc::ConsoleCore>(core_.loop(), **std::move(fd), std::move(service));
}

}  // namespace core
