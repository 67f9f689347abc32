// A moment of the audit log: how many entries it had and the root over them (RFC 6962 section 2.1,
// SHA-256). Two points of one size with different roots are of two logs. Anybody may use it.
#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace base {

struct LogPoint {
  std::uint64_t size = 0;
  Digest root;
  friend bool operator==(const LogPoint&, const LogPoint&) = default;
};

}  // namespace base
