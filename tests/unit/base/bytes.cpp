#include "base/bytes.h"

#include <boost/test/unit_test.hpp>
#include <vector>

namespace {

using base::Bytes;
using base::Code;
using base::FixedBytes;

BOOST_AUTO_TEST_SUITE(bytes)

BOOST_AUTO_TEST_CASE(bytes_hold_up_to_their_maximum) {
  const std::vector<std::uint8_t> five(5, 7);
  BOOST_TEST(Bytes<5>::from(five).value().size() == 5U);
  BOOST_TEST(Bytes<5>::from({}).value().empty());
  BOOST_TEST((Bytes<4>::from(five).error().code == Code::kTooLong));
  BOOST_TEST((Bytes<4>::adopt(five).error().code == Code::kTooLong));
  BOOST_TEST((Bytes<5>::adopt(five).value() == Bytes<5>::from(five).value()));
}

BOOST_AUTO_TEST_CASE(fixed_bytes_take_exactly_their_size) {
  const std::vector<std::uint8_t> three = {1, 2, 3};
  BOOST_TEST(FixedBytes<3>::from(three).has_value());
  BOOST_TEST((FixedBytes<2>::from(three).error().code == Code::kInvalid));
  BOOST_TEST((FixedBytes<4>::from(three).error().code == Code::kInvalid));
  BOOST_TEST((FixedBytes<3>() < FixedBytes<3>::from(three).value()));
}

BOOST_AUTO_TEST_CASE(hex_goes_both_ways) {
  const std::vector<std::uint8_t> all = {0x00, 0x01, 0x7F, 0x80, 0xAB, 0xFF};
  BOOST_TEST(base::to_hex(all) == "00017f80abff");
  BOOST_TEST(base::from_hex("00017f80abff").value() == all);
  BOOST_TEST(base::from_hex("").value().empty());
}

BOOST_AUTO_TEST_CASE(hex_has_one_form) {
  for (const char* bad : {"0", "0g", "AB", "0x", " 0", "00 ", "é"}) {
    BOOST_TEST((base::from_hex(bad).error().code == Code::kInvalid), bad);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
