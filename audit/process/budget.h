// The reveal budgets (G4): how many numbers one account, and the whole box, may have revealed in
// any hour and any day of `run` time. The count is a function of the kRevealIntent entries of the
// log and of their own run stamps, so that a restart, a crash or a changed clock resets nothing.
// Pure logic, used by the service alone; it never reads a clock.
#pragma once

#include <deque>
#include <map>

#include "base/clock.h"
#include "base/terms.h"

namespace audit::process {

// Milliseconds for which the audit process has been running since the log began: the last entry's
// stamp and what has passed on the monotonic clock since the process opened the log. Wall time
// plays no part.
class RunClock {
 public:
  RunClock(const base::Clock& clock, std::uint64_t last_entry_run)
      : clock_(clock), start_(clock.mono()), before_(last_entry_run) {}
  [[nodiscard]] std::uint64_t now() const {
    return before_ + static_cast<std::uint64_t>(clock_.mono().ms - start_.ms);
  }

 private:
  const base::Clock& clock_;
  base::MonoTime start_;
  std::uint64_t before_;
};

struct BudgetLimits {
  std::uint32_t user_hour = 0;
  std::uint32_t user_day = 0;
  std::uint32_t box_hour = 0;
  std::uint32_t box_day = 0;
};

class Budget {
 public:
  static constexpr std::uint64_t kHour = 3'600'000;
  static constexpr std::uint64_t kDay = 24 * kHour;

  explicit Budget(BudgetLimits limits) : limits_(limits) {}

  // kBudget, with the limit that is reached as its field, when one more reveal at `run` is too
  // many.
  [[nodiscard]] base::Result<> check(base::AccountId account, std::uint64_t run) const;
  // Counts an intent entry, whether just written or read back at start. Stamps do not go back; one
  // that does (a log that was tampered with) counts as made at the newest.
  void count(base::AccountId account, std::uint64_t run);

  struct Left {
    std::uint32_t hour = 0;
    std::uint32_t day = 0;
  };
  // How many more the account could have revealed, by its own and the box's limits.
  [[nodiscard]] Left left(base::AccountId account, std::uint64_t run) const;

 private:
  using Stamps =
      std::deque<std::uint64_t>;  // at most the larger limit: older ones change no answer
  static void add(Stamps& stamps, std::uint64_t run, std::size_t max);
  [[nodiscard]] static std::uint32_t within(const Stamps& stamps, std::uint64_t run,
                                            std::uint64_t window);
  [[nodiscard]] const Stamps& of(base::AccountId account) const;

  BudgetLimits limits_;
  std::map<base::AccountId, Stamps> users_;
  Stamps box_;
  Stamps none_;
};

}  // namespace audit::process
