#include "base/mail_address.h"

#include <algorithm>

namespace base {

namespace {

constexpr std::size_t kLocalMax = 64;
constexpr std::size_t kLabelMax = 63;

bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// atext of RFC 5322, 3.2.3.
bool is_atext(char c) {
  return is_alphanumeric(c) ||
         std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
}

bool is_atom(std::string_view text) { return !text.empty() && std::ranges::all_of(text, is_atext); }

bool is_label(std::string_view text) {
  if (text.empty() || text.size() > kLabelMax || text.front() == '-' || text.back() == '-') {
    return false;
  }
  return std::ranges::all_of(text, [](char c) { return is_alphanumeric(c) || c == '-'; });
}

template <class Fits>
bool all_between_dots(std::string_view text, Fits fits) {
  while (true) {
    const auto dot = text.find('.');
    if (!fits(text.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

}  // namespace

bool is_mail_address(std::string_view text) {
  const auto at = text.find('@');
  if (at == std::string_view::npos || text.size() > kMailAddressMax || at > kLocalMax) return false;
  // A program that takes arguments might read a leading hyphen as one.
  if (text.front() == '-') return false;
  return all_between_dots(text.substr(0, at), is_atom) &&
         all_between_dots(text.substr(at + 1), is_label);
}

}  // namespace base
