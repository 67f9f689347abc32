#include "base/result.h"

#include <cstdio>

namespace base {

std::string_view name(Code code) {
  switch (code) {
    case Code::kInvalid: return "invalid";
    case Code::kMissing: return "missing";
    case Code::kTooLong: return "too_long";
    case Code::kTooMany: return "too_many";
    case Code::kCheckDigit: return "check_digit";
    case Code::kMismatch: return "mismatch";
    case Code::kDuplicate: return "duplicate";
    case Code::kNotFound: return "not_found";
    case Code::kDenied: return "denied";
    case Code::kStepUp: return "step_up";
    case Code::kExpired: return "expired";
    case Code::kUsed: return "used";
    case Code::kBudget: return "budget";
    case Code::kConflict: return "conflict";
    case Code::kLocked: return "locked";
    case Code::kState: return "state";
    case Code::kUnavailable: return "unavailable";
    case Code::kTimeout: return "timeout";
    case Code::kFull: return "full";
    case Code::kIo: return "io";
    case Code::kCorrupt: return "corrupt";
    case Code::kProtocol: return "protocol";
    case Code::kInternal: return "internal";
  }
  return "internal";
}

void assertion_failed(const char* what, const char* file, int line) {
  std::fprintf(stderr, "%s:%d: assertion failed: %s\n", file, line, what);
  // Not abort(), which sends a signal: no program may send one, and this needs no system call.
  __builtin_trap();
}

}  // namespace base
