#include "hsm/uri.h"

#include <boost/test/unit_test.hpp>

namespace {

using hsm::TokenUri;

BOOST_AUTO_TEST_CASE(takes_what_names_a_token) {
  const auto uri = TokenUri::parse("pkcs11:token=My%20token;serial=12ab;manufacturer=A-B;model=x");
  BOOST_REQUIRE(uri);
  BOOST_TEST(uri->token == "My token");
  BOOST_TEST(uri->serial == "12ab");
  BOOST_TEST(uri->manufacturer == "A-B");
  BOOST_TEST(uri->model == "x");
}

BOOST_AUTO_TEST_CASE(refuses_everything_else) {
  for (const char* text :
       {"", "pkcs11:", "token=a", "pkcs11:token", "pkcs11:token=", "pkcs11:slot-id=0",
        "pkcs11:token=a;", "pkcs11:token=a;token=b", "pkcs11:token=a?pin-value=1",
        "pkcs11:token=a;pin-value=1", "pkcs11:token=%4", "pkcs11:token=%zz", "pkcs11:token=%00",
        "pkcs11:token=a b", "pkcs11:object=k", "pkcs11:token=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}) {
    BOOST_TEST(!TokenUri::parse(text).has_value(), text);
  }
}

BOOST_AUTO_TEST_CASE(padding_is_not_part_of_a_field) {
  BOOST_TEST(hsm::unpadded("ab  ") == "ab");
  BOOST_TEST(hsm::unpadded("    ").empty());
  BOOST_TEST(hsm::unpadded(" a") == " a");
}

}  // namespace
