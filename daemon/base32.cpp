#include "daemon/base32.h"

#include "base/secret_access.h"

namespace core {

namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

int value_of(std::uint8_t typed) {
  if (typed >= 'a' && typed <= 'z') typed = static_cast<std::uint8_t>(typed - 'a' + 'A');
  if (typed == '0') typed = 'O';
  if (typed == '1') typed = 'I';
  if (typed == '8') typed = 'B';
  const auto at = kAlphabet.find(static_cast<char>(typed));
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

}  // namespace

base::Secret<kKeyChars> to_base32(const base::Secret<kKeyBytes>& bytes) {
  ASSERT(bytes.size() == kKeyBytes);
  base::Secret<kKeyChars> out;
  const auto in = bytes.read(base::secret_access());
  const auto text = out.fill(base::secret_access(), kKeyChars);
  for (std::size_t i = 0; i < kKeyChars; ++i) {
    // Five bits from bit 5 * i on; they span two bytes at most.
    const std::size_t byte = i * 5 / 8;
    const unsigned pair = (unsigned{in[byte]} << 8U) | (byte + 1 < kKeyBytes ? in[byte + 1] : 0U);
    text[i] = static_cast<std::uint8_t>(kAlphabet[(pair >> (11 - i * 5 % 8)) & 31U]);
  }
  return out;
}

base::Result<base::Secret<kKeyBytes>> from_base32(const base::Secret<kKeyChars>& text) {
  const auto in = text.read(base::secret_access());
  if (in.size() != kKeyChars) return base::fail(base::Code::kInvalid, "key");
  base::Secret<kKeyBytes> out;
  const auto bytes = out.fill(base::secret_access(), kKeyBytes);
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < kKeyChars; ++i) {
    const int value = value_of(in[i]);
    if (value < 0) return base::fail(base::Code::kInvalid, "key");
    bits = (bits << 5U) | static_cast<std::uint64_t>(value);
    if (i % 8 != 7) continue;
    for (std::size_t b = 0; b < 5; ++b) {
      bytes[i / 8 * 5 + b] = static_cast<std::uint8_t>(bits >> (8 * (4 - b)));
    }
    bits = 0;
  }
  return out;
}

}  // namespace core
