// Dates as Japanese offices write them. Pure.
#pragma once

#include <string_view>

#include "base/clock.h"

namespace registry {

// 2026-11-22, 2026/11/22, 2026.11.22, 20261122, 2026年11月22日; by era: S63.4.1, H1/1/8,
// 昭和63年4月1日, 令和元年5月1日; full-width digits and letters too. kInvalid for what is no day,
// and for a day outside its era (a change of era is inclusive on both sides only where the law made
// it so).
base::Result<base::Day> parse_date(std::string_view text);

}  // namespace registry
