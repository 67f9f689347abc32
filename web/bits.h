// Sets of enumerators (bit i: value i) on pages: as check boxes of a form, and in words.
#pragma once

#include <algorithm>

#include "web/parts.h"

namespace web {

template <class E>
constexpr std::uint32_t bit_of(E value) {
  return std::uint32_t{1} << static_cast<unsigned>(value);
}

template <class E>
std::vector<std::string> names_of(std::uint32_t bits) {
  std::vector<std::string> out;
  for (std::uint8_t i = 0; i <= static_cast<std::uint8_t>(E::kLast); ++i) {
    const auto value = static_cast<E>(i);
    if ((bits & bit_of(value)) != 0) out.emplace_back(name(value));
  }
  return out;
}

// kInvalid, with the field, for a word that names no value.
template <class E>
base::Result<std::uint32_t> bits_of(const Form& form, std::string_view field) {
  std::uint32_t out = 0;
  for (const std::string_view word : form.all(field)) {
    const auto value = value_named<E>(word);
    if (!value) return base::fail(base::Code::kInvalid, base::FieldName(field));
    out |= bit_of(*value);
  }
  return out;
}

template <class E>
std::string say_bits(const View& view, std::uint32_t bits) {
  std::string out;
  for (std::uint8_t i = 0; i <= static_cast<std::uint8_t>(E::kLast); ++i) {
    const auto value = static_cast<E>(i);
    if ((bits & bit_of(value)) == 0) continue;
    if (!out.empty()) out += view.language == Language::kEn ? ", " : "、";
    out += view.t(say(value));
  }
  return out;
}

// The options with those chosen whose values are among the words.
inline std::vector<Option> chosen(std::vector<Option> options,
                                  const std::vector<std::string>& words) {
  for (Option& option : options) {
    option.chosen = std::ranges::find(words, option.value) != words.end();
  }
  return options;
}

}  // namespace web
