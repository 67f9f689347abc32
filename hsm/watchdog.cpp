#include "hsm/watchdog.h"

#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <string_view>

namespace hsm::watchdog {

namespace {

constexpr std::uint32_t kTicksACall = 8;

// A signal handler can be handed nothing: this is the one state of the process that is not owned by
// main(). Odd: a call is under way.
struct State {
  std::atomic<std::uint32_t> calls{0};
  std::atomic<std::uint32_t> seen{0};
  std::atomic<std::uint32_t> ticks_in_call{0};
  std::atomic<std::uint32_t> ticks_in_request{0};
  std::atomic<std::uint32_t> tick_us{0};
};
State state;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)
static_assert(std::atomic<std::uint32_t>::is_always_lock_free);

[[noreturn]] void end(std::string_view line) {
  [[maybe_unused]] const ssize_t ignored = ::write(STDERR_FILENO, line.data(), line.size());
  ::_exit(kWatchdogExit);
}

void on_tick(int /*signal*/) {
  const std::uint32_t calls = state.calls.load(std::memory_order_relaxed);
  const bool same = calls % 2 == 1 && calls == state.seen.load(std::memory_order_relaxed);
  state.seen.store(calls, std::memory_order_relaxed);
  const std::uint32_t ticks = same ? state.ticks_in_call.load(std::memory_order_relaxed) + 1 : 0;
  state.ticks_in_call.store(ticks, std::memory_order_relaxed);
  if (ticks >= kTicksACall) end("kagikura-hsm: module_call_timed_out\n");
  const std::uint32_t total = state.ticks_in_request.load(std::memory_order_relaxed) + 1;
  state.ticks_in_request.store(total, std::memory_order_relaxed);
  if (total >= kTicksACall * kCallsMax) end("kagikura-hsm: request_timed_out\n");
}

void set_timer(std::uint32_t tick_us) {
  const timeval tick{static_cast<time_t>(tick_us / 1'000'000),
                     static_cast<suseconds_t>(tick_us % 1'000'000)};
  const itimerval timer{tick, tick};
  ::setitimer(ITIMER_REAL, &timer, nullptr);  // fails for bad values only
}

}  // namespace

base::Result<> install(std::uint32_t call_ms) {
  struct sigaction action{};
  action.sa_handler = on_tick;
  action.sa_flags = SA_RESTART;
  if (::sigaction(SIGALRM, &action, nullptr) != 0) return base::fail(base::Code::kIo, "sigaction");
  state.tick_us.store(call_ms * 1000 / kTicksACall);
  return {};
}

void begin_request() {
  state.ticks_in_call.store(0);
  state.ticks_in_request.store(0);
}

Busy::Busy() {
  begin_request();
  const std::uint32_t tick_us = state.tick_us.load();
  if (tick_us != 0) set_timer(tick_us);
}
Busy::~Busy() {
  if (state.tick_us.load() != 0) set_timer(0);
}

Call::Call() { state.calls.fetch_add(1, std::memory_order_relaxed); }
Call::~Call() { state.calls.fetch_add(1, std::memory_order_relaxed); }

}  // namespace hsm::watchdog
