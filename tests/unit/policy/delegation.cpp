// Standing in: who may, for whom and when; that it is for agreeing alone, and makes no second
// person.
#include "policy/delegation.h"

#include <boost/test/unit_test.hpp>

namespace {

using base::AccountId;
using base::Code;
using base::Role;
using policy::Action;
using policy::Facts;
using policy::Party;
using policy::Reason;
using policy::Verdict;

constexpr std::uint32_t bit(Role role) { return std::uint32_t{1} << static_cast<unsigned>(role); }
constexpr base::Day kToday{20'000};

Party party(std::uint64_t id, Role role, std::uint64_t person = 0) {
  return {AccountId{id}, person == 0 ? id : person, role, true, 0, base::kFirm};
}
base::Error fault(const Party& absent, const Party& deputy, std::int32_t first = 0,
                  std::int32_t last = 10, const std::vector<Party>& others = {}) {
  std::vector<Party> all = others;
  all.push_back(deputy);
  const auto result = policy::check_delegation(
      absent, deputy, all, {{kToday.days + first}, {kToday.days + last}}, kToday);
  return result ? base::Error{} : result.error();
}

BOOST_AUTO_TEST_SUITE(delegation)

BOOST_AUTO_TEST_CASE(days_count_from_the_first_to_the_last) {
  const policy::Absence absence{{5}, {7}};
  BOOST_TEST(!policy::is_away(absence, {4}));
  BOOST_TEST(policy::is_away(absence, {5}));
  BOOST_TEST(policy::is_away(absence, {7}));
  BOOST_TEST(!policy::is_away(absence, {8}));
}

BOOST_AUTO_TEST_CASE(only_who_agrees_has_a_place_to_stand_in) {
  for (std::uint8_t i = 0; i <= static_cast<std::uint8_t>(Role::kLast); ++i) {
    const auto role = static_cast<Role>(i);
    bool approves = false;
    for (std::uint8_t k = 0; k <= static_cast<std::uint8_t>(base::ProposalKind::kLast); ++k) {
      approves |= policy::rule_of(static_cast<base::ProposalKind>(k)).approvers.has(role);
    }
    BOOST_TEST(policy::is_delegable(role) == approves, base::name(role));
  }
}

BOOST_AUTO_TEST_CASE(what_is_no_delegation_is_refused) {
  const Party absent = party(1, Role::kResponsible);
  const Party deputy = party(2, Role::kSecurityOfficer);
  BOOST_TEST((fault(absent, deputy) == base::Error{}));
  BOOST_TEST((fault(party(1, Role::kHandler), deputy) == base::Error{Code::kInvalid, "account"}));
  Party gone = absent;
  gone.active = false;
  BOOST_TEST((fault(gone, deputy) == base::Error{Code::kInvalid, "account"}));
  gone = deputy;
  gone.active = false;
  BOOST_TEST((fault(absent, gone) == base::Error{Code::kInvalid, "deputy"}));
  gone = deputy;
  gone.company = base::TenantId{7};
  BOOST_TEST((fault(absent, gone) == base::Error{Code::kInvalid, "deputy"}));
  BOOST_TEST(
      (fault(absent, party(3, Role::kSecurityOfficer, 1)) == base::Error{Code::kDenied, "self"}));
  BOOST_TEST((fault(absent, party(2, Role::kHandler)) == base::Error{Code::kDenied, "separation"}));
  BOOST_TEST((fault(absent, party(2, Role::kAuditor)) == base::Error{Code::kDenied, "separation"}));
  // By another account of the same person, too.
  BOOST_TEST((fault(absent, deputy, 0, 10, {party(4, Role::kHandler, 2)}) ==
              base::Error{Code::kDenied, "separation"}));

  BOOST_TEST((fault(absent, deputy, 0, 0) == base::Error{}));
  BOOST_TEST((fault(absent, deputy, -5, 0) == base::Error{}));
  BOOST_TEST((fault(absent, deputy, -5, -1) == base::Error{Code::kInvalid, "last"}));
  BOOST_TEST((fault(absent, deputy, 3, 2) == base::Error{Code::kInvalid, "last"}));
  BOOST_TEST((fault(absent, deputy, 0, policy::kDelegationDaysMax - 1) == base::Error{}));
  BOOST_TEST((fault(absent, deputy, 0, policy::kDelegationDaysMax) ==
              base::Error{Code::kInvalid, "last"}));
  BOOST_TEST((fault(absent, deputy, policy::kDelegationDaysMax, policy::kDelegationDaysMax) ==
              base::Error{}));
  BOOST_TEST((fault(absent, deputy, policy::kDelegationDaysMax + 1,
                    policy::kDelegationDaysMax + 1) == base::Error{Code::kInvalid, "first"}));
}

BOOST_AUTO_TEST_CASE(it_opens_what_agreeing_takes_and_nothing_else) {
  for (std::size_t i = 0; i < policy::kActions; ++i) {
    const auto action = static_cast<Action>(i);
    const policy::Rule& rule = policy::rule_of(action);
    if (rule.credential != policy::Credential::kSession || rule.roles.has(Role::kCustodian)) {
      continue;
    }
    Facts facts;
    facts.role = Role::kCustodian;
    facts.deputy_for = bit(Role::kResponsible);
    facts.runs_box = true;
    facts.zone = base::Zone::kHandling;
    facts.state = base::State::kOperational;
    facts.session = policy::SessionState::kFresh;
    facts.assurance = base::Assurance::kLast;
    facts.open = true;
    facts.step_up = policy::StepUpState::kValid;
    facts.purpose_notified = true;
    facts.others_approving = 1;
    const auto decision = policy::decide(action, facts);
    const bool opens = rule.delegable && rule.roles.has(Role::kResponsible);
    BOOST_TEST((decision.verdict == Verdict::kAllow) == opens, name(action));
    if (!opens) BOOST_TEST((decision.reason == Reason::kRole), name(action));
    // For another role's place than the row's.
    facts.deputy_for = bit(Role::kOperator);
    BOOST_TEST((policy::decide(action, facts).reason == Reason::kRole), name(action));
  }
  for (const Action action : {Action::kInviteAccount, Action::kDelegate, Action::kReveal,
                              Action::kSaveSettings, Action::kExportLog}) {
    BOOST_TEST(!policy::rule_of(action).delegable, name(action));
  }
}

BOOST_AUTO_TEST_CASE(a_deputy_agrees_as_one_person_and_proposes_nothing_more) {
  const base::Digest digest;
  const policy::Moment now{1000, {5000}};
  Party deputy = party(2, Role::kCustodian);
  const auto made =
      *policy::propose(base::ProposalKind::kInvite, party(1, Role::kResponsible), digest, now);
  BOOST_TEST(!policy::approve(made, deputy, digest, now).has_value());
  deputy.deputy_for = bit(Role::kRightsManager);
  const auto approved = policy::approve(made, deputy, digest, now);
  BOOST_REQUIRE(approved.has_value());
  BOOST_TEST((policy::approve(*approved, party(3, Role::kRightsManager, 2), digest, now).error() ==
              base::Error{Code::kUsed, "approval"}));
  BOOST_TEST(!policy::propose(base::ProposalKind::kInvite, deputy, digest, now).has_value());
  // Its end voids what was agreed on by it alone.
  const auto carry_out = [&] {
    const policy::Lookup lookup = [&](AccountId id) {
      return id == deputy.account ? deputy : party(1, Role::kResponsible);
    };
    return policy::execute(*approved, party(1, Role::kResponsible), digest, lookup, now);
  };
  BOOST_TEST(carry_out().has_value());
  deputy.deputy_for = 0;
  BOOST_TEST((carry_out().error() == base::Error{Code::kDenied, "approval"}));
  // Nobody's own proposals.
  Party self = party(1, Role::kResponsible);
  self.deputy_for = bit(Role::kRightsManager);
  BOOST_TEST(
      (policy::approve(made, self, digest, now).error() == base::Error{Code::kDenied, "self"}));
  // What another carries out, a deputy may.
  const auto asked =
      *policy::propose(base::ProposalKind::kEmergency, party(5, Role::kHandler), digest, now);
  const policy::Lookup lookup = [](AccountId) { return party(5, Role::kHandler); };
  deputy.deputy_for = bit(Role::kResponsible);
  BOOST_TEST(policy::execute(asked, deputy, digest, lookup, now).has_value());
  deputy.deputy_for = 0;
  BOOST_TEST((policy::execute(asked, deputy, digest, lookup, now).error() ==
              base::Error{Code::kDenied, "access"}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
