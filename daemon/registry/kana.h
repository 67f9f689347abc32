// Folding of Japanese text: half-width and full-width forms, hiragana and katakana, voiced marks
// that stand apart. Pure; for search keys and the kana column. Text is well-formed UTF-8.
#pragma once

#include <string>
#include <string_view>

namespace registry {

// The first code point of `text`, which must not be empty and is shortened by it.
char32_t take_code_point(std::string_view& text);
void append_utf8(std::string& out, char32_t code_point);

// Half-width katakana and hiragana to full-width katakana (a voiced mark that follows is joined),
// full-width ASCII to ASCII, U+3000 to a blank; all else as it is.
std::u32string fold_kana(std::string_view text);

// fold_kana, as UTF-8, with runs of blanks made one.
std::string to_katakana(std::string_view text);
// Katakana, prolonged sound and iteration marks, the middle dot and blanks only: what a reading is
// written in, after to_katakana().
bool is_reading(std::string_view text);

}  // namespace registry
