#include "hsm/enrolment.h"

#include <boost/test/unit_test.hpp>

#include "tests/unit/hsm/token.h"

namespace {

using base::Code;
using base::Error;

std::size_t tokens_of(const tests::Token& token) {
  const std::filesystem::directory_iterator folder(token.folder() + "/tokens");
  return static_cast<std::size_t>(std::distance(begin(folder), end(folder)));
}

bool opens(const tests::Token& token, std::string_view pin) {
  return hsm::Keyring::open(token.module(), token.place(), tests::test_pin(pin)).has_value();
}

base::Result<bool> set_up(const tests::Token& token, std::string_view pin) {
  return hsm::set_embedded_token_up(token.module(), token.place(), tests::test_pin(pin));
}

BOOST_AUTO_TEST_CASE(the_embedded_token_is_made_at_set_up_with_the_pin_that_is_typed) {
  const auto token = tests::Token::blank();
  const base::Log log("test");
  hsm::Service service(token.module(), token.place(), log);
  BOOST_TEST(
      (service.handle(ipc::Login{tests::test_pin(), false}).error().code == Code::kNotFound));
  BOOST_TEST(tokens_of(token) == 0);
  BOOST_REQUIRE(service.handle(ipc::Login{tests::test_pin(), true}).has_value());
  BOOST_TEST(service.handle(ipc::Enrol{}).has_value());
  service.log_out();
  BOOST_TEST(tokens_of(token) == 1);
  BOOST_TEST(opens(token, "test-pin-1"));
  BOOST_TEST(!opens(token, "test-pin-2"));
}

BOOST_AUTO_TEST_CASE(a_token_that_is_there_is_not_touched) {
  const tests::Token token;
  BOOST_TEST((set_up(token, "another-pin") == false));
  BOOST_TEST(tokens_of(token) == 1);
  BOOST_TEST(opens(token, "test-pin-1"));
  BOOST_TEST(!opens(token, "another-pin"));
}

BOOST_AUTO_TEST_CASE(no_token_is_made_beside_another_one) {
  const tests::Token token;
  hsm::Place place = token.place();
  place.token.token = "another";
  BOOST_TEST((hsm::set_embedded_token_up(token.module(), place, tests::test_pin()) == false));
  BOOST_TEST(tokens_of(token) == 1);
}

BOOST_AUTO_TEST_CASE(a_short_pin_makes_no_token) {
  const auto token = tests::Token::blank();
  BOOST_TEST((set_up(token, "1234567").error() == Error{Code::kInvalid, "pin"}));
  BOOST_TEST(tokens_of(token) == 0);
}

// What a power cut leaves between C_InitToken and C_InitPIN.
BOOST_AUTO_TEST_CASE(a_set_up_that_was_cut_off_is_gone_on_from_with_the_same_pin) {
  const auto token = tests::Token::blank();
  const auto so_pin = hsm::so_pin_of(tests::test_pin());
  BOOST_REQUIRE(so_pin.has_value());
  {
    auto life = hsm::Life::begin(token.module(), "");
    BOOST_REQUIRE(life.has_value());
    BOOST_REQUIRE(life->init_token(life->slots()->front(), *so_pin, "kagikura-test").has_value());
  }
  BOOST_TEST(!opens(token, "test-pin-1"));
  BOOST_TEST((set_up(token, "test-pin-2").error() == Error{Code::kDenied, "pin"}));
  BOOST_TEST((set_up(token, "test-pin-1") == true));
  BOOST_TEST(opens(token, "test-pin-1"));
  BOOST_TEST(tokens_of(token) == 1);
}

}  // namespace
