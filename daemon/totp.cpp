#include "daemon/totp.h"

#include <array>

#include "base/bytes.h"
#include "base/secret_access.h"
#include "daemon/digest.h"

namespace core {

std::uint32_t hotp(const TotpSecret& secret, std::uint64_t counter, unsigned digits) {
  std::array<std::uint8_t, 8> message{};
  for (std::size_t i = 0; i < 8; ++i) {
    message[7 - i] = static_cast<std::uint8_t>(counter >> (8 * i));
  }
  const auto mac = hmac_sha1(secret.read(base::secret_access()), message);
  const auto bytes = mac.view();
  const std::size_t offset = bytes[19] & 15U;
  std::uint32_t value = bytes[offset] & 127U;
  for (std::size_t i = 1; i < 4; ++i) value = (value << 8U) | bytes[offset + i];
  std::uint32_t modulus = 1;
  for (unsigned i = 0; i < digits; ++i) modulus *= 10;
  return value % modulus;
}

base::Result<std::uint32_t> parse_code(const base::Secret<32>& typed, unsigned wanted) {
  auto left = base::as_text(typed.read(base::secret_access()));
  std::uint32_t value = 0;
  std::size_t digits = 0;
  while (!left.empty()) {
    if (left.front() == ' ') {
      left.remove_prefix(1);
      continue;
    }
    if (left.starts_with("\u3000")) {
      left.remove_prefix(3);
      continue;
    }
    if (left.front() >= '0' && left.front() <= '9') {
      value = value * 10 + static_cast<std::uint32_t>(left.front() - '0');
      left.remove_prefix(1);
    } else if (left.size() >= 3 && left.starts_with("\xEF\xBC") && left[2] >= '\x90' &&
               left[2] <= '\x99') {
      // U+FF10 (full-width zero) is EF BC 90.
      value = value * 10 + (static_cast<std::uint8_t>(left[2]) - 0x90U);
      left.remove_prefix(3);
    } else {
      return base::fail(base::Code::kInvalid, "code");
    }
    if (++digits > wanted) return base::fail(base::Code::kInvalid, "code");
  }
  if (digits == 0) return base::fail(base::Code::kMissing, "code");
  if (digits != wanted) return base::fail(base::Code::kInvalid, "code");
  return value;
}

std::optional<std::uint64_t> accept_code(const TotpSecret& secret, std::uint32_t code,
                                         base::WallTime now, std::uint64_t last_step) {
  if (now.ms < kTotpStepMs) return std::nullopt;
  const auto current = static_cast<std::uint64_t>(now.ms / kTotpStepMs);
  std::optional<std::uint64_t> accepted;
  for (std::uint64_t step = current - 1; step <= current + 1; ++step) {
    const bool same = (hotp(secret, step) ^ code) == 0;
    if (same && step > last_step && !accepted) accepted = step;
  }
  return accepted;
}

}  // namespace core
