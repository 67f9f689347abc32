// The two languages of the pages. Japanese unless the person chose or clearly prefers English.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace web {

enum class Language : std::uint8_t { kJa, kEn };

// "ja" or "en", as in <html lang> and the __Host-lang cookie.
std::string_view name(Language language);
std::optional<Language> language_from_name(std::string_view text);
// By Accept-Language (RFC 9110 12.5.4): the one of the two with the greater weight, the first on a
// tie; Japanese when neither is named or the header is not well-formed.
Language preferred_language(std::string_view accept_language);

}  // namespace web
