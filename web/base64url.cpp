#include "web/base64url.h"

#include <array>

#include "base/secret_access.h"

namespace web {

namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

// -1 for what is not of the alphabet.
constexpr std::array<std::int8_t, 256> make_values() {
  std::array<std::int8_t, 256> out{};
  out.fill(-1);
  for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
    out[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::int8_t>(i);
  }
  return out;
}
constexpr auto kValues = make_values();

}  // namespace

std::string token_text(const base::Secret<kTokenBytes>& token) {
  const base::ByteSpan bytes = token.read(base::secret_access());
  std::string out;
  out.reserve(kTokenText);
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (const std::uint8_t byte : bytes) {
    bits = (bits << 8) | byte;
    held += 8;
    while (held >= 6) {
      held -= 6;
      out.push_back(kAlphabet[(bits >> held) & 63]);
    }
  }
  if (held > 0) out.push_back(kAlphabet[(bits << (6 - held)) & 63]);
  return out;
}

base::Result<base::Secret<kTokenBytes>> token_from_text(std::string_view text,
                                                        base::FieldName field) {
  if (text.size() != kTokenText) return base::fail(base::Code::kInvalid, field);
  base::Secret<kTokenBytes> out;
  const auto bytes = out.fill(base::secret_access(), kTokenBytes);
  std::uint32_t bits = 0;
  unsigned held = 0;
  std::size_t at = 0;
  for (const char c : text) {
    const std::int8_t value = kValues[static_cast<unsigned char>(c)];
    if (value < 0) return base::fail(base::Code::kInvalid, field);
    bits = ((bits << 6) | static_cast<std::uint32_t>(value)) & 0xFFFF;
    held += 6;
    if (held >= 8) {
      held -= 8;
      bytes[at++] = static_cast<std::uint8_t>(bits >> held);
    }
  }
  // The two bits that are left over: any but zero would be a second text of the same token.
  if ((bits & ((1U << held) - 1U)) != 0) return base::fail(base::Code::kInvalid, field);
  return out;
}

base::Secret<kTokenBytes> copy_of(const base::Secret<kTokenBytes>& token) {
  auto out = base::Secret<kTokenBytes>::from(token.read(base::secret_access()));
  ASSERT(out.has_value());  // it is as long as the first
  return *std::move(out);
}

}  // namespace web
