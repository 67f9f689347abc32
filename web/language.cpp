#include "web/language.h"

#include <algorithm>
#include <string>

namespace web {

namespace {

constexpr std::size_t kRangesMax = 32;

std::string_view trimmed(std::string_view text) {
  const auto from = text.find_first_not_of(" \t");
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(" \t") - from + 1);
}

// A qvalue in thousandths (RFC 9110 12.4.2), -1 when it is none.
int weight_of(std::string_view text) {
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return -1;
  if (text.size() > 1 && text[1] != '.') return -1;
  int out = (text[0] - '0') * 1000;
  int unit = 100;
  for (const char c : text.substr(std::min<std::size_t>(2, text.size()))) {
    if (c < '0' || c > '9') return -1;
    out += (c - '0') * unit;
    unit /= 10;
  }
  return out <= 1000 ? out : -1;
}

bool is_primary(std::string_view range, std::string_view language) {
  if (range.size() < language.size()) return false;
  for (std::size_t i = 0; i < language.size(); ++i) {
    if ((range[i] | 0x20) != language[i]) return false;
  }
  return range.size() == language.size() || range[language.size()] == '-';
}

}  // namespace

std::string_view name(Language language) { return language == Language::kEn ? "en" : "ja"; }

std::optional<Language> language_from_name(std::string_view text) {
  if (text == "ja") return Language::kJa;
  if (text == "en") return Language::kEn;
  return std::nullopt;
}

Language preferred_language(std::string_view accept_language) {
  Language best = Language::kJa;
  int best_weight = 0;
  std::size_t from = 0;
  for (std::size_t n = 0; n < kRangesMax && from <= accept_language.size(); ++n) {
    const std::size_t to = std::min(accept_language.find(',', from), accept_language.size());
    std::string_view range = trimmed(accept_language.substr(from, to - from));
    from = to + 1;
    int weight = 1000;
    if (const auto semicolon = range.find(';'); semicolon != std::string_view::npos) {
      const std::string_view parameter = trimmed(range.substr(semicolon + 1));
      weight = parameter.starts_with("q=") ? weight_of(parameter.substr(2)) : -1;
      range = trimmed(range.substr(0, semicolon));
    }
    if (weight < 0) return Language::kJa;
    const bool ja = is_primary(range, "ja");
    if (!ja && !is_primary(range, "en")) continue;
    if (weight > best_weight) {
      best = ja ? Language::kJa : Language::kEn;
      best_weight = weight;
    }
  }
  return best;
}

}  // namespace web
