#include "base/mail_address.h"

#include <boost/test/unit_test.hpp>
#include <string>

namespace {

using base::is_mail_address;

BOOST_AUTO_TEST_SUITE(mail_address)

BOOST_AUTO_TEST_CASE(plain_addresses_are_taken) {
  for (const std::string_view good :
       {"tantou@example.jp", "a@b", "first.last+tag@mail.example.co.jp", "o'neil@example.org",
        "x_y-z@xn--eckwd4c7c.example", "{a}/b=c@1.example"}) {
    BOOST_TEST(is_mail_address(good), good);
  }
  BOOST_TEST(is_mail_address(std::string(64, 'a') + "@example.jp"));
  BOOST_TEST(is_mail_address("a@" + std::string(63, 'b') + ".jp"));
}

BOOST_AUTO_TEST_CASE(what_could_end_a_line_or_needs_quotes_is_refused) {
  for (const std::string_view bad : {"",
                                     "@",
                                     "a@",
                                     "@b",
                                     "a",
                                     "a@b@c",
                                     "a b@c",
                                     "a@b c",
                                     "a@b\r\nRCPT TO:<x@y>",
                                     "a\n@b",
                                     "\"a b\"@c",
                                     "<a@b>",
                                     "a@[192.0.2.1]",
                                     ".a@b",
                                     "a.@b",
                                     "a..b@c",
                                     "a@.b",
                                     "a@b.",
                                     "a@b..c",
                                     "a@-b",
                                     "a@b-",
                                     "a@b_c",
                                     "-oops@b",
                                     "a@b,c@d",
                                     "a;b@c",
                                     "a@b>",
                                     "担当@example.jp",
                                     "a@例.jp",
                                     "a(b)@c",
                                     "a\\b@c",
                                     "a@b\t",
                                     "a@b ",
                                     " a@b"}) {
    BOOST_TEST(!is_mail_address(bad), bad);
  }
  BOOST_TEST(!is_mail_address(std::string_view("a\0@b", 4)));
  BOOST_TEST(!is_mail_address(std::string(65, 'a') + "@example.jp"));
  BOOST_TEST(!is_mail_address("a@" + std::string(64, 'b') + ".jp"));
  std::string longest = "a@";
  while (longest.size() < 250) longest += "bcd.";
  longest.resize(254, 'e');
  BOOST_TEST(is_mail_address(longest));
  BOOST_TEST(!is_mail_address(longest + 'e'));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
