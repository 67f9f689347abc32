// The life of a proposal, step by step. Every order of steps is tests/models/approval.pml and the
// campaign `approval`.
#include "policy/approval.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <map>

namespace {

using base::AccountId;
using base::Code;
using base::ProposalKind;
using base::ProposalStage;
using base::Role;
using policy::Moment;
using policy::Party;

base::Digest digest(std::uint8_t value) {
  base::Digest out;
  out.mutable_view()[0] = value;
  return out;
}

constexpr Moment kNow{1000, {5000}};

// A firm of six accounts; the last two belong to person 1.
struct Firm {
  std::map<std::uint64_t, Party> accounts = {
      {1, {AccountId{1}, 1, Role::kResponsible, true, 0, base::kFirm}},
      {2, {AccountId{2}, 2, Role::kRightsManager, true, 0, base::kFirm}},
      {3, {AccountId{3}, 3, Role::kHandler, true, 0, base::kFirm}},
      {4, {AccountId{4}, 4, Role::kSecurityOfficer, true, 0, base::kFirm}},
      {5, {AccountId{5}, 1, Role::kRightsManager, true, 0, base::kFirm}},
      {6, {AccountId{6}, 1, Role::kSecurityOfficer, true, 0, base::kFirm}},
  };
  [[nodiscard]] policy::Lookup lookup() const {
    return [this](AccountId id) {
      const auto it = accounts.find(id.value);
      return it == accounts.end() ? Party{} : it->second;
    };
  }
  Party& operator[](std::uint64_t id) { return accounts.at(id); }
};

policy::Proposal proposed(Firm& firm, ProposalKind kind = ProposalKind::kInvite,
                          std::uint64_t by = 1) {
  auto out = policy::propose(kind, firm[by], digest(1), kNow);
  BOOST_REQUIRE(out.has_value());
  return *out;
}

template <class T>
bool failed(const base::Result<T>& result, Code code, base::FieldName field) {
  return !result && result.error() == base::Error{code, field};
}

BOOST_AUTO_TEST_SUITE(approval)

BOOST_AUTO_TEST_CASE(no_kind_goes_without_somebody_else) {
  for (std::uint8_t i = 0; i <= static_cast<std::uint8_t>(ProposalKind::kLast); ++i) {
    Firm firm;
    const auto kind = static_cast<ProposalKind>(i);
    const std::uint64_t by = kind == ProposalKind::kEarlyDisposal ? 3 : 1;
    auto proposal = proposed(firm, kind, by);
    if (kind == ProposalKind::kEmergency) continue;  // below
    const std::uint64_t carries_out = kind == ProposalKind::kEarlyDisposal ? 1 : by;
    BOOST_TEST(failed(policy::execute(proposal, firm[carries_out], digest(1), firm.lookup(), kNow),
                      Code::kDenied, "approval"),
               base::name(kind));
    proposal = *policy::approve(proposal, firm[2], digest(1), kNow);
    BOOST_TEST(
        (policy::execute(proposal, firm[carries_out], digest(1), firm.lookup(), kNow)->stage ==
         ProposalStage::kExecuted),
        base::name(kind));
  }
}

// Of another company of the group, with the same roles.
Party elsewhere(std::uint64_t id, Role role) {
  return {AccountId{id}, id, role, true, 0, base::TenantId{7}};
}

BOOST_AUTO_TEST_CASE(what_people_of_another_company_say_counts_nothing) {
  Firm firm;
  const auto made = proposed(firm);
  const Party stranger = elsewhere(8, Role::kRightsManager);
  BOOST_TEST(failed(policy::approve(made, stranger, digest(1), kNow), Code::kDenied, "access"));
  BOOST_TEST(failed(policy::refuse(made, stranger, kNow), Code::kDenied, "access"));
  BOOST_TEST(failed(policy::cancel(made, stranger, kNow), Code::kDenied, "requester"));
  // An approval of somebody who is found there when it is carried out.
  const auto approved = *policy::approve(made, firm[2], digest(1), kNow);
  firm[2].company = base::TenantId{7};
  BOOST_TEST(policy::counted(approved, firm.lookup()) == 0);
  BOOST_TEST(failed(policy::execute(approved, firm[1], digest(1), firm.lookup(), kNow),
                    Code::kDenied, "approval"));
  // Nor does he carry out what another has to.
  const auto asked = proposed(firm, ProposalKind::kEmergency, 1);
  BOOST_TEST(failed(
      policy::execute(asked, elsewhere(9, Role::kResponsible), digest(1), firm.lookup(), kNow),
      Code::kDenied, "access"));
  // Who is of no company is nobody.
  Party nobody = elsewhere(8, Role::kRightsManager);
  nobody.company = {};
  BOOST_TEST(failed(policy::propose(ProposalKind::kInvite, nobody, digest(1), kNow), Code::kDenied,
                    "access"));
}

BOOST_AUTO_TEST_CASE(another_company_decides_on_its_own_matters_and_not_on_the_appliance) {
  const Party responsible = elsewhere(8, Role::kResponsible);
  const Party manager = elsewhere(9, Role::kRightsManager);
  const policy::Lookup lookup = [&](AccountId id) {
    return id == responsible.account ? responsible : manager;
  };
  auto own = policy::propose(ProposalKind::kInvite, responsible, digest(1), kNow);
  BOOST_REQUIRE(own.has_value());
  own = policy::approve(*own, manager, digest(1), kNow);
  BOOST_REQUIRE(own.has_value());
  BOOST_TEST(policy::execute(*own, responsible, digest(1), lookup, kNow).has_value());
  for (const ProposalKind kind : {ProposalKind::kZones, ProposalKind::kHours,
                                  ProposalKind::kEmergency, ProposalKind::kAddCompany}) {
    BOOST_TEST(failed(policy::propose(kind, responsible, digest(1), kNow), Code::kDenied, "access"),
               base::name(kind));
  }
}

BOOST_AUTO_TEST_CASE(an_emergency_takes_one_other_who_carries_it_out) {
  Firm firm;
  const auto of_handler = proposed(firm, ProposalKind::kEmergency, 3);
  BOOST_TEST(failed(policy::execute(of_handler, firm[3], digest(1), firm.lookup(), kNow),
                    Code::kDenied, "self"));
  for (const std::uint64_t guard : {1U, 2U, 4U}) {
    BOOST_TEST(
        policy::execute(of_handler, firm[guard], digest(1), firm.lookup(), kNow).has_value());
  }
  // Her other accounts are herself.
  const auto of_responsible = proposed(firm, ProposalKind::kEmergency, 1);
  BOOST_TEST(failed(policy::execute(of_responsible, firm[5], digest(1), firm.lookup(), kNow),
                    Code::kDenied, "self"));
  BOOST_TEST(policy::execute(of_responsible, firm[4], digest(1), firm.lookup(), kNow).has_value());
  firm[4].active = false;
  BOOST_TEST(failed(policy::execute(of_responsible, firm[4], digest(1), firm.lookup(), kNow),
                    Code::kDenied, "access"));
}

BOOST_AUTO_TEST_CASE(persons_are_counted_and_never_accounts) {
  Firm firm;
  auto proposal = proposed(firm);
  BOOST_TEST(failed(policy::approve(proposal, firm[1], digest(1), kNow), Code::kDenied, "self"));
  // The requester's other account, although its role could approve.
  BOOST_TEST(failed(policy::approve(proposal, firm[5], digest(1), kNow), Code::kDenied, "self"));
  auto early = proposed(firm, ProposalKind::kEarlyDisposal, 3);
  early = *policy::approve(early, firm[1], digest(1), kNow);
  BOOST_TEST(failed(policy::approve(early, firm[1], digest(1), kNow), Code::kUsed, "approval"));
  BOOST_TEST(failed(policy::approve(early, firm[6], digest(1), kNow), Code::kUsed, "approval"));
  // Who carries it out is one of the two, and has approved already: one person.
  BOOST_TEST(policy::counted(early, firm.lookup(), &firm[1]) == 1);
  BOOST_TEST(failed(policy::execute(early, firm[1], digest(1), firm.lookup(), kNow), Code::kDenied,
                    "approval"));
  BOOST_TEST(policy::counted(early, firm.lookup(), &firm[4]) == 2);
  BOOST_TEST(policy::counted(early, firm.lookup(), &firm[3]) == 1);  // may not approve this
  early = *policy::approve(early, firm[4], digest(1), kNow);
  BOOST_TEST(policy::execute(early, firm[1], digest(1), firm.lookup(), kNow).has_value());
  // Nobody known is nobody.
  Party unknown{AccountId{9}, 0, Role::kResponsible, true, 0, base::kFirm};
  BOOST_TEST(failed(policy::approve(proposal, unknown, digest(1), kNow), Code::kDenied, "access"));
}

BOOST_AUTO_TEST_CASE(an_approval_is_of_what_was_seen) {
  Firm firm;
  auto proposal = proposed(firm);
  BOOST_TEST(
      failed(policy::approve(proposal, firm[2], digest(2), kNow), Code::kConflict, "proposal"));
  proposal = *policy::approve(proposal, firm[2], digest(1), kNow);
  BOOST_TEST(failed(policy::edit(proposal, firm[2], digest(2), kNow), Code::kDenied, "requester"));
  proposal = *policy::edit(proposal, firm[1], digest(2), kNow);
  BOOST_TEST(proposal.approvals.empty());
  BOOST_TEST(failed(policy::execute(proposal, firm[1], digest(2), firm.lookup(), kNow),
                    Code::kDenied, "approval"));
  proposal = *policy::approve(proposal, firm[2], digest(2), kNow);
  BOOST_TEST(failed(policy::execute(proposal, firm[1], digest(1), firm.lookup(), kNow),
                    Code::kConflict, "proposal"));
  // Even if an approval of something else came to be in it.
  proposal.approvals.front().digest = digest(1);
  BOOST_TEST(failed(policy::execute(proposal, firm[1], digest(2), firm.lookup(), kNow),
                    Code::kDenied, "approval"));
}

BOOST_AUTO_TEST_CASE(rights_are_judged_again_at_the_end) {
  const auto ready = [](Firm& firm) {
    return *policy::approve(proposed(firm), firm[2], digest(1), kNow);
  };
  const auto execute = [](Firm& firm, const policy::Proposal& proposal, std::uint64_t by = 1) {
    return policy::execute(proposal, firm[by], digest(1), firm.lookup(), kNow);
  };
  Firm firm;
  const auto proposal = ready(firm);
  BOOST_TEST(execute(firm, proposal).has_value());
  firm[2].role = Role::kViewer;
  BOOST_TEST(failed(execute(firm, proposal), Code::kDenied, "approval"));
  firm[2] = {AccountId{2}, 2, Role::kRightsManager, false};
  BOOST_TEST(failed(execute(firm, proposal), Code::kDenied, "approval"));
  firm[2] = {AccountId{2}, 1, Role::kRightsManager,
             true,         0, base::kFirm};  // turned out to be the requester
  BOOST_TEST(failed(execute(firm, proposal), Code::kDenied, "approval"));
  firm.accounts.erase(2);
  BOOST_TEST(failed(execute(firm, proposal), Code::kDenied, "approval"));
  firm = Firm();
  BOOST_TEST(failed(execute(firm, proposal, 2), Code::kDenied, "requester"));  // not his to do
  BOOST_TEST(execute(firm, proposal, 5).has_value());  // his other account, whose role may it too
  BOOST_TEST(failed(execute(firm, proposal, 6), Code::kDenied, "access"));
  firm[1].role = Role::kHandler;
  BOOST_TEST(failed(execute(firm, proposal), Code::kDenied, "access"));
  BOOST_TEST(failed(execute(firm, proposal, 5), Code::kDenied, "requester"));
}

BOOST_AUTO_TEST_CASE(an_end_is_an_end) {
  Firm firm;
  const auto open = *policy::approve(proposed(firm), firm[2], digest(1), kNow);
  BOOST_TEST(failed(policy::refuse(open, firm[1], kNow), Code::kDenied, "self"));
  BOOST_TEST(failed(policy::refuse(open, firm[4], kNow), Code::kDenied, "access"));
  BOOST_TEST(failed(policy::cancel(open, firm[2], kNow), Code::kDenied, "requester"));
  BOOST_TEST(failed(policy::expire(open, kNow), Code::kState, "proposal"));
  const Moment late{kNow.run_ms, {kNow.wall.ms + policy::kProposalMs}};
  for (const auto& ended : {*policy::refuse(open, firm[2], kNow),
                            *policy::cancel(open, firm[1], kNow), *policy::expire(open, late),
                            *policy::execute(open, firm[1], digest(1), firm.lookup(), kNow)}) {
    BOOST_TEST((ended.stage != ProposalStage::kOpen));
    BOOST_TEST(failed(policy::approve(ended, firm[2], digest(1), kNow), Code::kState, "proposal"));
    BOOST_TEST(failed(policy::edit(ended, firm[1], digest(2), kNow), Code::kState, "proposal"));
    BOOST_TEST(failed(policy::refuse(ended, firm[2], kNow), Code::kState, "proposal"));
    BOOST_TEST(failed(policy::cancel(ended, firm[1], kNow), Code::kState, "proposal"));
    BOOST_TEST(failed(policy::expire(ended, late), Code::kState, "proposal"));
    BOOST_TEST(failed(policy::execute(ended, firm[1], digest(1), firm.lookup(), kNow), Code::kState,
                      "proposal"));
  }
}

BOOST_AUTO_TEST_CASE(time_runs_out_by_either_clock_and_setting_one_back_does_not_help) {
  Firm firm;
  const auto open = *policy::approve(proposed(firm), firm[2], digest(1), kNow);
  const auto life = static_cast<std::uint64_t>(policy::kProposalMs);
  for (const Moment& late :
       {Moment{kNow.run_ms + life, {0}}, Moment{0, {kNow.wall.ms + policy::kProposalMs}}}) {
    BOOST_TEST(failed(policy::execute(open, firm[1], digest(1), firm.lookup(), late),
                      Code::kExpired, "proposal"));
    BOOST_TEST(failed(policy::approve(open, firm[4], digest(1), late), Code::kExpired, "proposal"));
    BOOST_TEST(policy::expire(open, late).has_value());
  }
  const Moment last{kNow.run_ms + life - 1, {kNow.wall.ms + policy::kProposalMs - 1}};
  BOOST_TEST(policy::execute(open, firm[1], digest(1), firm.lookup(), last).has_value());
}

BOOST_AUTO_TEST_CASE(who_may_not_do_it_may_not_propose_it) {
  Firm firm;
  BOOST_TEST(failed(policy::propose(ProposalKind::kInvite, firm[3], digest(1), kNow), Code::kDenied,
                    "access"));
  BOOST_TEST(failed(policy::propose(ProposalKind::kInvite, firm[4], digest(1), kNow), Code::kDenied,
                    "access"));
  firm[1].active = false;
  BOOST_TEST(failed(policy::propose(ProposalKind::kInvite, firm[1], digest(1), kNow), Code::kDenied,
                    "access"));
}

BOOST_AUTO_TEST_CASE(roles_that_are_kept_apart_are_kept_apart_both_ways) {
  for (std::uint8_t i = 0; i <= static_cast<std::uint8_t>(Role::kLast); ++i) {
    for (std::uint8_t j = 0; j <= static_cast<std::uint8_t>(Role::kLast); ++j) {
      const auto one = static_cast<Role>(i);
      const auto other = static_cast<Role>(j);
      BOOST_TEST(policy::may_hold_both(one, other) == policy::may_hold_both(other, one));
    }
  }
  BOOST_TEST(!policy::may_hold_both(Role::kHandler, Role::kResponsible));
  BOOST_TEST(!policy::may_hold_both(Role::kRightsManager, Role::kHandler));
  BOOST_TEST(policy::may_hold_both(Role::kResponsible, Role::kSecurityOfficer));
  const Party auditor{AccountId{7}, 7, Role::kAuditor, true, 0, base::kFirm};
  BOOST_TEST(
      failed(policy::check_separation(Role::kViewer, {auditor}), Code::kDenied, "separation"));
  BOOST_TEST(policy::check_separation(Role::kViewer, {}).has_value());
  const Party officer{AccountId{8}, 7, Role::kSecurityOfficer, true, 0, base::kFirm};
  BOOST_TEST(policy::check_separation(Role::kResponsible, {officer}).has_value());
  const Party gone{AccountId{8}, 7, Role::kAuditor, false};
  BOOST_TEST(policy::check_separation(Role::kResponsible, {gone}).has_value());
}

BOOST_AUTO_TEST_CASE(two_persons_stay_who_can_agree_on_rights) {
  Firm firm;
  const auto all = [&] {
    std::vector<Party> out;
    for (const auto& [id, party] : firm.accounts) out.push_back(party);
    return out;
  };
  BOOST_TEST(policy::enough_guards(all()));
  firm[2].active = false;
  BOOST_TEST(!policy::enough_guards(all()));  // accounts 1 and 5 are one person
}

// Who may propose and approve what, from the requirements.
struct Required {
  ProposalKind kind;
  std::initializer_list<Role> proposers;
  std::initializer_list<Role> approvers;
  std::uint8_t others;
};
const Required kRequired[] = {
    {ProposalKind::kInvite,
     {Role::kResponsible, Role::kRightsManager},
     {Role::kResponsible, Role::kRightsManager},
     1},
    {ProposalKind::kChangeRole,
     {Role::kResponsible, Role::kRightsManager},
     {Role::kResponsible, Role::kRightsManager},
     1},
    {ProposalKind::kDisable,
     {Role::kResponsible, Role::kRightsManager, Role::kSecurityOfficer},
     {Role::kResponsible, Role::kRightsManager},
     1},
    {ProposalKind::kSettings, {Role::kResponsible}, {Role::kResponsible, Role::kRightsManager}, 1},
    {ProposalKind::kZones,
     {Role::kResponsible, Role::kSecurityOfficer},
     {Role::kResponsible, Role::kRightsManager, Role::kSecurityOfficer},
     1},
    {ProposalKind::kEarlyDisposal,
     {Role::kHandler},
     {Role::kResponsible, Role::kRightsManager, Role::kSecurityOfficer},
     2},
    {ProposalKind::kDesignate,
     {Role::kResponsible, Role::kRightsManager},
     {Role::kResponsible, Role::kRightsManager},
     1},
    {ProposalKind::kHours,
     {Role::kResponsible, Role::kSecurityOfficer},
     {Role::kResponsible, Role::kRightsManager, Role::kSecurityOfficer},
     1},
    {ProposalKind::kDelegate,
     {Role::kResponsible, Role::kRightsManager, Role::kSecurityOfficer},
     {Role::kResponsible, Role::kRightsManager},
     1},
    {ProposalKind::kEmergency,
     {Role::kResponsible, Role::kRightsManager, Role::kSecurityOfficer, Role::kHandler},
     {Role::kResponsible, Role::kRightsManager, Role::kSecurityOfficer},
     1},
    {ProposalKind::kEnrolClient,
     {Role::kResponsible, Role::kRightsManager},
     {Role::kResponsible, Role::kRightsManager},
     1},
    {ProposalKind::kRenewClient,
     {Role::kResponsible, Role::kRightsManager},
     {Role::kResponsible, Role::kRightsManager},
     1},
    {ProposalKind::kRevokeClient,
     {Role::kResponsible, Role::kRightsManager, Role::kSecurityOfficer},
     {Role::kResponsible, Role::kRightsManager, Role::kSecurityOfficer},
     1},
    {ProposalKind::kAddCompany,
     {Role::kResponsible, Role::kRightsManager},
     {Role::kResponsible, Role::kRightsManager},
     1},
};

BOOST_AUTO_TEST_CASE(each_kind_is_proposed_and_approved_by_whom_the_requirements_name) {
  for (const Required& wanted : kRequired) {
    BOOST_TEST(policy::rule_of(wanted.kind).others == wanted.others);
    for (std::uint8_t i = 0; i <= static_cast<std::uint8_t>(Role::kLast); ++i) {
      const auto role = static_cast<Role>(i);
      const auto named = [role](const std::initializer_list<Role>& roles) {
        return std::find(roles.begin(), roles.end(), role) != roles.end();
      };
      const Party who{AccountId{8}, 8, role, true, 0, base::kFirm};
      const auto made = policy::propose(wanted.kind, who, digest(1), kNow);
      BOOST_TEST(made.has_value() == named(wanted.proposers));
      policy::Proposal of_another;
      of_another.kind = wanted.kind;
      of_another.requester = AccountId{9};
      of_another.requester_person = 9;
      of_another.company = base::kFirm;
      of_another.expires = {kNow.run_ms + 1, {kNow.wall.ms + 1}};
      of_another.digest = digest(1);
      BOOST_TEST(policy::approve(of_another, who, digest(1), kNow).has_value() ==
                 named(wanted.approvers));
    }
  }
}

BOOST_AUTO_TEST_CASE(who_is_not_somebody_takes_no_part) {
  const Party nobodies[] = {
      {AccountId{8}, 8, Role::kResponsible, false},
      {AccountId{}, 8, Role::kResponsible, true, 0, base::kFirm},
      {AccountId{8}, 0, Role::kResponsible, true, 0, base::kFirm},
  };
  Firm firm;
  const auto open = proposed(firm, ProposalKind::kInvite, 2);
  for (const Party& who : nobodies) {
    BOOST_TEST(failed(policy::propose(ProposalKind::kInvite, who, digest(1), kNow), Code::kDenied,
                      "access"));
    BOOST_TEST(failed(policy::approve(open, who, digest(1), kNow), Code::kDenied, "access"));
    BOOST_TEST(!policy::enough_guards({who, firm[2]}));
  }
  auto early = proposed(firm, ProposalKind::kEarlyDisposal, 3);
  early = *policy::approve(early, firm[2], digest(1), kNow);
  early = *policy::approve(early, firm[4], digest(1), kNow);
  for (const Party& who : nobodies) {
    BOOST_TEST(failed(policy::execute(early, who, digest(1), firm.lookup(), kNow), Code::kDenied,
                      "access"));
  }
  // Enough others, and yet not the act of a security officer, nor of who proposed it.
  BOOST_TEST(failed(policy::execute(early, firm[4], digest(1), firm.lookup(), kNow), Code::kDenied,
                    "access"));
  BOOST_TEST(failed(policy::execute(early, firm[3], digest(1), firm.lookup(), kNow), Code::kDenied,
                    "self"));
}

BOOST_AUTO_TEST_CASE(an_account_that_became_another_persons_does_not_count) {
  Firm firm;
  const auto open = *policy::approve(proposed(firm), firm[2], digest(1), kNow);
  BOOST_TEST(policy::counts(open, open.approvals.front(), firm.lookup()));
  firm[2].person = 77;
  BOOST_TEST(!policy::counts(open, open.approvals.front(), firm.lookup()));
  firm[2] = {AccountId{22}, 2, Role::kRightsManager, true, 0, base::kFirm};
  BOOST_TEST(!policy::counts(open, open.approvals.front(), firm.lookup()));
}

BOOST_AUTO_TEST_CASE(approvals_are_bounded_and_an_edit_needs_the_right_still) {
  auto open = policy::Proposal{};
  open.requester = AccountId{1};
  open.requester_person = 1;
  open.company = base::kFirm;
  open.expires = {kNow.run_ms + 1, {kNow.wall.ms + 1}};
  for (std::uint64_t i = 2; i < 2 + policy::kApprovalsMax; ++i) {
    open = *policy::approve(open, {AccountId{i}, i, Role::kResponsible, true, 0, base::kFirm}, {},
                            kNow);
  }
  BOOST_TEST(
      failed(policy::approve(open, {AccountId{50}, 50, Role::kResponsible, true, 0, base::kFirm},
                             {}, kNow),
             Code::kTooMany, "approval"));
  Firm firm;
  const auto mine = proposed(firm);
  firm[1].role = Role::kViewer;
  BOOST_TEST(failed(policy::edit(mine, firm[1], digest(2), kNow), Code::kDenied, "access"));
  BOOST_TEST(policy::cancel(mine, firm[1], kNow).has_value());  // taking back is always possible
  firm = Firm();
  BOOST_TEST(policy::cancel(mine, firm[5], kNow).has_value());  // by his other account too
}

BOOST_AUTO_TEST_CASE(an_account_that_is_not_used_any_more_holds_no_role_apart) {
  const Party gone{AccountId{7}, 7, Role::kAuditor, false};
  BOOST_TEST(policy::check_separation(Role::kViewer, {gone}).has_value());
  BOOST_TEST(policy::is_account_role(Role::kCustodian));
  for (const Role role : {Role::kNone, Role::kSubject, Role::kOperator}) {
    BOOST_TEST(!policy::is_account_role(role));
  }
}

// Every pair that the requirements keep apart, and no other.
BOOST_AUTO_TEST_CASE(the_pairs_are_those_of_the_requirements) {
  const std::pair<Role, Role> apart[] = {
      {Role::kHandler, Role::kResponsible},       {Role::kHandler, Role::kRightsManager},
      {Role::kHandler, Role::kSecurityOfficer},   {Role::kHandler, Role::kCustodian},
      {Role::kRightsManager, Role::kResponsible}, {Role::kRightsManager, Role::kViewer},
      {Role::kRightsManager, Role::kCustodian},
  };
  for (std::uint8_t i = 0; i <= static_cast<std::uint8_t>(Role::kLast); ++i) {
    for (std::uint8_t j = 0; j <= static_cast<std::uint8_t>(Role::kLast); ++j) {
      const auto one = static_cast<Role>(i);
      const auto other = static_cast<Role>(j);
      if (!policy::is_account_role(one) || !policy::is_account_role(other)) continue;
      bool wanted = one == other || (one != Role::kAuditor && other != Role::kAuditor);
      for (const auto& [a, b] : apart) {
        if ((a == one && b == other) || (a == other && b == one)) wanted = false;
      }
      BOOST_TEST(policy::may_hold_both(one, other) == wanted, base::name(one)
                                                                  << " and " << base::name(other));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
