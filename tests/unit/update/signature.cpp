#include "update/signature.h"

#include <boost/test/unit_test.hpp>

namespace {

// RFC 8032, section 7.1, test 3.
constexpr const char* kKey = "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025";
constexpr const char* kSignature =
    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
    "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a";
const std::vector<std::uint8_t> kMessage = {0xaf, 0x82};

update::Signature signature() { return *update::Signature::from(*base::from_hex(kSignature)); }

std::vector<update::PublicKey> keys(const std::string& text) { return *update::keys_from(text); }

}  // namespace

BOOST_AUTO_TEST_SUITE(update_signature)

BOOST_AUTO_TEST_CASE(a_signature_of_the_standard_is_accepted_and_others_are_not) {
  const auto right = keys(std::string(kKey) + "\n");
  BOOST_TEST(update::is_signed(kMessage, signature(), right));
  BOOST_TEST(!update::is_signed(base::as_bytes("x"), signature(), right));
  auto changed = signature();
  changed.mutable_view()[5] ^= 1;
  BOOST_TEST(!update::is_signed(kMessage, changed, right));
  auto wrong = std::string(kKey);
  wrong[0] = 'e';
  BOOST_TEST(!update::is_signed(kMessage, signature(), keys(wrong + "\n")));
  // Any of the keys may have signed.
  BOOST_TEST(update::is_signed(kMessage, signature(), keys(wrong + "\n" + kKey + "\n")));
}

BOOST_AUTO_TEST_CASE(a_file_of_keys_is_taken_strictly) {
  const std::string key = kKey;
  for (const std::string& bad : {std::string(), key, key.substr(2) + "\n", key + "\n\n",
                                 key + "00\n", "zz" + key.substr(2) + "\n"}) {
    BOOST_TEST(update::keys_from(bad).has_value() == false, bad);
  }
}

BOOST_AUTO_TEST_CASE(digest) {
  // FIPS 180-2, appendix B.1, in two pieces.
  auto hasher = *update::Hasher::start();
  BOOST_REQUIRE(hasher.add(base::as_bytes("a")).has_value());
  BOOST_REQUIRE(hasher.add(base::as_bytes("bc")).has_value());
  const auto digest = *hasher.finish();
  BOOST_TEST(base::to_hex(digest.view()) ==
             "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

BOOST_AUTO_TEST_SUITE_END()
