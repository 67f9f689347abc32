#include "daemon/password.h"

#include <argon2.h>

#include <array>
#include <boost/test/unit_test.hpp>

#include "base/secret_access.h"

namespace {

ipc::Password password(std::string_view text) { return *ipc::Password::from(base::as_bytes(text)); }
base::FieldName refused(std::string_view text, std::string_view login = "tester") {
  const auto result = core::check_password(password(text), login);
  return result ? base::FieldName("allowed") : result.error().field;
}

BOOST_AUTO_TEST_SUITE(passwords)

BOOST_AUTO_TEST_CASE(length_counts_characters_not_bytes) {
  BOOST_TEST((refused("fourteen chars") == "password_short"));
  BOOST_TEST((refused("fifteen charact") == "allowed"));
  BOOST_TEST((refused("じゅうよんもじのあいことばでー") == "allowed"));       // 15 characters
  BOOST_TEST((refused("じゅうよんもじのあいことばで") == "password_short"));  // 14
  BOOST_TEST((refused("") == "password"));
  BOOST_TEST((refused("with a \x01 control character") == "password"));
}

BOOST_AUTO_TEST_CASE(what_a_guesser_tries_first_is_refused) {
  for (const auto* bad : {"passwordpassword", "PasswordPassword", "pass word pass word",
                          "aaaaaaaaaaaaaaaaaaaa", "abcabcabcabcabcabc", "Kagikura12345678",
                          "abcdefghijklmnopqrst", "responsible-2026", "2026-responsible"}) {
    BOOST_TEST((refused(bad, "responsible") == "password_common"), bad);
  }
  BOOST_TEST((refused("responsible for nine lions", "responsible") == "allowed"));
}

// The library's own high-level call, with the cost that OWASP asks for at least.
BOOST_AUTO_TEST_CASE(the_hash_is_argon2id_with_19_mib_and_two_passes) {
  const std::string_view text = "correct horse battery";
  const auto salt = *core::Salt::from(base::as_bytes("0123456789abcdef"));
  std::array<std::uint8_t, 32> expected{};
  BOOST_REQUIRE(argon2id_hash_raw(2, 19 * 1024, 1, text.data(), text.size(), salt.view().data(),
                                  salt.view().size(), expected.data(),
                                  expected.size()) == ARGON2_OK);
  const auto hash = core::argon2id(base::as_bytes(text), salt);
  BOOST_TEST(base::to_hex(hash.read(base::secret_access())) == base::to_hex(expected));
}

BOOST_AUTO_TEST_CASE(the_pool_hashes_off_the_loop_and_refuses_a_flood) {
  const base::SystemClock clock;
  auto loop = *base::Loop::open(clock);
  auto pool = *core::HashPool::start(*loop);
  const core::Salt salt;
  std::size_t done = 0;
  std::size_t refused_count = 0;
  const std::size_t wanted = core::HashPool::kQueueMax + core::kHashQueues + 8;
  for (std::size_t i = 0; i < wanted; ++i) {
    base::spawn([](core::HashPool& hashes, core::Salt with, std::size_t& ok,
                   std::size_t& full) -> base::Task<void> {
      auto secret = password("a long enough password");
      const auto hash = co_await hashes.hash(std::move(secret), with, core::HashFor::kStranger);
      if (hash) {
        ++ok;
      } else {
        BOOST_TEST((hash.error().code == base::Code::kTooMany));
        ++full;
      }
    }(*pool, salt, done, refused_count));
  }
  while (done + refused_count < wanted) BOOST_REQUIRE(loop->turn(1000).has_value());
  BOOST_TEST(done >= core::HashPool::kQueueMax);
  BOOST_TEST(refused_count >= 8U);
}

BOOST_AUTO_TEST_CASE(whoever_is_known_waits_behind_no_stranger) {
  const base::SystemClock clock;
  auto loop = *base::Loop::open(clock);
  auto pool = *core::HashPool::start(*loop);
  std::size_t strangers = 0;
  std::optional<std::size_t> before_known;  // strangers that were served first
  const auto one = [](core::HashPool& hashes, core::HashFor asker, auto then) -> base::Task<void> {
    const auto hash = co_await hashes.hash(password("a long enough password"), {}, asker);
    BOOST_TEST(hash.has_value());
    then();
  };
  for (std::size_t i = 0; i < core::HashPool::kQueueMax; ++i) {
    base::spawn(one(*pool, core::HashFor::kStranger, [&strangers] { ++strangers; }));
  }
  base::spawn(one(*pool, core::HashFor::kKnown, [&] { before_known = strangers; }));
  while (strangers < core::HashPool::kQueueMax) BOOST_REQUIRE(loop->turn(1000).has_value());
  BOOST_REQUIRE(before_known.has_value());
  BOOST_TEST(*before_known < core::HashPool::kQueueMax / 2);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
