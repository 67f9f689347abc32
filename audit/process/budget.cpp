#include "audit/process/budget.h"

#include <algorithm>

namespace audit::process {

namespace {

using base::Code;
using base::fail;

std::uint32_t minus(std::uint32_t limit, std::uint32_t used) {
  return used < limit ? limit - used : 0;
}

}  // namespace

void Budget::add(Stamps& stamps, std::uint64_t run, std::size_t max) {
  stamps.push_back(stamps.empty() ? run : std::max(run, stamps.back()));
  while (stamps.size() > max || stamps.front() + kDay <= stamps.back()) stamps.pop_front();
}

// Stamps younger than `window` at `run`. What happened exactly a window ago has left it.
std::uint32_t Budget::within(const Stamps& stamps, std::uint64_t run, std::uint64_t window) {
  const auto first = std::ranges::partition_point(
      stamps, [&](std::uint64_t stamp) { return stamp + window <= run; });
  return static_cast<std::uint32_t>(stamps.end() - first);
}

const Budget::Stamps& Budget::of(base::AccountId account) const {
  const auto it = users_.find(account);
  return it == users_.end() ? none_ : it->second;
}

base::Result<> Budget::check(base::AccountId account, std::uint64_t run) const {
  const Stamps& user = of(account);
  if (within(user, run, kHour) >= limits_.user_hour) return fail(Code::kBudget, "user_hour");
  if (within(user, run, kDay) >= limits_.user_day) return fail(Code::kBudget, "user_day");
  if (within(box_, run, kHour) >= limits_.box_hour) return fail(Code::kBudget, "box_hour");
  if (within(box_, run, kDay) >= limits_.box_day) return fail(Code::kBudget, "box_day");
  return {};
}

void Budget::count(base::AccountId account, std::uint64_t run) {
  add(box_, run, std::max<std::size_t>({limits_.box_hour, limits_.box_day, 1}));
  add(users_[account], box_.back(),
      std::max<std::size_t>({limits_.user_hour, limits_.user_day, 1}));
  // Accounts whose last reveal is over a day ago hold nothing any more. Looked for only when the
  // map could have grown past what a day's budget explains.
  if (users_.size() > std::size_t{limits_.box_day} + 1) {
    std::erase_if(users_, [now = box_.back()](const auto& entry) {
      return entry.second.back() + kDay <= now;
    });
  }
}

Budget::Left Budget::left(base::AccountId account, std::uint64_t run) const {
  const Stamps& user = of(account);
  return {std::min(minus(limits_.user_hour, within(user, run, kHour)),
                   minus(limits_.box_hour, within(box_, run, kHour))),
          std::min(minus(limits_.user_day, within(user, run, kDay)),
                   minus(limits_.box_day, within(box_, run, kDay)))};
}

}  // namespace audit::process
