#include "base/clock.h"

#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>

namespace base {

namespace {

std::int64_t read_clock(clockid_t id) {
  timespec now{};
  ASSERT(::clock_gettime(id, &now) == 0);
  return std::int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
}

constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::int64_t kHourMs = 3'600'000;
constexpr std::int64_t kMinuteMs = 60'000;
constexpr std::int64_t kSecondMs = 1000;

std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

// Reads exactly `count` digits.
Result<int> digits(std::string_view text, std::size_t at, std::size_t count) {
  int value = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (text[i] < '0' || text[i] > '9') return fail(Code::kInvalid, "date");
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

}  // namespace

WallTime SystemClock::wall() const { return {read_clock(CLOCK_REALTIME)}; }
MonoTime SystemClock::mono() const { return {read_clock(CLOCK_BOOTTIME)}; }

std::string to_iso(Day day) {
  const std::chrono::year_month_day ymd{std::chrono::sys_days{std::chrono::days{day.days}}};
  std::array<char, 32> out{};
  std::snprintf(out.data(), out.size(), "%04d-%02u-%02u", static_cast<int>(ymd.year()),
                static_cast<unsigned>(ymd.month()), static_cast<unsigned>(ymd.day()));
  return out.data();
}

Result<Day> day_from_iso(std::string_view text, FieldName field) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return fail(Code::kInvalid, field);
  const auto year = digits(text, 0, 4);
  const auto month = digits(text, 5, 2);
  const auto day = digits(text, 8, 2);
  if (!year || !month || !day || *year < 1868) return fail(Code::kInvalid, field);
  const std::chrono::year_month_day ymd{std::chrono::year{*year},
                                        std::chrono::month{static_cast<unsigned>(*month)},
                                        std::chrono::day{static_cast<unsigned>(*day)}};
  if (!ymd.ok()) return fail(Code::kInvalid, field);
  return Day{static_cast<std::int32_t>(std::chrono::sys_days{ymd}.time_since_epoch().count())};
}

Day day_in_japan(WallTime time) {
  return {static_cast<std::int32_t>(floor_div(time.ms + 9 * kHourMs, kDayMs))};
}

std::string to_rfc3339(WallTime time) {
  const std::int64_t days = floor_div(time.ms, kDayMs);
  const auto rest = static_cast<int>(time.ms - days * kDayMs);
  std::array<char, 32> clock{};
  std::snprintf(clock.data(), clock.size(), "T%02d:%02d:%02d.%03dZ", rest / 3'600'000,
                rest / 60'000 % 60, rest / 1000 % 60, rest % 1000);
  return to_iso(Day{static_cast<std::int32_t>(days)}) + clock.data();
}

Result<WallTime> from_rfc3339(std::string_view text) {
  if (text.size() != 24 || text[10] != 'T' || text[13] != ':' || text[16] != ':' ||
      text[19] != '.' || text[23] != 'Z') {
    return fail(Code::kInvalid, "time");
  }
  const Day day = TRY(day_from_iso(text.substr(0, 10), "time"));
  const int hour = TRY(digits(text, 11, 2));
  const int minute = TRY(digits(text, 14, 2));
  const int second = TRY(digits(text, 17, 2));
  const int milli = TRY(digits(text, 20, 3));
  if (hour > 23 || minute > 59 || second > 59) return fail(Code::kInvalid, "time");
  return WallTime{day.days * kDayMs + hour * kHourMs + minute * kMinuteMs + second * kSecondMs +
                  milli};
}

}  // namespace base
