// Folding, search, dates, CSV and the shape of numbers: the pure parts below the roster.
#include <boost/test/unit_test.hpp>
#include <random>

#include "base/clock.h"
#include "daemon/registry/csv.h"
#include "daemon/registry/dates.h"
#include "daemon/registry/kana.h"
#include "daemon/registry/number_shape.h"
#include "daemon/registry/search.h"

namespace {

using registry::CsvReader;
using registry::CsvRow;
using registry::search_key;
using registry::SearchIndex;

std::string rows_of(std::string_view text) {
  CsvReader reader(text);
  CsvRow row;
  std::string out;
  while (reader.next(row)) {
    out += std::to_string(row.line);
    for (const std::string& cell : row.cells) out += "[" + cell + "]";
    if (row.broken != 0) out += "!" + std::to_string(row.broken);
    out += " ";
  }
  return out;
}

BOOST_AUTO_TEST_SUITE(text)

BOOST_AUTO_TEST_CASE(all_ways_of_writing_a_reading_have_one_key) {
  for (const std::string_view text : {"ガギグ パピ ヴ", "がぎぐ ぱぴ ゔ", "ｶﾞｷﾞｸﾞ ﾊﾟﾋﾟ ｳﾞ",
                                      "カ゛キ゛ク゛　ハ゜ヒ゜　ウ゛", "がぎぐぱぴヴ"}) {
    BOOST_TEST(search_key(text) == "ガギグパピヴ");
  }
  BOOST_TEST(search_key("ショウ") == search_key("ｼﾖｳ"));
  BOOST_TEST(search_key("サーバー") == search_key("ｻｰﾊﾞ-"));
  BOOST_TEST(search_key("ＡＢＣ－１２３") == "abc-123");
  BOOST_TEST(search_key("\U00020BB7　田") == "\U00020BB7田");
  BOOST_TEST(search_key(" 　\t").empty());
}

BOOST_AUTO_TEST_CASE(a_reading_is_katakana_once_folded) {
  BOOST_TEST(registry::to_katakana("みほん　　ｲﾁｺﾞｳ") == "ミホン イチゴウ");
  BOOST_TEST(registry::is_reading("ミホン・イチゴー"));
  BOOST_TEST(!registry::is_reading("見本"));
  BOOST_TEST(!registry::is_reading("A"));
}

BOOST_AUTO_TEST_CASE(every_code_point_is_taken_and_appended_alike) {
  for (char32_t c = 1; c <= 0x10FFFF; c += 7) {
    std::string utf8;
    registry::append_utf8(utf8, c);
    std::string_view rest = utf8;
    BOOST_REQUIRE((registry::take_code_point(rest) == c));
    BOOST_REQUIRE(rest.empty());
  }
}

// Against the obvious way, over random keys, updates and needles.
BOOST_AUTO_TEST_CASE(the_index_finds_what_a_plain_search_finds) {
  std::mt19937 random(1);  // NOLINT(cert-msc51-cpp): the same every time
  const auto word = [&](std::size_t most) {
    std::string out;
    for (std::size_t n = random() % (most + 1); n > 0; --n)
      out += static_cast<char>('a' + random() % 3);
    return out;
  };
  SearchIndex index;
  std::vector<std::string> keys(400);
  for (std::uint32_t i = 0; i < keys.size(); ++i) index.set(i, keys[i] = word(12));
  for (int round = 0; round < 20'000; ++round) {
    const auto slot = static_cast<std::uint32_t>(random() % keys.size());
    index.set(slot, keys[slot] = word(12));  // often enough to compact several times
  }
  for (int round = 0; round < 300; ++round) {
    const std::string needle = word(4);
    std::vector<std::uint8_t> found;
    index.find(needle, found);
    BOOST_REQUIRE(found.size() == keys.size());
    for (std::size_t i = 0; i < keys.size(); ++i) {
      BOOST_REQUIRE((found[i] != 0) == keys[i].contains(needle));
    }
  }
}

BOOST_AUTO_TEST_CASE(dates_are_read_in_every_form) {
  for (const std::string_view text :
       {"1988-04-01", "1988/4/1", "1988.04.01", "19880401", "1988年4月1日", "S63.4.1", "s63/4/1",
        "昭和63年4月1日", "昭和６３年４月１日", "Ｓ６３－４－１", " S63.04.01 "}) {
    const auto day = registry::parse_date(text);
    BOOST_REQUIRE_MESSAGE(day.has_value(), text);
    BOOST_TEST(base::to_iso(*day) == "1988-04-01");
  }
  const auto iso = [](std::string_view text) {
    return base::to_iso(registry::parse_date(text).value());
  };
  BOOST_TEST(iso("令和元年5月1日") == "2019-05-01");
  BOOST_TEST(iso("H31.4.30") == "2019-04-30");
  BOOST_TEST(iso("S64.1.7") == "1989-01-07");
  BOOST_TEST(iso("M45.7.30") == "1912-07-30");
  BOOST_TEST(iso("T15.12.25") == "1926-12-25");
}

BOOST_AUTO_TEST_CASE(what_is_no_day_or_not_of_its_era_is_refused) {
  for (const std::string_view text :
       {"", "2026", "2026-13-01", "2026-02-30", "2026-1/2", "26-1-2", "2026-1-2-3", "2026年1月2",
        "S0.1.1", "S64.1.8", "H1.1.7", "H31.5.1", "R1.4.30", "昭和", "X1.1.1", "2026-1-",
        "202601023", "元年1月1日", "S63"}) {
    BOOST_TEST(!registry::parse_date(text).has_value(), text);
  }
}

BOOST_AUTO_TEST_CASE(csv_cells_are_split_strictly) {
  BOOST_TEST(rows_of("") == "");
  BOOST_TEST(rows_of("a,b\nc") == "1[a][b] 2[c] ");
  BOOST_TEST(rows_of("a,\r\n,b\r\n") == "1[a][] 2[][b] ");
  BOOST_TEST(rows_of("\n\r\na\n") == "1 2 3[a] ");
  BOOST_TEST(rows_of("\"a,\"\"b\"\"\",c\n") == "1[a,\"b\"][c] ");
  BOOST_TEST(rows_of("\"a\nb\",c\nd") == "1[a\nb][c] 3[d] ");
  BOOST_TEST(rows_of("\"\",\"\"") == "1[][] ");
  BOOST_TEST(rows_of("a\rb,c\n") == "1[a\rb][c] ");
}

BOOST_AUTO_TEST_CASE(broken_quoting_is_named_and_reading_goes_on_after_the_line) {
  BOOST_TEST(rows_of("x,a\"b,c\nd\n") == "1[x][a]!2 2[d] ");
  BOOST_TEST(rows_of("\"a\"b\nd\n") == "1[a]!1 2[d] ");
  BOOST_TEST(rows_of("a,\"b\nc,d\n") == "1[a][]!2 2[c][d] ");
}

BOOST_AUTO_TEST_CASE(numbers_are_seen_in_their_disguises_only) {
  for (const std::string_view text :
       {"123456789018", "1234 5678 9018", "1234-5678-9018", "１２３４５６７８９０１８",
        "no. 123456789018!", "9 123456789018", "1234　5678　9018", "x1234－5678－9018y"}) {
    BOOST_TEST(registry::looks_like_number(text), text);
  }
  for (const std::string_view text :
       {"123456789012", "12345678901", "1234567890185", "000000000000", "1234--5678-9018",
        "1234,5678,9018", "", "2026-11-22"}) {
    BOOST_TEST(!registry::looks_like_number(text), text);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
