// Standing in over the whole core: it takes two, of whom the deputy is none; it is for its days,
// ends at once, and goes with the role, the account and the separation of duties that it was made
// under.
#include "daemon/deputies.h"
#include "tests/unit/daemon/world.h"

namespace {

using base::Code;
using base::CoreEvent;
using base::Role;

template <class T>
bool failed(const base::Result<T>& result, Code code, base::FieldName field) {
  return !result && result.error().code == code && result.error().field == field;
}

struct Firm : core::testing::World {
  Firm() {
    provision();
    sign_in(responsible);
    sign_in(rights_manager);
    officer = enrol("hoan", invited("hoan", "検証 保安", Role::kSecurityOfficer));
    sign_in(officer);
    custodian = enrol("kagi", invited("kagi", "検証 鍵", Role::kCustodian));
    sign_in(custodian);
  }

  base::Day today() { return base::day_in_japan(clock.wall()); }
  base::Result<ipc::Proposed> delegate(const User& by, std::string_view absent,
                                       std::string_view deputy, std::int32_t first = 0,
                                       std::int32_t last = 10) {
    ipc::Delegate request;
    request.auth = by.auth();
    request.account = account_of(absent);
    request.delegation = {account_of(deputy), {today().days + first}, {today().days + last}};
    return ask(by.peer, std::move(request));
  }
  // The security officer stands in for the rights manager.
  void agree(std::int32_t first = 0, std::int32_t last = 10) {
    const auto made = delegate(rights_manager, "kengen", "hoan", first, last);
    BOOST_REQUIRE(made.has_value());
    BOOST_REQUIRE(approve(responsible, made->proposal).has_value());
    BOOST_REQUIRE(execute(rights_manager, made->proposal).has_value());
  }
  std::uint32_t stands_in() {
    return core::deputy_for(core->reg(), account_of("hoan"), core->moment());
  }
  base::Result<ipc::Done> end(const User& by) {
    ipc::EndDelegation request;
    request.auth = by.auth();
    request.account = account_of("kengen");
    return ask(by.peer, std::move(request));
  }

  User officer;
  User custodian;
  static constexpr std::uint32_t kPlace = std::uint32_t{1}
                                          << static_cast<unsigned>(Role::kRightsManager);
};

BOOST_FIXTURE_TEST_SUITE(delegations, Firm)

BOOST_AUTO_TEST_CASE(the_deputy_agrees_in_the_place_of_who_is_away) {
  const auto invite = propose_account(responsible, "tanto", "検証 担当", Role::kHandler);
  BOOST_REQUIRE(invite.has_value());
  BOOST_TEST(failed(approve(officer, invite->proposal), Code::kDenied, "access"));
  agree();
  BOOST_TEST(stands_in() == kPlace);
  BOOST_TEST((audit->last(CoreEvent::kDelegated)->ref == account_of("kengen").value));
  BOOST_TEST((audit->last(CoreEvent::kDelegated)->login.view() == "hoan"));
  BOOST_TEST(approve(officer, invite->proposal).has_value());
  BOOST_TEST(execute(responsible, invite->proposal).has_value());
  // Not for proposing.
  BOOST_TEST(
      failed(propose_account(officer, "betsu", "検証 別", Role::kViewer), Code::kDenied, "access"));
  ipc::GetSession get;
  get.token = officer.session();
  BOOST_TEST(ask(officer.peer, std::move(get))->deputy_for == kPlace);
  // It is there after a restart.
  start();
  sign_in(officer);
  BOOST_TEST(stands_in() == kPlace);
}

BOOST_AUTO_TEST_CASE(it_takes_two_others_than_the_deputy) {
  BOOST_TEST(failed(delegate(rights_manager, "kengen", "kengen"), Code::kDenied, "self"));
  BOOST_TEST(failed(delegate(rights_manager, "kansa", "hoan"), Code::kInvalid, "account"));
  BOOST_TEST(failed(delegate(rights_manager, "kengen", "kansa"), Code::kDenied, "separation"));
  BOOST_TEST(failed(delegate(custodian, "kengen", "hoan"), Code::kDenied, "access"));
  BOOST_TEST(failed(delegate(rights_manager, "kengen", "hoan", 0, 92), Code::kInvalid, "last"));
  // Nobody agrees to standing in himself.
  const auto own = delegate(rights_manager, "hoan", "sekinin");
  BOOST_REQUIRE(own.has_value());
  BOOST_TEST(failed(approve(responsible, own->proposal), Code::kDenied, "self"));
  const auto made = delegate(rights_manager, "kengen", "hoan");
  BOOST_REQUIRE(made.has_value());
  BOOST_TEST(!execute(rights_manager, made->proposal).has_value());
  BOOST_TEST(stands_in() == 0U);
}

BOOST_AUTO_TEST_CASE(it_is_for_its_days_by_either_clock) {
  agree(2, 4);
  BOOST_TEST(stands_in() == 0U);
  clock.set_wall({clock.wall().ms + 2 * 86'400'000});
  BOOST_TEST(stands_in() == kPlace);
  const auto then = clock.wall();
  clock.set_wall({then.ms + 3 * 86'400'000});
  BOOST_TEST(stands_in() == 0U);
  clock.set_wall(then);
  BOOST_TEST(stands_in() == kPlace);
  core->facts.run_ms += std::uint64_t{5} * 86'400'000;
  BOOST_TEST(stands_in() == 0U);
}

BOOST_AUTO_TEST_CASE(its_end_acts_at_once_and_voids_what_was_agreed_by_it) {
  agree();
  const auto invite = propose_account(responsible, "tanto", "検証 担当", Role::kHandler);
  BOOST_REQUIRE(approve(officer, invite->proposal).has_value());
  BOOST_TEST(end(responsible).has_value());
  BOOST_TEST((audit->last(CoreEvent::kDelegationEnded)->ref == account_of("kengen").value));
  BOOST_TEST(failed(end(responsible), Code::kNotFound, "account"));
  BOOST_TEST(stands_in() == 0U);
  BOOST_TEST(failed(execute(responsible, invite->proposal), Code::kDenied, "approval"));
}

BOOST_AUTO_TEST_CASE(it_goes_with_the_account_and_the_separation_of_duties) {
  agree();
  // The officer's person gets an account that must be kept apart from the place.
  const auto second =
      propose_account(responsible, "tanto", "検証 担当", Role::kViewer, account_of("hoan"));
  BOOST_REQUIRE(second.has_value());
  BOOST_REQUIRE(approve(rights_manager, second->proposal).has_value());
  auto key = execute(responsible, second->proposal);
  BOOST_REQUIRE(key.has_value());
  enrol("tanto", std::move(key->enrolment_key));
  BOOST_TEST(stands_in() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
