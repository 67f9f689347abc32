// Time, as three kinds that cannot be mixed up. Grants and time-outs use MonoTime only; what people
// and laws mean by time is WallTime; both in milliseconds. Logic takes a Clock so that tests and
// the simulator can turn it.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

#include "base/result.h"

namespace base {

// Milliseconds since 1970-01-01T00:00:00Z.
struct WallTime {
  std::int64_t ms = 0;
  friend auto operator<=>(WallTime, WallTime) = default;
};

// Milliseconds of CLOCK_BOOTTIME: never steps, goes on in suspend, starts anew at boot.
struct MonoTime {
  std::int64_t ms = 0;
  friend auto operator<=>(MonoTime, MonoTime) = default;
};

// A calendar day, as days since 1970-01-01. Statutory dates are days in Japan, without a time.
struct Day {
  std::int32_t days = 0;
  friend auto operator<=>(Day, Day) = default;
};

class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual WallTime wall() const = 0;
  [[nodiscard]] virtual MonoTime mono() const = 0;
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] WallTime wall() const override;
  [[nodiscard]] MonoTime mono() const override;
};

// RFC 3339 in UTC with milliseconds: 2026-11-22T03:04:05.678Z.
std::string to_rfc3339(WallTime time);
Result<WallTime> from_rfc3339(std::string_view text);

// 2026-11-22; kInvalid for what is no Gregorian date from 1868 to 9999.
std::string to_iso(Day day);
Result<Day> day_from_iso(std::string_view text, FieldName field = "date");
// The day in Japan (UTC+9, no daylight saving) at that moment.
Day day_in_japan(WallTime time);

}  // namespace base
