#include "daemon/registry/kana.h"

#include <array>

namespace registry {
namespace {

// U+FF61 to U+FF9D (JIS X 0201 katakana), in order.
constexpr std::u32string_view kHalfWidth =
    U"。「」、・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホ"
    U"マミムメモヤユヨラリルレロワン";
static_assert(kHalfWidth.size() == 0xFF9D - 0xFF61 + 1);

constexpr char32_t kVoiced = U'゙';  // combining, as all forms of it are folded to
constexpr char32_t kSemiVoiced = U'゚';

char32_t fold(char32_t c) {
  if (c >= 0xFF61 && c <= 0xFF9D) return kHalfWidth[c - 0xFF61];
  if (c == 0xFF9E || c == 0x309B) return kVoiced;
  if (c == 0xFF9F || c == 0x309C) return kSemiVoiced;
  if (c >= 0xFF01 && c <= 0xFF5E) return c - 0xFEE0;
  if (c == 0x3000 || c == 0x00A0) return U' ';
  if ((c >= 0x3041 && c <= 0x3096) || c == 0x309D || c == 0x309E) return c + 0x60;
  return c;
}

// The katakana that `c` with the mark makes; 0 when there is none (Unicode: the voiced one
// follows).
char32_t join(char32_t c, char32_t mark) {
  if (mark == kVoiced) {
    if (c == U'ウ') return U'ヴ';
    if (c == U'ワ') return U'ヷ';
    if (c == U'ヲ') return U'ヺ';
    constexpr std::u32string_view kTakes = U"カキクケコサシスセソタチツテトハヒフヘホヽ";
    return kTakes.contains(c) ? c + 1 : 0;
  }
  constexpr std::u32string_view kTakesHalf = U"ハヒフヘホ";
  return kTakesHalf.contains(c) ? c + 2 : 0;
}

}  // namespace

char32_t take_code_point(std::string_view& text) {
  const auto byte = [&](std::size_t i) {
    return static_cast<char32_t>(static_cast<unsigned char>(text[i]));
  };
  const char32_t first = byte(0);
  std::size_t size = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  if (size > text.size()) size = 1;
  char32_t out = size == 1 ? first : first & (0xFFU >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) out = (out << 6) | (byte(i) & 0x3F);
  text.remove_prefix(size);
  return out;
}

void append_utf8(std::string& out, char32_t c) {
  const auto put = [&](char32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0 | (c >> 6));
    put(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    put(0xE0 | (c >> 12));
    put(0x80 | ((c >> 6) & 0x3F));
    put(0x80 | (c & 0x3F));
  } else {
    put(0xF0 | (c >> 18));
    put(0x80 | ((c >> 12) & 0x3F));
    put(0x80 | ((c >> 6) & 0x3F));
    put(0x80 | (c & 0x3F));
  }
}

std::u32string fold_kana(std::string_view text) {
  std::u32string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const char32_t c = fold(take_code_point(text));
    if ((c == kVoiced || c == kSemiVoiced) && !out.empty()) {
      if (const char32_t joined = join(out.back(), c); joined != 0) {
        out.back() = joined;
        continue;
      }
    }
    out.push_back(c);
  }
  return out;
}

std::string to_katakana(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char32_t c : fold_kana(text)) {
    if (c == U' ' && (out.empty() || out.back() == ' ')) continue;
    append_utf8(out, c);
  }
  return out;
}

bool is_reading(std::string_view text) {
  while (!text.empty()) {
    const char32_t c = take_code_point(text);
    if (c != U' ' && (c < 0x30A1 || c > 0x30FE)) return false;
  }
  return true;
}

}  // namespace registry
