// The heartbeat of a process: the service manager hears WATCHDOG=1 only from a loop that turns, in
// a process that knows how its upstream fares. A process that hangs, or that waits for ever for an
// answer without noticing, falls silent and is started again. Never says "alive" from a thread or a
// signal handler, which would go on beating in a body that is dead.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/loop.h"
#include "base/notify.h"

namespace base {

// Asks the process upstream again and again and remembers when the last outcome was known.
class Upstream {
 public:
  // False: it should have answered and was silent for too long.
  using Ask = std::function<Task<bool>()>;

  // Asks at once and then `every_ms` after each outcome, which may take `answer_ms`.
  Upstream(Loop& loop, std::int64_t every_ms, std::int64_t answer_ms, Ask ask);
  Upstream(const Upstream&) = delete;  // its timer points here
  Upstream& operator=(const Upstream&) = delete;
  ~Upstream() { state_->ended = true; }

  [[nodiscard]] bool answers() const { return state_->answers; }
  // Whether an outcome, good or bad, is known that is recent enough. False for ever when a question
  // is lost: that is what a watchdog is for.
  [[nodiscard]] bool known() const;

 private:
  // Shared with the question that is under way, which may end later than this object.
  struct State {
    Ask ask;
    bool answers = true;  // until the contrary is known
    bool ended = false;
    MonoTime at;
  };
  Task<void> ask(std::shared_ptr<State> state);

  Loop& loop_;
  std::int64_t every_ms_;
  std::int64_t answer_ms_;
  std::shared_ptr<State> state_;
  Timer timer_;
};

class Pulse {
 public:
  using Healthy = std::function<bool()>;
  using Status = std::function<std::string()>;

  // `healthy` decides before each beat, `status` says one line for people; it is sent when it
  // changes.
  Pulse(Loop& loop, const Notifier& notifier, Healthy healthy, Status status);
  Pulse(const Pulse&) = delete;  // its timer points here
  Pulse& operator=(const Pulse&) = delete;

  // READY=1 and the first beat.
  void ready();

 private:
  static constexpr std::int64_t kEveryMs = 2000;
  void beat();

  Loop& loop_;
  const Notifier& notifier_;
  Healthy healthy_;
  Status status_;
  std::int64_t every_ms_ = kEveryMs;
  std::string said_;
  Timer timer_;
};

}  // namespace base
