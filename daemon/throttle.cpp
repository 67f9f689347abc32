#include "daemon/throttle.h"

#include <algorithm>

namespace core {

Backoff after_failure(Backoff before, base::WallTime now) {
  constexpr std::int64_t kFirstMs = 15 * 60'000;
  constexpr std::int64_t kLongestMs = 24 * 3'600'000;
  Backoff after = before;
  if (after.failures < UINT32_MAX) ++after.failures;
  if (after.failures % kFailuresMax == 0) {
    const std::uint32_t rounds = std::min<std::uint32_t>(after.failures / kFailuresMax - 1, 16);
    after.locked_until = {now.ms + std::min(kFirstMs << rounds, kLongestMs)};
  }
  return after;
}

}  // namespace core
