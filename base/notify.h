// Tells the service manager how a program fares: the protocol of sd_notify(3). The socket is made
// and connected once, before the sandbox closes, so that no program needs to make sockets
// afterwards, which libsystemd's own function would. Silent where there is no service manager.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/fd.h"

namespace base {

class Notifier {
 public:
  // Reads NOTIFY_SOCKET and WATCHDOG_USEC.
  static Notifier from_environment();

  void ready() const { send("READY=1"); }
  void stopping() const { send("STOPPING=1"); }
  void alive() const { send("WATCHDOG=1"); }
  // One line for people, at most 200 bytes: "Operational, HSM ok, 3 sessions".
  void status(std::string_view text) const;

  // How often alive() is expected at least; none without a watchdog.
  [[nodiscard]] std::optional<std::int64_t> watchdog_ms() const { return watchdog_ms_; }

 private:
  void send(std::string_view message) const;
  Fd socket_;
  std::optional<std::int64_t> watchdog_ms_;
};

}  // namespace base
