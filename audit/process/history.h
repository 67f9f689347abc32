// What the log of before says to a process that starts: read once, entry by entry, while the log
// opens.
#pragma once

#include <algorithm>

#include "audit/entry.h"
#include "audit/process/budget.h"
#include "base/clock.h"

namespace audit::process {

// Wrong PINs in a row. After kFree of them each further try must wait, so that neither a restart
// nor patience makes guessing cheap (tokens of software do not lock by themselves).
class PinGuard {
 public:
  static constexpr std::uint32_t kFree = 3;
  static constexpr std::uint64_t kFirstWaitMs = 60'000;
  static constexpr std::uint64_t kWaitMaxMs = 3'600'000;

  void failed(std::uint64_t run);
  void succeeded() { failures_ = 0; }
  // kLocked "pin_wait" while a try must wait.
  [[nodiscard]] base::Result<> check(std::uint64_t run) const;

 private:
  std::uint32_t failures_ = 0;
  std::uint64_t last_run_ = 0;
};

// How far the wall clock stands before the latest moment that the log or this process has seen.
// Whoever unlocks with the PIN takes the clock as it is then; core asks before.
class ClockGuard {
 public:
  void saw(base::WallTime now) { latest_ = std::max(latest_, now); }
  void accepted(base::WallTime now) { latest_ = now; }
  [[nodiscard]] std::uint64_t behind_ms(base::WallTime now) const {
    return now < latest_ ? static_cast<std::uint64_t>(latest_.ms - now.ms) : 0;
  }

 private:
  base::WallTime latest_;
};

// Whether the log's newest word is that the appliance is sealed. That is what outlives every
// restart: core asks for it, and an unlocking that does not say that it unseals is refused.
class SealFact {
 public:
  void saw(const Entry& entry);
  [[nodiscard]] bool sealed() const { return sealed_; }
  // What was logged as its cause; empty when a person sealed.
  [[nodiscard]] std::string_view by() const { return by_.view(); }

 private:
  bool sealed_ = false;
  base::FieldName by_;
};

struct History {
  explicit History(BudgetLimits limits) : budget(limits) {}
  // For Log::open().
  void take(const Entry& entry);

  Budget budget;
  PinGuard pins;
  ClockGuard clock;
  SealFact seal;
  base::Text<64> origin;  // empty: a new log
  bool alarmed = false;
};

}  // namespace audit::process
