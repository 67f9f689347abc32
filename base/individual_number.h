// The Individual Number (個人番号): 12 digits, 11 and a check digit, by 平成26年総務省令第85号
// 第5条. A checked, secret value; the digits are text (leading zeros are legal), never an integer.
#pragma once

#include <string_view>

#include "base/result.h"
#include "base/secret.h"

namespace base {

class IndividualNumber {
 public:
  static constexpr std::size_t kDigits = 12;

  // Takes what people type: ASCII or full-width digits (U+FF10 to U+FF19), with blanks (ASCII or
  // U+3000) and hyphens between them. kMissing when empty, kInvalid for anything else or another
  // count of digits, kInvalid for twelve zeros (their check digit is right, but none is issued),
  // kCheckDigit when the last digit does not fit.
  static Result<IndividualNumber> parse(std::string_view typed, FieldName field = "number");
  // Exactly twelve ASCII digits, as stored and sent; the same checks.
  static Result<IndividualNumber> from(const Secret<kDigits>& digits, FieldName field = "number");

  [[nodiscard]] const Secret<kDigits>& digits() const { return digits_; }
  Secret<kDigits> release() && { return std::move(digits_); }
  [[nodiscard]] bool equals(const IndividualNumber& other) const {
    return digits_.equals(other.digits_);
  }

 private:
  IndividualNumber() = default;
  static Result<IndividualNumber> checked(Secret<kDigits> digits, FieldName field);
  Secret<kDigits> digits_;
};

// The check digit ('0' to '9') for the first eleven digits of `digits` (ASCII).
char check_digit(ByteSpan digits);

}  // namespace base
