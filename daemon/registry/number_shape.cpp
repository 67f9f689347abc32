#include "daemon/registry/number_shape.h"

#include <algorithm>
#include <array>

#include "base/individual_number.h"
#include "daemon/registry/kana.h"

namespace registry {
namespace {

// The digits of one run. Only as many as matter are kept.
class Run {
 public:
  void add(char32_t digit) {
    if (count_ < digits_.size()) digits_[count_] = static_cast<std::uint8_t>(digit);
    ++count_;
  }
  [[nodiscard]] bool is_number() const {
    if (count_ != digits_.size()) return false;
    const base::ByteSpan digits(digits_);
    return std::ranges::any_of(digits, [](std::uint8_t d) { return d != '0'; }) &&
           static_cast<std::uint8_t>(base::check_digit(digits.first(11))) == digits[11];
  }
  void clear() { count_ = 0; }

 private:
  std::array<std::uint8_t, base::IndividualNumber::kDigits> digits_{};
  std::size_t count_ = 0;
};

bool is_separator(char32_t c) {
  return c == U' ' || c == U'-' || c == U'ー' || (c >= 0x2010 && c <= 0x2015) || c == 0x2212;
}

}  // namespace

bool looks_like_number(std::string_view text) {
  if (text.size() < base::IndividualNumber::kDigits) return false;
  Run tight;   // digits side by side
  Run spaced;  // single separators allowed
  bool separated = false;
  for (const char32_t c : fold_kana(text)) {
    if (c >= U'0' && c <= U'9') {
      tight.add(c);
      spaced.add(c);
      separated = false;
      continue;
    }
    if (tight.is_number()) return true;
    tight.clear();
    if (is_separator(c) && !separated) {
      separated = true;
      continue;
    }
    if (spaced.is_number()) return true;
    spaced.clear();
    separated = false;
  }
  return tight.is_number() || spaced.is_number();
}

}  // namespace registry
