// Search by substring over everybody, kana-insensitively. search_key() folds what people type and
// what is stored to one form; SearchIndex keeps all keys in one buffer that is scanned as a whole,
// which is faster at 100,000 people than any tree is for substrings. Pure; used by the register
// only.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace registry {

// Folds UTF-8 text: kana as fold_kana() does, small kana to large, upper case to lower, hyphens and
// long vowel marks to one; blanks and control characters are dropped, so that 山田 太郎 is found by
// 山田太郎.
std::string search_key(std::string_view text);

// Keys by slot (0, 1, 2 ...). A key holds no byte 0.
class SearchIndex {
 public:
  // Sets the key of a slot; slots may be set in any order and again.
  void set(std::uint32_t slot, std::string_view key);
  // Marks in `found` (one byte a slot, resized) the slots whose key contains `needle`. An empty
  // needle is in every key.
  void find(std::string_view needle, std::vector<std::uint8_t>& found) const;
  [[nodiscard]] std::size_t slots() const { return entry_of_.size(); }

 private:
  struct Entry {
    std::uint32_t offset = 0;
    std::uint32_t slot = 0;
  };
  void compact();
  static constexpr std::uint32_t kNone = 0xffffffff;
  static constexpr std::size_t kCompactAt = 1 << 16;  // bytes
  static constexpr std::size_t kNear = 16;
  std::string text_;                     // keys, each followed by a byte 0
  std::vector<Entry> entries_;           // ascending by offset
  std::vector<std::uint32_t> entry_of_;  // by slot
  std::size_t wasted_ = 0;
};

}  // namespace registry
