// The listening sockets of core: the web acceptor's and the console's. Who may connect is decided
// by the folder's mode and by the uid at the other end (config [users]).
#pragma once

#include "daemon/admission.h"

namespace core {

class Server {
 public:
  // Two consoles, `kagikura status`, the appliance's own programs and some spare; two acceptors
  // while one replaces the other.
  static constexpr std::size_t kConsolesMax = 16;
  static constexpr std::size_t kAcceptorsMax = 4;

  struct Users {
    std::vector<std::uint32_t> web;  // our own when empty, as for ipc::peer_is_one_of
    std::vector<std::uint32_t> console;
    // One right each, whatever `console` says; nobody when empty.
    std::vector<std::uint32_t> unlock;
    std::vector<std::uint32_t> tamper;
    std::vector<std::uint32_t> monitor;
    std::vector<std::uint32_t> mail;
  };

  Server(Core& core, base::Fd web, base::Fd console, Users users);
  Server(const Server&) = delete;  // watches point here
  Server& operator=(const Server&) = delete;

 private:
  void accept_web();
  void accept_console();
  // Who is at the other end of the console's socket; kNone: nobody of ours.
  [[nodiscard]] base::Role role_of(const base::Fd& fd, std::uint32_t uid) const;

  Core& core_;
  base::Fd web_;
  base::Fd console_;
  Users users_;
  std::size_t acceptors_ = 0;
  std::size_t consoles_ = 0;
  base::Watch web_watch_;
  base::Watch console_watch_;
};

}  // namespace core
