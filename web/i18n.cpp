#include "web/i18n.h"

#include <array>

namespace web {

std::string fill_in(Language language, const Say& text,
                    std::initializer_list<std::string_view> with) {
  std::string out;
  std::string_view rest = text.in(language);
  for (const std::string_view value : with) {
    const std::size_t at = rest.find("{}");
    if (at == std::string_view::npos) break;
    out += rest.substr(0, at);
    out += value;
    rest.remove_prefix(at + 2);
  }
  out += rest;
  return out;
}

namespace {

constexpr std::int64_t kJapanOffsetMs = 9LL * 3600 * 1000;
constexpr std::int64_t kDayMs = 24LL * 3600 * 1000;

std::string two_digits(std::int64_t value) {
  return {static_cast<char>('0' + value / 10 % 10), static_cast<char>('0' + value % 10)};
}

constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

}  // namespace

std::string say_day(Language language, base::Day day) {
  const std::string iso = base::to_iso(day);  // 2026-11-22
  const std::string year = iso.substr(0, 4);
  const int month = (iso[5] - '0') * 10 + (iso[6] - '0');
  const int date = (iso[8] - '0') * 10 + (iso[9] - '0');
  if (language == Language::kEn) {
    return std::to_string(date) + " " +
           std::string(kMonths.at(static_cast<std::size_t>(month) - 1)) + " " + year;
  }
  return year + "年" + std::to_string(month) + "月" + std::to_string(date) + "日";
}

std::string say_time(Language language, base::WallTime time) {
  const std::int64_t in_day = ((time.ms + kJapanOffsetMs) % kDayMs + kDayMs) % kDayMs;
  const std::string clock = two_digits(in_day / 3'600'000) + ":" + two_digits(in_day / 60'000 % 60);
  const std::string day = say_day(language, base::day_in_japan(time));
  return day + (language == Language::kEn ? ", " : " ") + clock;
}

}  // namespace web
