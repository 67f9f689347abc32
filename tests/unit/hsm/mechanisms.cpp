#include "hsm/mechanisms.h"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "hsm/keyring.h"
#include "hsm/software.h"
#include "tests/unit/hsm/token.h"

namespace {

using base::Code;
using hsm::Mechanism;
using tests::Backend;

const auto kBackends = boost::unit_test::data::make({0, 1});
Backend backend(int which) { return which == 0 ? Backend::kSoftHsm : Backend::kNss; }

BOOST_DATA_TEST_CASE(the_probe_takes_gcm_with_an_iv_of_ours, kBackends, which) {
  const tests::Token token(backend(which));
  hsm::Life life = token.life();
  BOOST_TEST(hsm::probe(life, Mechanism::kGcm).has_value());
  const auto chosen = hsm::choose(life);
  BOOST_REQUIRE(chosen);
  BOOST_TEST((*chosen == Mechanism::kGcm));
}

// Neither makes an IV of its own: with an IV of zeros it "works", and must not be taken.
BOOST_DATA_TEST_CASE(the_probe_refuses_a_token_that_makes_no_iv, kBackends, which) {
  const tests::Token token(backend(which));
  hsm::Life life = token.life();
  const auto tried = hsm::probe(life, Mechanism::kGcmOwnIv);
  BOOST_REQUIRE(!tried);
  BOOST_TEST((tried.error() == base::Error{Code::kInvalid, "mechanism"}));
}

BOOST_DATA_TEST_CASE(cbc_with_hmac_passes_the_probe_and_the_self_test, kBackends, which) {
  const tests::Token token(backend(which));
  hsm::Life life = token.life();
  BOOST_TEST(hsm::probe(life, Mechanism::kCbcHmac).has_value());
  BOOST_TEST(hsm::self_test(life, Mechanism::kCbcHmac).has_value());
  BOOST_TEST(hsm::self_test(life, Mechanism::kGcm).has_value());
}

BOOST_AUTO_TEST_CASE(sealed_numbers_and_salts_fit_their_fields) {
  for (const auto mechanism : {Mechanism::kGcm, Mechanism::kGcmOwnIv, Mechanism::kCbcHmac}) {
    BOOST_TEST(hsm::sealed_size(mechanism, 31) <= ipc::SealedNumber::kMax);
    BOOST_TEST(hsm::sealed_size(mechanism, 63) <= 128U);
  }
}

BOOST_AUTO_TEST_CASE(ivs_that_repeat_or_are_constant_are_refused) {
  hsm::IvWatch watch;
  const std::array<std::uint8_t, 12> one{1, 2, 3};
  BOOST_TEST(watch.check(one).has_value());
  BOOST_TEST(!watch.check(one).has_value());
  BOOST_TEST(!watch.check(std::array<std::uint8_t, 12>{}).has_value());
  std::array<std::uint8_t, 12> iv{};
  for (int i = 0; i < 10'000; ++i) BOOST_REQUIRE(watch.fresh(iv));
}

// RFC 4231, test case 2.
BOOST_AUTO_TEST_CASE(hmac_is_that_of_the_standard) {
  const auto mac = hsm::software::hmac(
      base::as_bytes("Jefe"), {base::as_bytes("what do ya want "), base::as_bytes("for nothing?")});
  BOOST_TEST(base::to_hex(mac.view()) ==
             "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

}  // namespace
