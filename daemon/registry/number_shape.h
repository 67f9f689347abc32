// Finds what looks like an Individual Number in free text, so that none gets in where it would not
// be sealed. Pure.
#pragma once

#include <string_view>

namespace registry {

// True when `text` (UTF-8) has a run of exactly twelve digits, ASCII or full-width, alone or with
// single blanks or hyphens between them, whose check digit is right (and that are not all zero).
bool looks_like_number(std::string_view text);

}  // namespace registry
