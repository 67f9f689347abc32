#include "policy/hours.h"

#include <algorithm>

namespace policy {

namespace {

using base::Code;
using base::fail;
using base::Role;
using base::Zone;

constexpr std::uint32_t bit(unsigned value) { return std::uint32_t{1} << value; }
constexpr std::uint32_t bit(Role role) { return bit(static_cast<unsigned>(role)); }
constexpr unsigned kWeek = 7;
constexpr std::uint8_t kAllDays = bit(kWeek) - 1;
constexpr std::int64_t kMinuteMs = 60'000;
constexpr std::int64_t kDayMs = std::int64_t{kDayMinutes} * kMinuteMs;
constexpr std::int64_t kJapanMs = std::int64_t{9} * 60 * kMinuteMs;  // ahead of UTC, all year
constexpr unsigned kEpochWeekday = 4;                                // 1970-01-01, a Thursday

struct TimeOfWeek {
  unsigned weekday = 0;  // 0: Sunday
  std::uint16_t minute = 0;
};
TimeOfWeek in_japan(base::WallTime now) {
  const base::Day day = base::day_in_japan(now);
  const std::int64_t of_day = now.ms + kJapanMs - std::int64_t{day.days} * kDayMs;
  const std::int64_t weekday = (std::int64_t{day.days} % kWeek + kWeek + kEpochWeekday) % kWeek;
  return {static_cast<unsigned>(weekday), static_cast<std::uint16_t>(of_day / kMinuteMs)};
}

bool covers(const Opening& one, const TimeOfWeek& now) {
  const bool today = (one.days & bit(now.weekday)) != 0;
  if (one.opens < one.closes) return today && one.opens <= now.minute && now.minute < one.closes;
  // Over midnight: the evening of a day, or the morning after one.
  const bool since_yesterday = (one.days & bit((now.weekday + kWeek - 1) % kWeek)) != 0;
  return (today && one.opens <= now.minute) || (since_yesterday && now.minute < one.closes);
}

}  // namespace

bool is_open(std::span<const Opening> openings, Role role, Zone zone, base::WallTime now) {
  const TimeOfWeek at = in_japan(now);
  bool any = false;
  for (const Opening& one : openings) {
    if (one.zone != zone || (one.roles & bit(role)) == 0) continue;
    if (covers(one, at)) return true;
    any = true;
  }
  return !any;
}

bool is_emergency(std::span<const Emergency> emergencies, Role role, const Moment& now) {
  return std::ranges::any_of(emergencies, [&](const Emergency& one) {
    return (one.roles & bit(role)) != 0 && now.wall < one.ends.wall && now.run_ms < one.ends.run_ms;
  });
}

base::Result<> check_opening(const Opening& opening) {
  if (opening.zone != Zone::kHandling && opening.zone != Zone::kCollection) {
    return fail(Code::kInvalid, "zone");
  }
  if (opening.roles == 0) return fail(Code::kMissing, "roles");
  for (unsigned i = 0; i < 32; ++i) {
    if ((opening.roles & bit(i)) == 0) continue;
    const bool known = i <= static_cast<unsigned>(Role::kLast);
    const bool fits =
        known && (opening.zone == Zone::kHandling ? is_account_role(static_cast<Role>(i))
                                                  : static_cast<Role>(i) == Role::kSubject);
    if (!fits) return fail(Code::kInvalid, "roles");
  }
  if (opening.days == 0) return fail(Code::kMissing, "weekdays");
  if ((opening.days & ~kAllDays) != 0) return fail(Code::kInvalid, "weekdays");
  if (opening.opens >= kDayMinutes) return fail(Code::kInvalid, "opens");
  if (opening.closes > kDayMinutes || opening.closes == opening.opens) {
    return fail(Code::kInvalid, "closes");
  }
  return {};
}

base::Result<> check_emergency(std::uint16_t minutes) {
  if (minutes == 0) return fail(Code::kMissing, "minutes");
  if (minutes > kEmergencyMinutesMax) return fail(Code::kInvalid, "minutes");
  return {};
}

}  // namespace policy
