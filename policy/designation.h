// Designation (指定) of those who work with people and their numbers: 事務取扱担当者 and 閲覧. It
// names groups of the firm with all below them, kinds of person, purposes, and a first and a last
// day. Who is not designated now sees nobody and opens nothing; outside of it nobody is there.
// Pure.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/terms.h"

namespace policy {

// The longest that a designation lasts, and how old its training may be on its first day: a year,
// and a month to renew it in.
inline constexpr std::int32_t kDesignationDaysMax = 396;

// Whose work with people needs one.
bool needs_designation(base::Role role);

// Groups are paths: "東京支店/経理課" lies in "東京支店". "/" and "／" both part them.
struct Scope {
  std::vector<std::string_view> groups;  // none: the whole firm
  std::uint32_t kinds = 0;               // bit i: base::PersonKind i
  std::uint32_t purposes = 0;            // bit i: base::Purpose i
};
bool covers(const Scope& scope, std::string_view group, base::PersonKind kind);
bool covers(const Scope& scope, base::Purpose purpose);

struct Term {
  base::Day trained;
  base::Day first;
  base::Day last;  // the whole of it still counts
  friend bool operator==(const Term&, const Term&) = default;
};
// Never kNever or kEnded.
base::Designated state_of(const Term& term, base::Day today);

// Whether this may be proposed on that day: kMissing "kinds" or "purposes" for an empty scope,
// kInvalid for what is no kind or purpose ("kinds", "purposes"), a training after the first day,
// still to come, or too old ("trained"), and a last day before the first, before today, or too late
// ("last").
base::Result<> check_designation(const Scope& scope, const Term& term, base::Day today);

}  // namespace policy
