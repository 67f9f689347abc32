#include "daemon/server.h"

#include <algorithm>

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

base::Role Server::role_of(const base::Fd& fd, std::uint32_t uid) const {
  const auto has = [uid](const std::vector<std::uint32_t>& users) {
    return std::ranges::find(users, uid) != users.end();
  };
  if (has(users_.unlock)) return base::Role::kUnlocker;
  if (has(users_.tamper)) return base::Role::kWatcher;
  if (has(users_.monitor)) return base::Role::kMonitor;
  if (has(users_.mail)) return base::Role::kMailer;
  return ipc::peer_is_one_of(fd, users_.console) ? base::Role::kOperator : base::Role::kNone;
}

void Server::accept_console() {
  auto fd = ipc::accept_from(console_);
  if (!fd || !*fd) return;
  const auto uid = ipc::peer_uid(**fd);
  const auto role = uid ? role_of(**fd, *uid) : base::Role::kNone;
  if (role == base::Role::kNone) {
    return core_.log().error("console_refused", {{"uid", uid ? std::int64_t{*uid} : -1}});
  }
  if (consoles_ >= kConsolesMax) return core_.log().warn("too_many_consoles");
  ++consoles_;
  auto peer = std::make_shared<Peer>();
  peer->zone = base::Zone::kControl;
  peer->role = role;
  peer->text = ipc::Text<45>::literal("uid " + std::to_string(*uid));
  auto service =
      std::make_shared<Service<ipc::ConsoleCore>>(core_, std::move(peer), [this] { --consoles_; });
  ipc::serve<ipc::ConsoleCore>(core_.loop(), **std::move(fd), std::move(service));
}

}  // namespace core
