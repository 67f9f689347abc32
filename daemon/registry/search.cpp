#include "daemon/registry/search.h"

#include <algorithm>
#include <cstring>

#include "base/result.h"
#include "daemon/registry/kana.h"

namespace registry {
namespace {

constexpr char32_t kDropped = 0;

bool is_hyphen(char32_t c) {
  return c == U'-' || c == U'ー' || (c >= 0x2010 && c <= 0x2015) || c == 0x2212;
}

// Bank files and old terminals have no small kana: ｼﾖｳ is found by ショウ.
char32_t enlarge(char32_t c) {
  constexpr std::u32string_view kSmall = U"ァィゥェォッャュョヮヵヶ";
  constexpr std::u32string_view kLarge = U"アイウエオツヤユヨワカケ";
  const std::size_t i = kSmall.find(c);
  return i == std::u32string_view::npos ? c : kLarge[i];
}

char32_t fold(char32_t c) {
  if (c <= U' ' || c == 0x7F) return kDropped;
  if (c >= U'A' && c <= U'Z') return c + 32;
  if (is_hyphen(c)) return U'-';
  return enlarge(c);
}

}  // namespace

std::string search_key(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char32_t c : fold_kana(text)) {
    if (const char32_t folded = fold(c); folded != kDropped) append_utf8(out, folded);
  }
  return out;
}

void SearchIndex::set(std::uint32_t slot, std::string_view key) {
  ASSERT(!key.contains('\0'));
  if (slot >= entry_of_.size()) entry_of_.resize(slot + 1, kNone);
  if (const std::uint32_t old = entry_of_[slot]; old != kNone) {
    const std::size_t begin = entries_[old].offset;
    const std::size_t end = text_.find('\0', begin);
    std::fill(text_.begin() + static_cast<std::ptrdiff_t>(begin),
              text_.begin() + static_cast<std::ptrdiff_t>(end), '\0');
    entries_[old].slot = kNone;
    wasted_ += end - begin + 1;
  }
  ASSERT(text_.size() + key.size() < kNone);
  entry_of_[slot] = static_cast<std::uint32_t>(entries_.size());
  entries_.push_back({static_cast<std::uint32_t>(text_.size()), slot});
  text_ += key;
  text_ += '\0';
  if (wasted_ > kCompactAt && wasted_ > text_.size() / 2) compact();
}

void SearchIndex::compact() {
  std::string text;
  std::vector<Entry> entries;
  text.reserve(text_.size() - wasted_);
  for (const Entry& entry : entries_) {
    if (entry.slot == kNone) continue;
    entry_of_[entry.slot] = static_cast<std::uint32_t>(entries.size());
    entries.push_back({static_cast<std::uint32_t>(text.size()), entry.slot});
    text +=
        std::string_view(text_).substr(entry.offset, text_.find('\0', entry.offset) - entry.offset);
    text += '\0';
  }
  text_ = std::move(text);
  entries_ = std::move(entries);
  wasted_ = 0;
}

void SearchIndex::find(std::string_view needle, std::vector<std::uint8_t>& found) const {
  found.assign(entry_of_.size(), needle.empty() ? 1 : 0);
  if (needle.empty() || needle.contains('\0')) return;
  const char* const begin = text_.data();
  const char* const end = begin + text_.size();
  const char* from = begin;
  std::size_t entry = 0;
  while (from < end) {
    const void* hit =
        ::memmem(from, static_cast<std::size_t>(end - from), needle.data(), needle.size());
    if (hit == nullptr) return;
    const auto offset = static_cast<std::size_t>(static_cast<const char*>(hit) - begin);
    // Hits come in order, mostly close together: step, and jump when the step is long.
    if (entry + kNear < entries_.size() && entries_[entry + kNear].offset <= offset) {
      const auto next =
          std::ranges::upper_bound(entries_.begin() + static_cast<std::ptrdiff_t>(entry),
                                   entries_.end(), offset, {}, &Entry::offset);
      entry = static_cast<std::size_t>(next - entries_.begin()) - 1;
    }
    while (entry + 1 < entries_.size() && entries_[entry + 1].offset <= offset) ++entry;
    if (entries_[entry].slot != kNone) found[entries_[entry].slot] = 1;
    from = entry + 1 < entries_.size() ? begin + entries_[entry + 1].offset : end;
  }
}

}  // namespace registry
