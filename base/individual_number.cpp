#include "base/individual_number.h"

#include "base/secret_access.h"

namespace base {

char check_digit(ByteSpan digits) {
  // Qn read from the left; Pn counts from the right, so the weights run 6 5 4 3 2 7 6 5 4 3 2.
  static constexpr unsigned kWeights[11] = {6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2};
  ASSERT(digits.size() >= 11);
  unsigned sum = 0;
  for (std::size_t i = 0; i < 11; ++i) sum += (digits[i] - unsigned{'0'}) * kWeights[i];
  const unsigned remainder = sum % 11;
  return static_cast<char>('0' + (remainder <= 1 ? 0 : 11 - remainder));
}

Result<IndividualNumber> IndividualNumber::checked(Secret<kDigits> digits, FieldName field) {
  const ByteSpan bytes = digits.read(secret_access());
  if (bytes.size() != kDigits) return fail(Code::kInvalid, field);
  std::uint8_t any = 0;
  for (const std::uint8_t byte : bytes) {
    if (byte < '0' || byte > '9') return fail(Code::kInvalid, field);
    any |= static_cast<std::uint8_t>(byte - '0');
  }
  if (any == 0) return fail(Code::kInvalid, field);
  if (static_cast<char>(bytes[11]) != check_digit(bytes)) return fail(Code::kCheckDigit, field);
  IndividualNumber number;
  number.digits_ = std::move(digits);
  return number;
}

Result<IndividualNumber> IndividualNumber::from(const Secret<kDigits>& digits, FieldName field) {
  return checked(TRY(Secret<kDigits>::from(digits.read(secret_access()), field)), field);
}

Result<IndividualNumber> IndividualNumber::parse(std::string_view typed, FieldName field) {
  if (typed.empty()) return fail(Code::kMissing, field);
  Secret<kDigits> digits;
  const auto out = digits.fill(secret_access(), kDigits);
  std::size_t count = 0;
  while (!typed.empty()) {
    if (typed.front() == ' ' || typed.front() == '-') {
      typed.remove_prefix(1);
      continue;
    }
    if (typed.starts_with("\u3000")) {
      typed.remove_prefix(3);
      continue;
    }
    std::uint8_t digit = 0;
    if (typed.front() >= '0' && typed.front() <= '9') {
      digit = static_cast<std::uint8_t>(typed.front());
      typed.remove_prefix(1);
    } else if (typed.size() >= 3 && typed.starts_with("\xEF\xBC") && typed[2] >= '\x90' &&
               typed[2] <= '\x99') {
      // U+FF10 (０) is EF BC 90.
      digit = static_cast<std::uint8_t>('0' + (static_cast<std::uint8_t>(typed[2]) - 0x90U));
      typed.remove_prefix(3);
    } else {
      return fail(Code::kInvalid, field);
    }
    if (count == kDigits) return fail(Code::kInvalid, field);
    out[count++] = digit;
  }
  if (count == 0) return fail(Code::kMissing, field);
  if (count != kDigits) return fail(Code::kInvalid, field);
  return checked(std::move(digits), field);
}

}  // namespace base
