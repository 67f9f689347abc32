// One-time codes by RFC 6238 (SHA-1, six digits, 30 s), each accepted once. What was typed becomes
// a number first, and only then is it compared and checked for replay: spaces or full-width digits
// cannot make a second code out of a used one.
#pragma once

#include <cstdint>
#include <optional>

#include "base/clock.h"
#include "base/result.h"
#include "base/secret.h"

namespace core {

using TotpSecret = base::Secret<20>;

inline constexpr std::int64_t kTotpStepMs = 30'000;

// RFC 4226 5.3, truncated to `digits` digits (6 to 8).
std::uint32_t hotp(const TotpSecret& secret, std::uint64_t counter, unsigned digits = 6);

// ASCII or full-width digits with blanks between; kInvalid unless there are exactly so many digits
// (at most nine).
base::Result<std::uint32_t> parse_code(const base::Secret<32>& typed, unsigned wanted = 6);

// The step whose code this is, out of the one before now, now, and the one after now; none when
// there is no such step above `last_step`. Compares all three in every case.
std::optional<std::uint64_t> accept_code(const TotpSecret& secret, std::uint32_t code,
                                         base::WallTime now, std::uint64_t last_step);

}  // namespace core
