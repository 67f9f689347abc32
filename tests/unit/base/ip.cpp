#include "base/ip.h"

#include <boost/test/unit_test.hpp>

namespace {

using base::Cidr;
using base::IpAddress;

IpAddress address(const char* text) { return IpAddress::parse(text).value(); }
Cidr block(const char* text) { return Cidr::parse(text).value(); }

BOOST_AUTO_TEST_SUITE(ip)

BOOST_AUTO_TEST_CASE(a_mapped_address_is_the_ipv4_address) {
  BOOST_TEST((address("::ffff:192.0.2.1") == address("192.0.2.1")));
  BOOST_TEST(address("::ffff:192.0.2.1").is_v4());
  BOOST_TEST(address("::ffff:192.0.2.1").text() == "192.0.2.1");
  BOOST_TEST(!address("::192.0.2.1").is_v4());
  BOOST_TEST(address("2001:DB8:0:0::1").text() == "2001:db8::1");
}

BOOST_AUTO_TEST_CASE(what_is_no_address_is_refused) {
  for (const char* bad : {"", "192.0.2", "192.0.2.256", "192.0.2.01", "0x7f.1", "192.0.2.1 ",
                          "fe80::1%eth0", ":::", "2001:db8::g", "[::1]", "192.0.2.1:443"}) {
    BOOST_TEST(!IpAddress::parse(bad).has_value(), bad);
  }
}

BOOST_AUTO_TEST_CASE(a_block_holds_its_first_and_last_address_and_not_their_neighbours) {
  const Cidr desk = block("192.0.2.64/26");
  BOOST_TEST(desk.contains(address("192.0.2.64")));
  BOOST_TEST(desk.contains(address("192.0.2.127")));
  BOOST_TEST(!desk.contains(address("192.0.2.63")));
  BOOST_TEST(!desk.contains(address("192.0.2.128")));
  BOOST_TEST(desk.contains(address("::ffff:192.0.2.70")));
  const Cidr six = block("2001:db8:1::/48");
  BOOST_TEST(six.contains(address("2001:db8:1:ffff::9")));
  BOOST_TEST(!six.contains(address("2001:db8:2::")));
}

BOOST_AUTO_TEST_CASE(a_block_stays_in_its_family) {
  BOOST_TEST(block("0.0.0.0/0").contains(address("203.0.113.9")));
  BOOST_TEST(!block("0.0.0.0/0").contains(address("2001:db8::1")));
  BOOST_TEST(block("::/0").contains(address("2001:db8::1")));
  BOOST_TEST(!block("::/0").contains(address("203.0.113.9")));
}

BOOST_AUTO_TEST_CASE(a_bare_address_is_a_block_of_one) {
  BOOST_TEST(block("192.0.2.1").text() == "192.0.2.1/32");
  BOOST_TEST(block("::1").text() == "::1/128");
  BOOST_TEST(!block("192.0.2.1").contains(address("192.0.2.0")));
}

BOOST_AUTO_TEST_CASE(a_block_with_bits_outside_its_prefix_is_a_mistake) {
  for (const char* bad :
       {"192.0.2.1/24", "2001:db8::1/32", "192.0.2.0/33", "::/129", "192.0.2.0/", "192.0.2.0/x",
        "192.0.2.0/-1", "192.0.2.0/2 4", "/24", "192.0.2.0/24/1"}) {
    BOOST_TEST(!Cidr::parse(bad).has_value(), bad);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
