// What takes two, over the whole core: through dispatch, with step-ups, the log and the store.
#include "tests/unit/daemon/world.h"

namespace {

using base::Code;
using base::CoreEvent;
using base::ProposalStage;
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
  }

  base::Result<ipc::Proposed> set_zones(const User& by, std::vector<ipc::ZoneRow> rows) {
    ipc::ProposeZones request;
    request.auth = by.auth();
    request.rows = *ipc::List<ipc::ZoneRow, ipc::kZoneRowsMax>::from(std::move(rows));
    return ask(by.peer, std::move(request));
  }
  static ipc::ZoneRow row(std::string_view block, base::Zone zone = base::Zone::kHandling) {
    return {ipc::Text<64>::literal(block), zone};
  }
  base::Result<ipc::Proposed> change_role(const User& by, std::string_view login, Role role) {
    ipc::ChangeRole request;
    request.auth = by.auth();
    request.account = account_of(login);
    request.role = role;
    return ask(by.peer, std::move(request));
  }
  base::Result<ipc::Proposed> disable(const User& by, std::string_view login) {
    ipc::DisableAccount request;
    request.auth = by.auth();
    request.account = account_of(login);
    return ask(by.peer, std::move(request));
  }
  base::Result<ipc::SessionFacts> session(const User& user) {
    ipc::GetSession get;
    get.token = user.session();
    return ask(user.peer, std::move(get));
  }
  void agree(base::ProposalId proposal) {
    BOOST_REQUIRE(approve(rights_manager, proposal).has_value());
    BOOST_REQUIRE(execute(responsible, proposal).has_value());
  }
  ProposalStage stage(base::ProposalId id) { return core->reg().proposal(id)->stage; }
};

BOOST_FIXTURE_TEST_SUITE(proposals, Firm)

BOOST_AUTO_TEST_CASE(each_step_is_in_the_log_and_survives_a_restart) {
  const auto made = propose_account(responsible, "tanto", "検証 担当", Role::kHandler);
  BOOST_REQUIRE(made.has_value());
  BOOST_TEST((audit->last(CoreEvent::kProposed)->ref == made->proposal.value));
  BOOST_TEST((audit->last(CoreEvent::kProposed)->login.view() == "tanto"));
  BOOST_TEST(core->reg().account_by_login("tanto") == nullptr);
  BOOST_REQUIRE(approve(rights_manager, made->proposal).has_value());
  BOOST_TEST(audit->count(CoreEvent::kProposalApproved) == 1U);
  start();
  BOOST_REQUIRE((core->state() == base::State::kOperational));
  sign_in(responsible);
  const auto done = execute(responsible, made->proposal);
  BOOST_REQUIRE(done.has_value());
  BOOST_TEST(done->enrolment_key.size() == 32U);
  BOOST_TEST((core->reg().account_by_login("tanto")->role == Role::kHandler));
  BOOST_TEST(audit->count(CoreEvent::kProposalExecuted) == 1U);
  BOOST_TEST(audit->count(CoreEvent::kInvited) == 1U);
  BOOST_TEST(failed(execute(responsible, made->proposal), Code::kState, "proposal"));
}

BOOST_AUTO_TEST_CASE(nobody_approves_alone_by_whatever_account) {
  const auto made = propose_account(responsible, "tanto", "検証 担当", Role::kHandler);
  BOOST_TEST(failed(approve(responsible, made->proposal), Code::kDenied, "self"));
  BOOST_TEST((audit->last(CoreEvent::kAccessDenied)->action.view() == "approve_proposal"));
  BOOST_TEST(failed(execute(responsible, made->proposal), Code::kDenied, "approval"));
  // A second account of the responsible person, with a role that could approve zones.
  auto second = enrol(
      "sekinin2", invited("sekinin2", "別の名前", Role::kSecurityOfficer, account_of("sekinin")));
  sign_in(second);
  const auto zones = set_zones(responsible, {row("192.0.2.0/24")});
  BOOST_REQUIRE(zones.has_value());
  BOOST_TEST(failed(approve(second, zones->proposal), Code::kDenied, "self"));
  BOOST_TEST(approve(rights_manager, zones->proposal).has_value());
  BOOST_TEST(failed(execute(rights_manager, zones->proposal), Code::kDenied, "requester"));
}

BOOST_AUTO_TEST_CASE(an_edit_voids_approvals_and_old_pages_approve_nothing) {
  const auto made = propose_account(responsible, "tanto", "検証 担当", Role::kHandler);
  const auto old = *seen(rights_manager, made->proposal);
  BOOST_REQUIRE(approve(rights_manager, made->proposal).has_value());
  ipc::InviteAccount other;
  other.auth = responsible.auth();
  other.login = ipc::LoginName::literal("tanto");
  other.name = ipc::Name::literal("検証 担当");
  other.role = Role::kAuditor;
  other.revises = made->proposal;
  BOOST_REQUIRE(ask(responsible.peer, std::move(other)).has_value());
  BOOST_TEST(audit->count(CoreEvent::kProposalEdited) == 1U);
  BOOST_TEST(failed(execute(responsible, made->proposal), Code::kDenied, "approval"));
  auto request = step_up(rights_manager, base::StepUpAct::kApproveProposal);
  request.proposal = made->proposal;
  ipc::ApproveProposal stale;
  stale.grant = ask(rights_manager.peer, std::move(request))->grant;
  stale.auth = rights_manager.auth();
  stale.proposal = made->proposal;
  stale.digest = old;
  BOOST_TEST(failed(ask(rights_manager.peer, std::move(stale)), Code::kConflict, "proposal"));
  agree(made->proposal);
  BOOST_TEST((core->reg().account_by_login("tanto")->role == Role::kAuditor));
}

BOOST_AUTO_TEST_CASE(an_approver_who_has_lost_his_right_does_not_count) {
  auto third = enrol("kengen2", invited("kengen2", "検証 権限二", Role::kRightsManager));
  sign_in(third);
  const auto made = propose_account(responsible, "tanto", "検証 担当", Role::kHandler);
  BOOST_REQUIRE(approve(third, made->proposal).has_value());
  agree(change_role(responsible, "kengen2", Role::kAuditor)->proposal);
  BOOST_TEST(failed(execute(responsible, made->proposal), Code::kDenied, "approval"));
  BOOST_TEST(failed(session(third), Code::kDenied, "session"));  // and he is out at once
  BOOST_REQUIRE(approve(rights_manager, made->proposal).has_value());
  BOOST_TEST(execute(responsible, made->proposal).has_value());
}

BOOST_AUTO_TEST_CASE(refused_cancelled_and_expired_are_ends) {
  const auto one = propose_account(responsible, "a.one", "検証 一", Role::kHandler)->proposal;
  const auto two = propose_account(responsible, "a.two", "検証 二", Role::kHandler)->proposal;
  const auto three = propose_account(responsible, "a.three", "検証 三", Role::kHandler)->proposal;
  ipc::RefuseProposal refuse;
  refuse.auth = rights_manager.auth();
  refuse.proposal = one;
  refuse.reason = ipc::Text<200>::literal("必要ない");
  BOOST_REQUIRE(ask(rights_manager.peer, std::move(refuse)).has_value());
  ipc::CancelProposal forbidden;
  forbidden.auth = rights_manager.auth();
  forbidden.proposal = two;
  BOOST_TEST(failed(ask(rights_manager.peer, std::move(forbidden)), Code::kDenied, "requester"));
  ipc::CancelProposal cancel;
  cancel.auth = responsible.auth();
  cancel.proposal = two;
  BOOST_REQUIRE(ask(responsible.peer, std::move(cancel)).has_value());
  BOOST_REQUIRE(approve(rights_manager, three).has_value());
  // The box has run for a week; its wall clock has been set back meanwhile.
  audit->run_ms += static_cast<std::uint64_t>(policy::kProposalMs);
  clock.advance(120'000);
  turn_until([&] { return stage(three) == ProposalStage::kExpired; });
  BOOST_TEST((stage(one) == ProposalStage::kRefused));
  BOOST_TEST((stage(two) == ProposalStage::kCancelled));
  BOOST_TEST(audit->count(CoreEvent::kProposalExpired) == 1U);
  for (const auto id : {one, two, three}) {
    BOOST_TEST(failed(execute(responsible, id), Code::kState, "proposal"));
  }
}

BOOST_AUTO_TEST_CASE(roles_are_kept_apart_by_person) {
  BOOST_TEST(
      failed(propose_account(responsible, "a.b", "別の名前", Role::kHandler, account_of("sekinin")),
             Code::kDenied, "separation"));
  // Without saying so: the name tells.
  BOOST_TEST(failed(propose_account(responsible, "a.b", "検証　責任", Role::kHandler),
                    Code::kDenied, "separation"));
  BOOST_TEST(failed(propose_account(responsible, "a.b", "別の名前", Role::kOperator),
                    Code::kInvalid, "role"));
  BOOST_TEST(failed(change_role(responsible, "kansa", Role::kAuditor), Code::kDuplicate, "role"));
}

BOOST_AUTO_TEST_CASE(two_people_stay_who_can_agree_on_rights) {
  BOOST_TEST(failed(disable(responsible, "kengen"), Code::kDenied, "last_guards"));
  BOOST_TEST(
      failed(change_role(responsible, "kengen", Role::kViewer), Code::kDenied, "last_guards"));
  BOOST_TEST(failed(disable(responsible, "sekinin"), Code::kDenied, "self"));
  auto third = enrol("kengen2", invited("kengen2", "検証 権限二", Role::kRightsManager));
  sign_in(third);
  const auto made = disable(responsible, "kengen2");
  BOOST_REQUIRE(made.has_value());
  BOOST_REQUIRE(made->proposal.valid());
  BOOST_TEST(session(third).has_value());
  agree(made->proposal);
  BOOST_TEST(failed(session(third), Code::kDenied, "session"));
  // Who cannot approve anything is stopped at once.
  sign_in(auditor);
  const auto now = disable(rights_manager, "kansa");
  BOOST_REQUIRE(now.has_value());
  BOOST_TEST(!now->proposal.valid());
  BOOST_TEST(failed(session(auditor), Code::kDenied, "session"));
}

BOOST_AUTO_TEST_CASE(zones_hold_at_once_and_never_lock_everybody_out) {
  BOOST_TEST(failed(set_zones(responsible, {}), Code::kMissing, "zones"));
  BOOST_TEST(failed(set_zones(responsible, {row("192.0.2.1/24")}), Code::kInvalid, "zones"));
  BOOST_TEST(failed(set_zones(responsible, {row("203.0.113.0/24")}), Code::kDenied, "lock_out"));
  BOOST_TEST(failed(set_zones(responsible, {row("192.0.2.0/24", base::Zone::kControl)}),
                    Code::kInvalid, "zones"));
  sign_in(auditor);
  auditor.peer->address = *base::IpAddress::parse("192.0.2.200");
  const auto made =
      set_zones(responsible, {row("192.0.2.0/26"), row("2001:db8::/32", base::Zone::kCollection)});
  BOOST_REQUIRE(made.has_value());
  BOOST_TEST(session(auditor).has_value());
  agree(made->proposal);
  // The same connection, the same session: outside now.
  BOOST_TEST(failed(session(auditor), Code::kDenied, "access"));
  BOOST_TEST(session(responsible).has_value());
  BOOST_TEST((peer_at("2001:db8::1")->zone == base::Zone::kCollection));
  BOOST_TEST((peer_at("198.51.100.1")->zone == base::Zone::kNone));
  start();
  BOOST_TEST((peer_at("198.51.100.1")->zone == base::Zone::kNone));
  // The console brings the file's back.
  BOOST_REQUIRE(ask(console(), ipc::ResetZones{}).has_value());
  BOOST_TEST((peer_at("198.51.100.1")->zone == base::Zone::kCollection));
  BOOST_TEST((audit->last(CoreEvent::kZonesChanged)->action.view() == "configuration_file"));
}

BOOST_AUTO_TEST_CASE(what_was_proposed_is_checked_again_when_it_is_carried_out) {
  const auto one = propose_account(responsible, "tanto", "検証 担当", Role::kHandler)->proposal;
  const auto two = propose_account(responsible, "tanto", "検証 別人", Role::kHandler)->proposal;
  agree(one);
  BOOST_REQUIRE(approve(rights_manager, two).has_value());
  BOOST_TEST(failed(execute(responsible, two), Code::kDuplicate, "login"));
  BOOST_TEST((stage(two) == ProposalStage::kOpen));
}

BOOST_AUTO_TEST_CASE(everybody_is_told_what_he_may_do_and_why_not) {
  const auto row = [this](const User& user, std::string_view action) {
    ipc::GetRules get;
    get.token = user.session();
    auto rules = ask(user.peer, std::move(get));
    BOOST_REQUIRE(rules.has_value());
    for (const auto& one : rules->rows) {
      if (one.action.view() == action) return one;
    }
    BOOST_FAIL("no such act");
    return ipc::RuleRow{};
  };
  BOOST_TEST((row(responsible, "invite_account").refusal == ipc::RuleRefusal::kNone));
  BOOST_TEST(row(responsible, "invite_account").others == 1);
  BOOST_TEST(row(responsible, "invite_account").approvers != 0U);
  BOOST_TEST((row(responsible, "reveal").refusal == ipc::RuleRefusal::kRole));
  BOOST_TEST(row(responsible, "reveal").step_up);
  BOOST_TEST(row(responsible, "reveal").purpose);
  BOOST_TEST((row(rights_manager, "list_people").refusal == ipc::RuleRefusal::kRole));
  BOOST_TEST(row(responsible, "approve_disposal").others == 1);
}

BOOST_AUTO_TEST_CASE(without_the_log_nothing_is_carried_out) {
  const auto made = propose_account(responsible, "tanto", "検証 担当", Role::kHandler)->proposal;
  BOOST_REQUIRE(approve(rights_manager, made).has_value());
  audit->append_fails = base::Error{Code::kFull, "log"};
  BOOST_TEST(failed(execute(responsible, made), Code::kFull, "log"));
  audit->append_fails.reset();
  BOOST_TEST(core->reg().account_by_login("tanto") == nullptr);
  BOOST_TEST((stage(made) == ProposalStage::kOpen));
  BOOST_TEST(execute(responsible, made).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
