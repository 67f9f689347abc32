#include "base/text.h"

#include <boost/test/unit_test.hpp>
#include <string>

namespace {

using base::Code;
using base::is_clean_utf8;
using base::List;
using base::Text;

BOOST_AUTO_TEST_SUITE(text)

BOOST_AUTO_TEST_CASE(names_of_people_are_clean) {
  for (const char* good : {"", "a", "山田　花子", "𠮷野家", "髙﨑", "葛󠄀", "e\xCC\x81", "￥"}) {
    BOOST_TEST(is_clean_utf8(good), good);
  }
}

// The ill-formed sequences of Unicode 15 section 3.9, tables 3-7 to 3-11, and control characters.
BOOST_AUTO_TEST_CASE(what_is_not_utf8_or_controls_a_terminal_is_not) {
  const std::string_view bad[] = {
      "\x80",              // continuation first
      "\xC0\xAF",          // overlong
      "\xC1\xBF",          //
      "\xE0\x80\x80",      //
      "\xE0\x9F\xBF",      //
      "\xF0\x80\x80\x80",  //
      "\xF0\x8F\xBF\xBF",  //
      "\xED\xA0\x80",      // surrogates
      "\xED\xBF\xBF",      //
      "\xF4\x90\x80\x80",  // beyond U+10FFFF
      "\xF5\x80\x80\x80",  //
      "\xFE",              //
      "\xC3",              // cut
      "\xE3\x81",          //
      "\xF0\xA0\xAE",      //
      "\xE3\x81z",         // broken off
      "\t",                // C0, DEL, C1
      "a\nb",              //
      "\x1B[2J",           //
      "\x7F",              //
      "\xC2\x80",          //
      "\xC2\x9B",          //
  };
  for (const auto sequence : bad) BOOST_TEST(!is_clean_utf8(sequence));
  BOOST_TEST(!is_clean_utf8(std::string_view("\0", 1)));
}

BOOST_AUTO_TEST_CASE(the_limit_counts_bytes_and_the_error_names_the_field) {
  BOOST_TEST(Text<6>::from("山田").value().view() == "山田");
  const auto longer = Text<5>::from("山田", "name");
  BOOST_TEST((longer.error() == base::Error{Code::kTooLong, "name"}));
  BOOST_TEST((Text<5>::from("a\nb", "name").error() == base::Error{Code::kInvalid, "name"}));
}

BOOST_AUTO_TEST_CASE(a_list_is_bounded) {
  List<int, 2> list;
  BOOST_TEST(list.push(1).has_value());
  BOOST_TEST(!list.full());
  BOOST_TEST(list.push(2).has_value());
  BOOST_TEST(list.full());
  BOOST_TEST((list.push(3).error().code == Code::kTooMany));
  BOOST_TEST(list.size() == 2U);
  BOOST_TEST((List<int, 2>::from({1, 2}).value() == list));
  BOOST_TEST((List<int, 2>::from({1, 2, 3}).error().code == Code::kTooMany));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
