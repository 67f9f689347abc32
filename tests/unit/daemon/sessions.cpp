#include "daemon/sessions.h"

#include <boost/test/unit_test.hpp>

#include "tests/unit/daemon/fakes.h"

namespace {

using base::AccountId;
using base::Role;
using base::Zone;
using core::Sessions;
using policy::SessionState;

constexpr std::int64_t kMinute = 60'000;

struct World {
  core::testing::FakeRandom random;
  Sessions sessions{random, {}};
  base::MonoTime now{1000};
};

BOOST_FIXTURE_TEST_SUITE(sessions, World)

BOOST_AUTO_TEST_CASE(a_token_finds_its_session_and_no_other_token_does) {
  const auto one = sessions.open(AccountId{1}, Role::kHandler, Zone::kHandling, now);
  const auto two = sessions.open(AccountId{1}, Role::kHandler, Zone::kHandling, now);
  BOOST_TEST(!one->token.equals(two->token));
  const auto found = sessions.find(one->token, Zone::kHandling, now);
  BOOST_TEST((found.state == SessionState::kFresh));
  BOOST_TEST((found.session->id == one->id));
  const auto other = random.secret<32>();
  BOOST_TEST((sessions.find(other, Zone::kHandling, now).state == SessionState::kNone));
  BOOST_TEST((sessions.find({}, Zone::kHandling, now).session == nullptr));
}

BOOST_AUTO_TEST_CASE(idle_and_absolute_time_end_it) {
  const auto opened = sessions.open(AccountId{1}, Role::kHandler, Zone::kHandling, now);
  now.ms += 15 * kMinute - 1;
  BOOST_TEST((sessions.find(opened->token, Zone::kHandling, now).state == SessionState::kFresh));
  sessions.touch(opened->id, now);
  now.ms += 15 * kMinute;
  BOOST_TEST(
      (sessions.find(opened->token, Zone::kHandling, now).state == SessionState::kIdleExpired));

  const auto busy = sessions.open(AccountId{1}, Role::kHandler, Zone::kHandling, now);
  for (int i = 0; i < 12 * 60; i += 10) {
    BOOST_TEST((sessions.find(busy->token, Zone::kHandling, now).state == SessionState::kFresh));
    sessions.touch(busy->id, now);
    now.ms += 10 * kMinute;
  }
  BOOST_TEST(
      (sessions.find(busy->token, Zone::kHandling, now).state == SessionState::kAbsoluteExpired));
}

BOOST_AUTO_TEST_CASE(who_decides_on_rights_has_less_time_and_the_configuration_less_again) {
  const auto opened = sessions.open(AccountId{1}, Role::kResponsible, Zone::kHandling, now);
  now.ms += 10 * kMinute - 1;
  BOOST_TEST((sessions.find(opened->token, Zone::kHandling, now).state == SessionState::kFresh));
  now.ms += 1;
  BOOST_TEST(
      (sessions.find(opened->token, Zone::kHandling, now).state == SessionState::kIdleExpired));
  const Sessions brief(random, {60 * kMinute, 5 * kMinute});
  BOOST_TEST(brief.limits(Role::kRightsManager).idle_ms == 5 * kMinute);
  BOOST_TEST(brief.limits(Role::kHandler).absolute_ms == 60 * kMinute);
}

BOOST_AUTO_TEST_CASE(another_zone_is_refused_and_does_not_end_it) {
  const auto opened = sessions.open(AccountId{1}, Role::kHandler, Zone::kHandling, now);
  BOOST_TEST(
      (sessions.find(opened->token, Zone::kCollection, now).state == SessionState::kRevoked));
  BOOST_TEST((sessions.find(opened->token, Zone::kHandling, now).state == SessionState::kFresh));
}

BOOST_AUTO_TEST_CASE(the_end_of_an_account_ends_all_its_sessions_at_once) {
  const auto a = sessions.open(AccountId{1}, Role::kHandler, Zone::kHandling, now);
  const auto b = sessions.open(AccountId{1}, Role::kHandler, Zone::kHandling, now);
  const auto c = sessions.open(AccountId{2}, Role::kHandler, Zone::kHandling, now);
  sessions.end_account(AccountId{1}, now);
  BOOST_TEST((sessions.find(a->token, Zone::kHandling, now).state == SessionState::kRevoked));
  BOOST_TEST((sessions.find(b->token, Zone::kHandling, now).state == SessionState::kRevoked));
  BOOST_TEST((sessions.find(c->token, Zone::kHandling, now).state == SessionState::kFresh));
  BOOST_TEST(sessions.live(now) == 1U);
}

BOOST_AUTO_TEST_CASE(one_account_more_than_its_share_ends_its_longest_unused) {
  std::vector<Sessions::Opened> opened;
  for (std::size_t i = 0; i <= Sessions::kPerAccountMax; ++i) {
    now.ms += 1;
    opened.push_back(*sessions.open(AccountId{1}, Role::kHandler, Zone::kHandling, now));
  }
  BOOST_TEST(sessions.live(now) == Sessions::kPerAccountMax);
  BOOST_TEST(
      (sessions.find(opened[0].token, Zone::kHandling, now).state == SessionState::kRevoked));
  BOOST_TEST((sessions.find(opened[1].token, Zone::kHandling, now).state == SessionState::kFresh));
}

BOOST_AUTO_TEST_CASE(the_sweep_tells_each_expiry_once_and_then_forgets) {
  const auto opened = sessions.open(AccountId{1}, Role::kHandler, Zone::kHandling, now);
  BOOST_TEST(sessions.sweep(now).empty());
  now.ms += 15 * kMinute;
  const auto expired = sessions.sweep(now);
  BOOST_REQUIRE(expired.size() == 1U);
  BOOST_TEST((expired[0].id == opened->id));
  BOOST_TEST(sessions.sweep(now).empty());
  BOOST_TEST(
      (sessions.find(opened->token, Zone::kHandling, now).state == SessionState::kIdleExpired));
  now.ms += Sessions::kRememberMs;
  BOOST_TEST(sessions.sweep(now).empty());
  BOOST_TEST((sessions.find(opened->token, Zone::kHandling, now).state == SessionState::kNone));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
