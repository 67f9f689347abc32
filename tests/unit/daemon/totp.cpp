#include "daemon/totp.h"

#include <boost/test/unit_test.hpp>

#include "base/bytes.h"

namespace {

core::TotpSecret secret() {
  return *core::TotpSecret::from(base::as_bytes("12345678901234567890"));
}
base::Secret<32> typed(std::string_view text) {
  return *base::Secret<32>::from(base::as_bytes(text));
}

BOOST_AUTO_TEST_SUITE(totp)

// RFC 6238 appendix B, SHA-1, eight digits.
BOOST_AUTO_TEST_CASE(gives_the_rfc_6238_vectors) {
  struct Vector {
    std::int64_t seconds;
    std::uint32_t code;
  };
  const Vector vectors[] = {{59, 94287082},         {1111111109, 7081804},
                            {1111111111, 14050471}, {1234567890, 89005924},
                            {2000000000, 69279037}, {20000000000, 65353130}};
  for (const auto& vector : vectors) {
    const auto step = static_cast<std::uint64_t>(vector.seconds / 30);
    BOOST_TEST(core::hotp(secret(), step, 8) == vector.code);
    BOOST_TEST(core::hotp(secret(), step) == vector.code % 1'000'000);
  }
}

// RFC 4226 appendix D.
BOOST_AUTO_TEST_CASE(gives_the_rfc_4226_vectors) {
  const std::uint32_t codes[] = {755224, 287082, 359152, 969429, 338314,
                                 254676, 287922, 162583, 399871, 520489};
  for (std::uint64_t i = 0; i < 10; ++i) BOOST_TEST(core::hotp(secret(), i) == codes[i]);
}

BOOST_AUTO_TEST_CASE(reads_what_people_type) {
  BOOST_TEST(*core::parse_code(typed("012345")) == 12345U);
  BOOST_TEST(*core::parse_code(typed(" 012 345 ")) == 12345U);
  BOOST_TEST(*core::parse_code(typed("０１２３４５")) == 12345U);
  BOOST_TEST(*core::parse_code(typed("０１２　３４５")) == 12345U);
  for (const auto* bad :
       {"01234", "0123456", "01234x", "-12345", "+12345", "0x1234", "１２３４５"}) {
    BOOST_TEST((core::parse_code(typed(bad)).error().code == base::Code::kInvalid), bad);
  }
  BOOST_TEST((core::parse_code(typed("  ")).error().code == base::Code::kMissing));
}

BOOST_AUTO_TEST_CASE(accepts_one_step_either_side_and_each_once) {
  const base::WallTime now{1'700'000'010'000};
  const auto step = static_cast<std::uint64_t>(now.ms / core::kTotpStepMs);
  BOOST_TEST((core::accept_code(secret(), core::hotp(secret(), step - 2), now, 0) == std::nullopt));
  BOOST_TEST(core::accept_code(secret(), core::hotp(secret(), step - 1), now, 0).value() ==
             step - 1);
  BOOST_TEST(core::accept_code(secret(), core::hotp(secret(), step), now, 0).value() == step);
  BOOST_TEST(core::accept_code(secret(), core::hotp(secret(), step + 1), now, 0).value() ==
             step + 1);
  BOOST_TEST((core::accept_code(secret(), core::hotp(secret(), step + 2), now, 0) == std::nullopt));
  // Used once, or older than one that was used.
  BOOST_TEST((core::accept_code(secret(), core::hotp(secret(), step), now, step) == std::nullopt));
  BOOST_TEST(
      (core::accept_code(secret(), core::hotp(secret(), step - 1), now, step) == std::nullopt));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
