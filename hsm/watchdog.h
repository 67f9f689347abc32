// The watchdog of vendor code. A module may answer slowly or never, and nothing can interrupt a
// call into it but the end of the process: so the process ends, its supervisor starts a new one,
// and the audit process logs in again. Costs no system call per PKCS#11 call: a timer ticks while a
// request is worked on, and a tick that finds the same call under way for too long ends the
// process.
#pragma once

#include <cstdint>

#include "base/result.h"

namespace hsm {

// The exit status that says: a call took too long.
inline constexpr int kWatchdogExit = 75;  // EX_TEMPFAIL of sysexits.h

namespace watchdog {

// Sets the handler of SIGALRM up; `call_ms` for one call, kCallsMax times that for one request.
inline constexpr std::uint32_t kCallsMax = 12;
base::Result<> install(std::uint32_t call_ms);

// While one lives, requests are being worked on, and the timer ticks.
class Busy {
 public:
  Busy();
  Busy(const Busy&) = delete;  // one timer
  Busy& operator=(const Busy&) = delete;
  ~Busy();
};

// The next request of a Busy time begins.
void begin_request();

// While one lives, the module has the processor.
class Call {
 public:
  Call();
  Call(const Call&) = delete;  // one call at a time
  Call& operator=(const Call&) = delete;
  ~Call();
};

}  // namespace watchdog
}  // namespace hsm
