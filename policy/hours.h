// Opening hours (業務時間): on which days and from when to when a role works from a zone. Without a
// row for the two it is open at all times; with rows, only within one of them. What protects the
// firm (signing out, stopping an account, zones, the hours themselves) is never closed: the table
// (access.h) says what is. Two people open a role outside of them for a while (時間外の使用). Pure.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/clock.h"
#include "base/terms.h"
#include "policy/approval.h"

namespace policy {

inline constexpr std::size_t kOpeningsMax = 32;
inline constexpr std::uint16_t kDayMinutes = 24 * 60;
// The longest that one emergency lasts.
inline constexpr std::uint16_t kEmergencyMinutesMax = 4 * 60;

// A row. Days and minutes are Japan's.
struct Opening {
  base::Zone zone = base::Zone::kHandling;
  std::uint32_t roles = 0;   // bit i: base::Role i
  std::uint8_t days = 0;     // bit 0: Sunday ... bit 6: Saturday
  std::uint16_t opens = 0;   // minute of the day
  std::uint16_t closes = 0;  // not part of it any more; at or before `opens`: of the next day
};

// Roles that may work outside of their hours, until whichever comes first: the wall's time or the
// box's own running time, which nobody can set back.
struct Emergency {
  std::uint32_t roles = 0;
  Moment ends;
};

bool is_open(std::span<const Opening> openings, base::Role role, base::Zone zone,
             base::WallTime now);
bool is_emergency(std::span<const Emergency> emergencies, base::Role role, const Moment& now);

// Whether hours may stand for these: roles of accounts at a desk, people with a link (本人) where
// numbers are collected. kMissing "roles" or "weekdays", kInvalid "roles", "weekdays", "opens",
// "closes" or "zone".
base::Result<> check_opening(const Opening& opening);
// kMissing "minutes" for none, kInvalid "minutes" for more than kEmergencyMinutesMax.
base::Result<> check_emergency(std::uint16_t minutes);

}  // namespace policy
