// The parsers of daemon/webauthn on what must be refused, and on examples of RFC 8949, appendix A.
#include <boost/test/unit_test.hpp>

#include "daemon/webauthn/cbor.h"
#include "tests/unit/daemon_webauthn/authenticator.h"

namespace {

using webauthn::CborReader;
using webauthn::testing::Authenticator;
using webauthn::testing::Octets;

Octets hex(std::string_view text) { return base::from_hex(text).value(); }

bool is_one_item(const Octets& bytes) {
  CborReader reader(bytes);
  return reader.skip().has_value() && reader.at_end();
}

BOOST_AUTO_TEST_SUITE(parsers)

BOOST_AUTO_TEST_CASE(integers_of_the_standard) {
  const std::pair<const char*, std::int64_t> kRows[] = {{"00", 0},
                                                        {"17", 23},
                                                        {"1818", 24},
                                                        {"1903e8", 1000},
                                                        {"1a000f4240", 1000000},
                                                        {"1b000000e8d4a51000", 1000000000000},
                                                        {"20", -1},
                                                        {"3863", -100},
                                                        {"3903e7", -1000}};
  for (const auto& [text, value] : kRows) {
    const Octets bytes = hex(text);
    CborReader reader(bytes);
    const auto got = reader.integer();
    BOOST_REQUIRE(got.has_value());
    BOOST_TEST(*got == value);
    BOOST_TEST(reader.at_end());
  }
}

BOOST_AUTO_TEST_CASE(well_formed_items_are_skipped_whole) {
  for (const auto* text : {"f4", "f5", "f6", "80", "a0", "83010203", "a201020304", "6449455446",
                           "4401020304", "a26161016162820203", "a16b6372656450726f7465637402"}) {
    BOOST_TEST(is_one_item(hex(text)), text);
  }
}

BOOST_AUTO_TEST_CASE(what_authenticators_must_not_write_is_refused) {
  for (const auto* text : {"",      // nothing
                           "1817",  // not the shortest
                           "190017",
                           "1a00000017",
                           "1b0000000000000017",
                           "5817",
                           "1c",
                           "1d",
                           "1e",
                           "1f",  // reserved
                           "5f42010243030405ff",
                           "9fff",
                           "bfff",
                           "7fff",                                          // indefinite
                           "c074323031332d30332d32315432303a30343a30305a",  // tagged
                           "f97c00",
                           "fa47c35000",
                           "fb3ff199999999999a",  // floats
                           "f7",
                           "f0",
                           "f8ff",  // undefined and unassigned
                           "42",
                           "4201",
                           "62",
                           "8201",
                           "a101",
                           "9b00ffffffffffffff",
                           "bb7fffffffffffffff",
                           "8181818181818100"}) {  // too deep
    BOOST_TEST(!is_one_item(hex(text)), text);
  }
}

BOOST_AUTO_TEST_CASE(keys_of_other_kinds_and_forms_are_refused) {
  const Octets good = Authenticator().cose_key();
  base::ByteSpan rest;
  BOOST_REQUIRE(webauthn::parse_key(good, rest).has_value());
  BOOST_TEST(rest.empty());
  for (std::size_t size = 0; size < good.size(); ++size) {
    BOOST_REQUIRE(!webauthn::parse_key(base::ByteSpan(good).first(size), rest).has_value());
  }
  // kty, algorithm, curve and labels, each replaced by its neighbour.
  for (const std::size_t at : {0U, 1U, 2U, 3U, 4U, 5U, 6U, 7U}) {
    Octets bent = good;
    bent[at] ^= 1;
    BOOST_TEST(!webauthn::parse_key(bent, rest).has_value(), at);
  }
}

BOOST_AUTO_TEST_CASE(a_point_that_is_not_on_the_curve_is_no_key) {
  Authenticator device;
  Octets whole = device.attestation();
  whole.back() ^= 1;
  const webauthn::Site site{"box.example", {}};
  const auto result = webauthn::check_registration(site, whole);
  BOOST_REQUIRE(!result.has_value());
  BOOST_TEST((result.error() == base::Error{base::Code::kDenied, "algorithm"}));
}

BOOST_AUTO_TEST_CASE(extensions_are_one_map_to_the_end) {
  Authenticator device;
  const auto parsed = [&](std::string_view extensions) {
    device.extensions = hex(extensions);
    return webauthn::parse_authenticator_data(device.data(true)).has_value();
  };
  BOOST_TEST(parsed("a0"));
  BOOST_TEST(parsed("a16b6372656450726f7465637402"));  // {"credProtect": 2}
  BOOST_TEST(!parsed("a000"));
  BOOST_TEST(!parsed("80"));
  BOOST_TEST(!parsed("a1"));
  device.extensions.clear();
  device.flags = 0x80 | 5;
  BOOST_TEST(!webauthn::parse_authenticator_data(device.data(false)).has_value());
  device.flags = 0x10 | 5;  // backed up, and cannot be
  BOOST_TEST(!webauthn::parse_authenticator_data(device.data(false)).has_value());
  device.flags = 0x18 | 5;
  BOOST_TEST(webauthn::parse_authenticator_data(device.data(false)).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
