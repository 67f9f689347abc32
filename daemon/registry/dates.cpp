#include "daemon/registry/dates.h"

#include <array>
#include <cstdio>
#include <optional>
#include <string>

#include "daemon/registry/kana.h"

namespace registry {
namespace {

using base::Code;
using base::Day;
using base::fail;
using base::Result;

struct Era {
  std::u32string_view letter;
  std::u32string_view kanji;
  int first_year;  // of the Gregorian calendar, which Japan uses since 1873 (明治6年)
  std::string_view first_day;
  std::string_view last_day;
};
// 改元: the day of 1912-07-30 and that of 1926-12-25 belong to both eras; since 元号法 the next day
// counts.
constexpr std::array<Era, 5> kEras{{
    {U"m", U"明治", 1868, "1873-01-01", "1912-07-30"},
    {U"t", U"大正", 1912, "1912-07-30", "1926-12-25"},
    {U"s", U"昭和", 1926, "1926-12-25", "1989-01-07"},
    {U"h", U"平成", 1989, "1989-01-08", "2019-04-30"},
    {U"r", U"令和", 2019, "2019-05-01", "9999-12-31"},
}};

// Up to `max` digits; nullopt when there are none.
std::optional<int> take_number(std::u32string_view& text, std::size_t max) {
  int out = 0;
  std::size_t used = 0;
  while (used < max && used < text.size() && text[used] >= U'0' && text[used] <= U'9') {
    out = out * 10 + static_cast<int>(text[used] - U'0');
    ++used;
  }
  if (used == 0) return std::nullopt;
  text.remove_prefix(used);
  return out;
}

bool take(std::u32string_view& text, std::u32string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

struct Parts {
  int year = 0;
  int month = 0;
  int day = 0;
};

// "<year>SEP<month>SEP<day>" with one separator throughout, or 年月日.
std::optional<Parts> take_parts(std::u32string_view text, std::optional<int> first_year) {
  std::optional<int> year;
  if (first_year && take(text, U"元")) {
    year = 1;
  } else {
    year = take_number(text, first_year ? 2 : 4);
  }
  if (!year || text.empty()) return std::nullopt;
  const char32_t separator = text[0];
  const bool kanji = separator == U'年';
  if (!kanji && separator != U'-' && separator != U'/' && separator != U'.') return std::nullopt;
  text.remove_prefix(1);
  const std::optional<int> month = take_number(text, 2);
  if (!month || text.empty() || text[0] != (kanji ? U'月' : separator)) return std::nullopt;
  text.remove_prefix(1);
  const std::optional<int> day = take_number(text, 2);
  if (!day || (kanji && !take(text, U"日")) || !text.empty()) return std::nullopt;
  if (first_year && *year < 1) return std::nullopt;
  return Parts{first_year ? *first_year + *year - 1 : *year, *month, *day};
}

std::optional<Parts> eight_digits(std::u32string_view text) {
  if (text.size() != 8) return std::nullopt;
  const std::optional<int> year = take_number(text, 4);
  const std::optional<int> month = take_number(text, 2);
  const std::optional<int> day = take_number(text, 2);
  if (!year || !month || !day || !text.empty()) return std::nullopt;
  return Parts{*year, *month, *day};
}

Result<Day> day_of(const std::optional<Parts>& parts) {
  if (!parts) return fail(Code::kInvalid, "date");
  std::array<char, 32> iso{};
  const int size = std::snprintf(iso.data(), iso.size(), "%04d-%02d-%02d", parts->year,
                                 parts->month, parts->day);
  return base::day_from_iso({iso.data(), static_cast<std::size_t>(size)});
}

}  // namespace

Result<Day> parse_date(std::string_view text) {
  std::u32string folded;
  for (const char32_t c : fold_kana(text)) {
    if (c != U' ') folded.push_back(c >= U'A' && c <= U'Z' ? c + 32 : c);
  }
  std::u32string_view rest = folded;
  for (const Era& era : kEras) {
    if (!take(rest, era.letter) && !take(rest, era.kanji)) continue;
    const Day day = TRY(day_of(take_parts(rest, era.first_year)));
    if (day < TRY(base::day_from_iso(era.first_day)) ||
        day > TRY(base::day_from_iso(era.last_day))) {
      return fail(Code::kInvalid, "date");
    }
    return day;
  }
  const std::optional<Parts> digits = eight_digits(rest);
  return day_of(digits ? digits : take_parts(rest, std::nullopt));
}

}  // namespace registry
