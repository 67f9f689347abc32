// The numbered menu. Every choice is one request to core, which decides whether it may be; the
// menu only leaves out what core's state cannot allow, so that nobody is led to a refusal.
#pragma once

#include <string>

#include "console/terminal.h"
#include "ipc/client.h"
#include "ipc/console_core.h"

namespace console {

class Menu {
 public:
  Menu(Terminal& terminal, std::string socket) : terminal_(terminal), socket_(std::move(socket)) {}

  // Banner, menu, choice, again; returns at the end of input or after "leave".
  void run();

 private:
  struct Item;
  void banner(const ipc::GetStatus::Reply& status);
  void show_status(const ipc::GetStatus::Reply& status);
  void provision();
  void unlock();
  void seal();
  void show_checkpoint();
  void export_log();
  void shut_down();
  void show(const base::Error& error);

  // One request on a connection of its own: a restart of core in between does not matter.
  template <class Request>
  base::Result<typename Request::Reply> call(const Request& request) {
    auto client =
        TRY(ipc::Client<ipc::ConsoleCore>::open(TRY(ipc::connect_to(socket_)), kTimeoutMs));
    return client.call(request);
  }
  static constexpr std::int64_t kTimeoutMs = 120'000;

  Terminal& terminal_;
  std::string socket_;
};

}  // namespace console
