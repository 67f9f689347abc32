// Properties of the table that hold whatever its rows say. The cell-by-cell comparison with a
// table that is written from the requirements is tests/campaigns/access.py.
#include "policy/access.h"

#include <boost/test/unit_test.hpp>
#include <set>
#include <string>

#include "policy/zones.h"

namespace {

using policy::Action;
using policy::Decision;
using policy::Facts;
using policy::Reason;
using policy::Verdict;

Facts best_facts(Action action) {
  const policy::Rule& rule = policy::rule_of(action);
  Facts facts;
  for (unsigned i = 0; i <= static_cast<unsigned>(base::Role::kLast); ++i) {
    if (rule.roles.has(static_cast<base::Role>(i))) facts.role = static_cast<base::Role>(i);
  }
  for (unsigned i = 0; i <= static_cast<unsigned>(base::Zone::kLast); ++i) {
    if (rule.zones.has(static_cast<base::Zone>(i))) facts.zone = static_cast<base::Zone>(i);
  }
  for (unsigned i = 0; i <= static_cast<unsigned>(base::State::kLast); ++i) {
    if (rule.states.has(static_cast<base::State>(i))) facts.state = static_cast<base::State>(i);
  }
  facts.session = policy::SessionState::kFresh;
  facts.assurance = base::Assurance::kLast;
  facts.link = policy::LinkState::kValid;
  facts.open = true;
  facts.runs_box = true;
  facts.certificate = policy::CertificateState::kValid;
  if (rule.credential == policy::Credential::kCertificate) facts.role = base::Role::kApiClient;
  facts.api_rights = ~std::uint32_t{0};
  facts.step_up = policy::StepUpState::kValid;
  facts.designated = base::Designated::kNow;
  facts.in_scope = true;
  facts.purpose_notified = true;
  facts.others_approving = 1;
  return facts;
}

template <class Check>
void for_each_action(Check check) {
  for (std::size_t i = 0; i < policy::kActions; ++i) check(static_cast<Action>(i));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(access_table)

BOOST_AUTO_TEST_CASE(with_the_least_known_nothing_is_allowed) {
  for_each_action([](Action action) {
    BOOST_TEST((policy::decide(action, Facts{}).verdict == Verdict::kDeny), name(action));
  });
}

BOOST_AUTO_TEST_CASE(every_action_can_be_allowed_to_somebody) {
  for_each_action([](Action action) {
    BOOST_TEST((policy::decide(action, best_facts(action)).verdict == Verdict::kAllow),
               name(action));
  });
}

BOOST_AUTO_TEST_CASE(nobody_is_let_in_from_nowhere) {
  for_each_action([](Action action) {
    Facts facts = best_facts(action);
    facts.zone = base::Zone::kNone;
    BOOST_TEST((policy::decide(action, facts) == Decision{Verdict::kDeny, Reason::kZone, 0}),
               name(action));
  });
}

BOOST_AUTO_TEST_CASE(without_a_designation_in_force_there_are_no_people_and_no_numbers) {
  for (unsigned i = 0; i <= static_cast<unsigned>(base::Designated::kLast); ++i) {
    const auto designated = static_cast<base::Designated>(i);
    const bool now = designated == base::Designated::kNow;
    for (const Action action : {Action::kListPeople, Action::kReveal}) {
      Facts facts = best_facts(action);
      facts.role = base::Role::kHandler;
      facts.designated = designated;
      const Decision expected = now ? Decision{Verdict::kAllow, Reason::kNone, 0}
                                    : Decision{Verdict::kDeny, Reason::kDesignation, 0};
      BOOST_TEST((policy::decide(action, facts) == expected), name(designated));
    }
    // What touches nobody, and who needs none.
    Facts facts = best_facts(Action::kSeeSession);
    facts.role = base::Role::kHandler;
    facts.designated = designated;
    BOOST_TEST((policy::decide(Action::kSeeSession, facts).verdict == Verdict::kAllow));
    facts = best_facts(Action::kListPeople);
    facts.role = base::Role::kResponsible;
    facts.designated = designated;
    BOOST_TEST((policy::decide(Action::kListPeople, facts).verdict == Verdict::kAllow));
  }
}

BOOST_AUTO_TEST_CASE(a_number_outside_of_the_scope_stays_closed) {
  Facts facts = best_facts(Action::kReveal);
  facts.in_scope = false;
  BOOST_TEST(
      (policy::decide(Action::kReveal, facts) == Decision{Verdict::kDeny, Reason::kScope, 0}));
  // Lists leave out whom it does not cover by themselves.
  facts = best_facts(Action::kListPeople);
  facts.role = base::Role::kHandler;
  facts.in_scope = false;
  BOOST_TEST((policy::decide(Action::kListPeople, facts).verdict == Verdict::kAllow));
}

BOOST_AUTO_TEST_CASE(the_appliance_is_for_people_of_the_firm_that_runs_it) {
  const std::set<Action> of_box = {Action::kExportLog, Action::kSeeZones,     Action::kSetZones,
                                   Action::kSetHours,  Action::kAskEmergency, Action::kSeeCompanies,
                                   Action::kAddCompany};
  for_each_action([&](Action action) {
    Facts facts = best_facts(action);
    facts.runs_box = false;
    const Decision expected = of_box.contains(action)
                                  ? Decision{Verdict::kDeny, Reason::kCompany, 0}
                                  : Decision{Verdict::kAllow, Reason::kNone, 0};
    BOOST_TEST((policy::decide(action, facts) == expected), name(action));
    // A role that has no part in it learns nothing of the company.
    facts.role = base::Role::kSubject;
    if (of_box.contains(action)) {
      BOOST_TEST((policy::decide(action, facts).reason == Reason::kRole), name(action));
    }
  });
  BOOST_TEST((policy::error_of({Verdict::kDeny, Reason::kCompany, 0}) ==
              base::Error{base::Code::kDenied, "company"}));
}

BOOST_AUTO_TEST_CASE(numbers_move_only_in_operation_and_with_somebody_answerable) {
  for (const Action action : {Action::kReveal, Action::kApproveSubmission, Action::kApproveDisposal,
                              Action::kSubmitNumbers, Action::kExportLog}) {
    const policy::Rule& rule = policy::rule_of(action);
    BOOST_TEST(rule.states.bits == policy::any_of(base::State::kOperational).bits);
    BOOST_TEST((rule.credential != policy::Credential::kNone));
  }
  BOOST_TEST(policy::rule_of(Action::kReveal).needs_purpose);
  BOOST_TEST(policy::rule_of(Action::kReveal).step_up.has_value());
  BOOST_TEST(policy::rule_of(Action::kApproveDisposal).others == 1);
}

BOOST_AUTO_TEST_CASE(an_auditor_cannot_reach_a_number_or_a_person) {
  for (const Action action : {Action::kReveal, Action::kListPeople, Action::kSeePerson,
                              Action::kApproveSubmission, Action::kRequestNumbers}) {
    Facts facts = best_facts(action);
    facts.role = base::Role::kAuditor;
    BOOST_TEST((policy::decide(action, facts).reason == Reason::kRole), name(action));
  }
}

BOOST_AUTO_TEST_CASE(one_cannot_approve_ones_own_request) {
  Facts facts = best_facts(Action::kApproveDisposal);
  facts.by_requester = true;
  BOOST_TEST((policy::decide(Action::kApproveDisposal, facts).reason == Reason::kSelf));
  facts.by_requester = false;
  facts.others_approving = 0;
  BOOST_TEST((policy::decide(Action::kApproveDisposal, facts) ==
              Decision{Verdict::kNeedsApproval, Reason::kApproval, 1}));
}

BOOST_AUTO_TEST_CASE(only_a_valid_step_up_serves) {
  Facts facts = best_facts(Action::kReveal);
  for (const auto state : {policy::StepUpState::kMissing, policy::StepUpState::kUsed,
                           policy::StepUpState::kExpired, policy::StepUpState::kOtherAct}) {
    facts.step_up = state;
    BOOST_TEST((policy::decide(Action::kReveal, facts).verdict == Verdict::kNeedsStepUp));
  }
}

BOOST_AUTO_TEST_CASE(a_session_that_is_over_serves_nothing_that_needs_one) {
  for_each_action([](Action action) {
    if (policy::rule_of(action).credential != policy::Credential::kSession) return;
    for (const auto state :
         {policy::SessionState::kNone, policy::SessionState::kIdleExpired,
          policy::SessionState::kAbsoluteExpired, policy::SessionState::kRevoked}) {
      Facts facts = best_facts(action);
      facts.session = state;
      BOOST_TEST((policy::decide(action, facts).verdict == Verdict::kDeny), name(action));
    }
  });
}

BOOST_AUTO_TEST_CASE(names_are_distinct) {
  std::set<std::string> seen;
  for_each_action(
      [&](Action action) { BOOST_TEST(seen.insert(std::string(name(action))).second); });
  BOOST_TEST(!seen.contains("unknown"));
}

BOOST_AUTO_TEST_CASE(a_place_and_a_role_that_are_refused_look_the_same_to_the_asker) {
  BOOST_TEST((policy::error_of({Verdict::kDeny, Reason::kZone, 0}) ==
              policy::error_of({Verdict::kDeny, Reason::kRole, 0})));
}

BOOST_AUTO_TEST_CASE(the_most_specific_block_decides_and_nothing_else_does) {
  const std::vector<base::ZoneBlock> blocks = {
      {*base::Cidr::parse("192.0.2.0/24"), base::Zone::kHandling},
      {*base::Cidr::parse("192.0.2.7"), base::Zone::kCollection},
      {*base::Cidr::parse("192.0.2.0/28"), base::Zone::kHandling},  // wider than the one before
      {*base::Cidr::parse("2001:db8::/32"), base::Zone::kCollection},
  };
  const auto zone = [&](const char* text) {
    return policy::place_of(*base::IpAddress::parse(text), base::Listener::kPages, blocks).zone;
  };
  BOOST_TEST((zone("192.0.2.1") == base::Zone::kHandling));
  BOOST_TEST((zone("::ffff:192.0.2.1") == base::Zone::kHandling));
  BOOST_TEST((zone("192.0.2.7") == base::Zone::kCollection));
  BOOST_TEST((zone("2001:db8::9") == base::Zone::kCollection));
  BOOST_TEST((zone("198.51.100.1") == base::Zone::kNone));
  BOOST_TEST((zone("::1") == base::Zone::kNone));
}

BOOST_AUTO_TEST_CASE(who_only_looks_rescues_nobody) {
  BOOST_TEST(!policy::may_rescue(base::Role::kViewer));
  BOOST_TEST(!policy::may_rescue(base::Role::kNone));
  BOOST_TEST(!policy::may_rescue(base::Role::kSubject));
  BOOST_TEST(policy::may_rescue(base::Role::kAuditor));
  BOOST_TEST(policy::may_rescue(base::Role::kHandler));
}

BOOST_AUTO_TEST_CASE(sessions_of_administrators_are_shorter) {
  constexpr std::int64_t kMinute = 60'000;
  for (const auto role :
       {base::Role::kResponsible, base::Role::kRightsManager, base::Role::kSecurityOfficer}) {
    BOOST_TEST(policy::session_limits(role).absolute_ms == 8 * 60 * kMinute);
    BOOST_TEST(policy::session_limits(role).idle_ms == 10 * kMinute);
  }
  for (const auto role :
       {base::Role::kHandler, base::Role::kViewer, base::Role::kAuditor, base::Role::kCustodian}) {
    BOOST_TEST(policy::session_limits(role).absolute_ms == 12 * 60 * kMinute);
    BOOST_TEST(policy::session_limits(role).idle_ms == 15 * kMinute);
  }
}

BOOST_AUTO_TEST_CASE(each_listener_has_zones_of_its_own) {
  const std::vector<base::ZoneBlock> blocks = {
      {*base::Cidr::parse("192.0.2.0/24"), base::Zone::kHandling},
      {*base::Cidr::parse("192.0.2.8"), base::Zone::kApi},
  };
  const auto zone = [&](const char* text, base::Listener listener) {
    return policy::place_of(*base::IpAddress::parse(text), listener, blocks).zone;
  };
  BOOST_TEST((zone("192.0.2.8", base::Listener::kPages) == base::Zone::kHandling));
  BOOST_TEST((zone("192.0.2.8", base::Listener::kApi) == base::Zone::kApi));
  BOOST_TEST((zone("192.0.2.9", base::Listener::kApi) == base::Zone::kNone));
}

BOOST_AUTO_TEST_CASE(systems_ask_for_little_and_each_within_its_rights) {
  for_each_action([](Action action) {
    const auto* rule = policy::api_rule_of(action);
    Facts facts = best_facts(action);
    facts.zone = base::Zone::kApi;
    facts.role = base::Role::kApiClient;
    facts.certificate = policy::CertificateState::kValid;
    facts.api_rights = ~std::uint32_t{0};
    const bool open = policy::rule_of(action).credential == policy::Credential::kNone &&
                      policy::rule_of(action).zones.has(base::Zone::kApi);
    const bool allowed = policy::decide(action, facts).verdict == Verdict::kAllow;
    BOOST_TEST(allowed == (rule != nullptr || open), name(action));
    if (rule == nullptr) return;
    BOOST_TEST(!policy::rule_of(action).step_up.has_value(), name(action));
    for (const auto state : {policy::CertificateState::kNone, policy::CertificateState::kRevoked}) {
      facts.certificate = state;
      BOOST_TEST((policy::decide(action, facts).reason == Reason::kCertificate), name(action));
    }
    facts.certificate = policy::CertificateState::kExpired;
    BOOST_TEST((policy::decide(action, facts).reason == Reason::kCertificateOver), name(action));
    facts.certificate = policy::CertificateState::kValid;
    facts.role = base::Role::kHandler;
    BOOST_TEST((policy::decide(action, facts).reason == Reason::kRole), name(action));
    facts.role = base::Role::kApiClient;
    facts.state = base::State::kSealed;
    BOOST_TEST((policy::decide(action, facts).reason == Reason::kState), name(action));
    facts.state = base::State::kOperational;
    if (rule->right) {
      facts.api_rights = ~(std::uint32_t{1} << static_cast<unsigned>(*rule->right));
      BOOST_TEST((policy::decide(action, facts).reason == Reason::kRole), name(action));
    }
  });
  BOOST_TEST(policy::api_rule_of(Action::kReveal) == nullptr);
  BOOST_TEST((policy::error_of({Verdict::kDeny, Reason::kCertificate, 0}) ==
              base::Error{base::Code::kDenied, "certificate"}));
  BOOST_TEST((policy::error_of({Verdict::kDeny, Reason::kCertificateOver, 0}) ==
              base::Error{base::Code::kExpired, "certificate"}));
}

BOOST_AUTO_TEST_CASE(a_place_that_wants_a_certificate_is_closed_without_one) {
  const std::set<Action> before = {Action::kConnect, Action::kGreet, Action::kSignHandshake,
                                   Action::kSeePublicFacts, Action::kPresentCertificate};
  for_each_action([&](Action action) {
    if (!policy::rule_of(action).zones.has(base::Zone::kHandling)) return;
    Facts facts = best_facts(action);
    facts.zone = base::Zone::kHandling;
    facts.wants_certificate = true;
    BOOST_TEST((policy::decide(action, facts).verdict == Verdict::kAllow), name(action));
    for (const auto state : {policy::CertificateState::kNone, policy::CertificateState::kExpired,
                             policy::CertificateState::kRevoked}) {
      facts.certificate = state;
      const Decision expected = before.contains(action)
                                    ? Decision{Verdict::kAllow, Reason::kNone, 0}
                                    : Decision{Verdict::kDeny, Reason::kDesk, 0};
      BOOST_TEST((policy::decide(action, facts) == expected), name(action));
    }
  });
  BOOST_TEST((policy::error_of({Verdict::kDeny, Reason::kDesk, 0}) ==
              base::Error{base::Code::kDenied, "desk_certificate"}));
}

BOOST_AUTO_TEST_CASE(zones_that_would_lock_their_author_out_are_refused) {
  const auto keeper = *base::IpAddress::parse("192.0.2.10");
  const auto check = [&](std::initializer_list<base::ZoneBlock> blocks, bool certificate = false) {
    return policy::check_zones(std::vector<base::ZoneBlock>(blocks),
                               {keeper, base::Role::kSecurityOfficer, certificate});
  };
  const base::ZoneBlock all{*base::Cidr::parse("192.0.2.0/24"), base::Zone::kHandling};
  const base::ZoneBlock own{*base::Cidr::parse("192.0.2.10"), base::Zone::kCollection};
  const base::ZoneBlock other{*base::Cidr::parse("2001:db8::/32"), base::Zone::kHandling};
  BOOST_TEST(check({all}).has_value());
  BOOST_TEST(check({all, other}).has_value());
  BOOST_TEST((check({}).error() == base::Error{base::Code::kMissing, "zones"}));
  BOOST_TEST((check({own}).error() == base::Error{base::Code::kMissing, "zones"}));
  BOOST_TEST((check({other}).error() == base::Error{base::Code::kDenied, "lock_out"}));
  BOOST_TEST((check({all, own}).error() == base::Error{base::Code::kDenied, "lock_out"}));
  // Roles of a block: his own must be among them, all must be accounts', and staff's place only.
  const auto of = [](base::ZoneBlock block, std::initializer_list<base::Role> roles) {
    for (const auto role : roles) block.roles |= std::uint32_t{1} << static_cast<unsigned>(role);
    return block;
  };
  BOOST_TEST(check({of(all, {base::Role::kSecurityOfficer})}).has_value());
  BOOST_TEST((check({of(all, {base::Role::kHandler})}).error() ==
              base::Error{base::Code::kDenied, "lock_out"}));
  BOOST_TEST((check({of(all, {base::Role::kSecurityOfficer, base::Role::kMailer})}).error() ==
              base::Error{base::Code::kInvalid, "zones"}));
  BOOST_TEST((check({all, of(own, {base::Role::kSecurityOfficer})}).error() ==
              base::Error{base::Code::kInvalid, "zones"}));
  // A certificate: he must have shown one himself; staff's place only.
  base::ZoneBlock with_certificate = all;
  with_certificate.certificate = true;
  BOOST_TEST((check({with_certificate}).error() == base::Error{base::Code::kDenied, "lock_out"}));
  BOOST_TEST(check({with_certificate}, true).has_value());
  base::ZoneBlock collection = own;
  collection.certificate = true;
  BOOST_TEST(
      (check({all, collection}, true).error() == base::Error{base::Code::kInvalid, "zones"}));
  base::ZoneBlock odd = all;
  odd.roles = std::uint32_t{1} << 31U;
  BOOST_TEST((check({odd}).error() == base::Error{base::Code::kInvalid, "zones"}));
}

BOOST_AUTO_TEST_CASE(a_place_is_for_its_roles_and_for_who_has_none_yet) {
  const std::uint32_t auditor = std::uint32_t{1} << static_cast<unsigned>(base::Role::kAuditor);
  const policy::Place place{base::Zone::kHandling, auditor};
  BOOST_TEST((policy::zone_for(place, base::Role::kAuditor) == base::Zone::kHandling));
  BOOST_TEST((policy::zone_for(place, base::Role::kHandler) == base::Zone::kNone));
  BOOST_TEST((policy::zone_for(place, base::Role::kNone) == base::Zone::kHandling));
  BOOST_TEST((policy::zone_for({base::Zone::kHandling, 0}, base::Role::kHandler) ==
              base::Zone::kHandling));
}

BOOST_AUTO_TEST_CASE(outside_of_the_hours_only_what_protects_the_firm_is_open) {
  for_each_action([](Action action) {
    Facts facts = best_facts(action);
    facts.open = false;
    const auto decision = policy::decide(action, facts);
    if (policy::rule_of(action).when == policy::When::kAnyTime) {
      BOOST_TEST((decision.verdict == Verdict::kAllow), name(action));
    } else {
      BOOST_TEST((decision == Decision{Verdict::kDeny, Reason::kHours, 0}), name(action));
    }
  });
  for (const Action action : {Action::kSetHours, Action::kSetZones, Action::kExecuteProposal,
                              Action::kDisableAccount, Action::kSignIn, Action::kSeal}) {
    BOOST_TEST((policy::rule_of(action).when == policy::When::kAnyTime), name(action));
  }
  for (const Action action : {Action::kReveal, Action::kSubmitNumbers, Action::kApproveDisposal}) {
    BOOST_TEST((policy::rule_of(action).when == policy::When::kInHours), name(action));
  }
}

BOOST_AUTO_TEST_CASE(a_number_is_for_a_purpose_that_was_told) {
  Facts facts = best_facts(Action::kReveal);
  facts.purpose_notified = false;
  BOOST_TEST((policy::decide(Action::kReveal, facts) ==
              Decision{Verdict::kNeedsPurpose, Reason::kPurpose, 0}));
}

BOOST_AUTO_TEST_CASE(a_link_that_is_not_valid_opens_nothing) {
  for (const auto link :
       {policy::LinkState::kNone, policy::LinkState::kExpired, policy::LinkState::kClosed}) {
    Facts facts = best_facts(Action::kSubmitNumbers);
    facts.link = link;
    BOOST_TEST((policy::decide(Action::kSubmitNumbers, facts).reason == Reason::kLink));
  }
}

BOOST_AUTO_TEST_SUITE_END()
