// The companies of a group over the whole core: who founds one, that it is on its own afterwards,
// and that nothing of one is there for another.
#include "daemon/companies.h"

#include "daemon/scope.h"
#include "tests/unit/daemon/world.h"

namespace {

using base::Code;
using base::CoreEvent;
using base::Role;
using base::TenantId;

template <class T>
bool failed(const base::Result<T>& result, Code code, base::FieldName field) {
  return !result && result.error().code == code && result.error().field == field;
}

struct Group : core::testing::World {
  Group() {
    provision();
    sign_in(responsible);
    sign_in(rights_manager);
  }

  base::Result<ipc::Proposed> propose_company(const User& by, std::string_view name) {
    ipc::AddCompany request;
    request.auth = by.auth();
    request.name = ipc::Name::literal(name);
    return ask(by.peer, std::move(request));
  }
  TenantId add(std::string_view name) {
    const auto made = propose_company(responsible, name);
    BOOST_REQUIRE(made.has_value());
    BOOST_REQUIRE(approve(rights_manager, made->proposal).has_value());
    BOOST_REQUIRE(execute(responsible, made->proposal).has_value());
    return {audit->last(CoreEvent::kCompanyAdded)->ref};
  }
  base::Result<ipc::Proposed> propose_founder(const User& by, TenantId company,
                                              std::string_view login, std::string_view name,
                                              Role role) {
    ipc::InviteAccount invite;
    invite.auth = by.auth();
    invite.login = ipc::LoginName::literal(login);
    invite.name = ipc::Name::literal(name);
    invite.role = role;
    invite.company = company;
    return ask(by.peer, std::move(invite));
  }
  User found(TenantId company, std::string_view login, std::string_view name, Role role) {
    const auto made = propose_founder(responsible, company, login, name, role);
    BOOST_REQUIRE(made.has_value());
    BOOST_REQUIRE(approve(rights_manager, made->proposal).has_value());
    auto done = execute(responsible, made->proposal);
    BOOST_REQUIRE(done.has_value());
    User user = enrol(std::string(login), std::move(done->enrolment_key));
    sign_in(user);
    return user;
  }
  // With the names of the firm's own people: they are others.
  void found_other() {
    other = add("検証用子会社");
    other_responsible = found(other, "ko.sekinin", "検証 責任", Role::kResponsible);
    other_rights = found(other, "ko.kengen", "検証 権限", Role::kRightsManager);
  }
  // Of whichever company the two are.
  User invite(const User& by, const User& approver, std::string_view login, std::string_view name,
              Role role) {
    const auto made = propose_account(by, login, name, role);
    BOOST_REQUIRE(made.has_value());
    BOOST_REQUIRE(approve(approver, made->proposal).has_value());
    auto done = execute(by, made->proposal);
    BOOST_REQUIRE(done.has_value());
    User user = enrol(std::string(login), std::move(done->enrolment_key));
    sign_in(user);
    return user;
  }
  std::vector<std::string> logins(const User& by) {
    ipc::ListAccounts list;
    list.token = by.session();
    const auto reply = ask(by.peer, std::move(list));
    BOOST_REQUIRE(reply.has_value());
    std::vector<std::string> out;
    for (const auto& row : reply->rows) out.push_back(row.login.str());
    return out;
  }
  ipc::ListCompanies::Reply companies(const User& by) {
    ipc::ListCompanies list;
    list.token = by.session();
    auto reply = ask(by.peer, std::move(list));
    BOOST_REQUIRE(reply.has_value());
    return *std::move(reply);
  }
  void import(const User& by, std::string_view name) {
    ipc::PreviewRoster preview;
    preview.auth = by.auth();
    const std::string csv =
        "社員番号,氏名,フリガナ,区分,所属\nA001," + std::string(name) + ",ケンショウ,従業員,本社\n";
    preview.csv = *base::sealed_memfd("roster", base::as_bytes(csv));
    const auto shown = ask(by.peer, std::move(preview));
    BOOST_REQUIRE(shown.has_value());
    ipc::ImportRoster import;
    import.auth = by.auth();
    import.preview = shown->preview;
    const auto done = ask(by.peer, std::move(import));
    BOOST_REQUIRE(done.has_value());
    BOOST_TEST(done->added == 1U);
  }
  void set_passcode(const User& by, const User& approver, std::string_view phrase,
                    std::string_view passcode) {
    ipc::SaveSettings save;
    save.auth = by.auth();
    save.phrase = ipc::Text<200>::literal(phrase);
    save.passcode = *base::Secret<64>::from(base::as_bytes(passcode));
    const auto made = ask(by.peer, std::move(save));
    BOOST_REQUIRE(made.has_value());
    BOOST_REQUIRE(approve(approver, made->proposal).has_value());
    BOOST_REQUIRE(execute(by, made->proposal).has_value());
  }

  TenantId other;
  User other_responsible;
  User other_rights;
};

BOOST_FIXTURE_TEST_SUITE(companies, Group)

BOOST_AUTO_TEST_CASE(adding_one_takes_two_and_a_name_of_its_own) {
  BOOST_TEST(failed(propose_company(responsible, ""), Code::kMissing, "company_name"));
  BOOST_TEST(failed(propose_company(responsible, "検証用 商事"), Code::kDuplicate, "company_name"));
  const auto made = propose_company(responsible, "検証用子会社");
  BOOST_REQUIRE(made.has_value());
  BOOST_TEST(failed(execute(responsible, made->proposal), Code::kDenied, "approval"));
  BOOST_REQUIRE(approve(rights_manager, made->proposal).has_value());
  // Another of that name comes first.
  const TenantId first = add("検証用子会社");
  BOOST_TEST(failed(execute(responsible, made->proposal), Code::kDuplicate, "company_name"));
  const auto list = companies(responsible);
  BOOST_REQUIRE(list.rows.size() == 2U);
  BOOST_TEST((list.rows[0].id == base::kFirm));
  BOOST_TEST((list.rows[0].name.view() == "検証用商事"));
  BOOST_TEST(list.rows[0].guards == 2U);
  BOOST_TEST((list.rows[1].id == first));
  BOOST_TEST(list.rows[1].guards == 0U);
  // It is there after a restart.
  start();
  sign_in(responsible);
  BOOST_TEST(companies(responsible).rows.size() == 2U);
}

BOOST_AUTO_TEST_CASE(the_firm_names_its_first_guards_and_nobody_after_them) {
  other = add("検証用子会社");
  BOOST_TEST(failed(propose_founder(responsible, other, "ko.tanto", "検証 担当", Role::kHandler),
                    Code::kInvalid, "founder"));
  BOOST_TEST(
      failed(propose_founder(responsible, {other.value + 1}, "ko", "検証", Role::kResponsible),
             Code::kNotFound, "company"));
  other_responsible = found(other, "ko.sekinin", "検証 子責任", Role::kResponsible);
  BOOST_TEST((core->reg().account_by_login("ko.sekinin")->tenant == other));
  // One of them alone cannot agree with anybody; the firm names the second.
  BOOST_TEST(failed(
      propose_founder(other_responsible, base::kFirm, "uchi", "検証 内", Role::kRightsManager),
      Code::kNotFound, "company"));
  const auto late = propose_founder(responsible, other, "ko.late", "検証 遅", Role::kRightsManager);
  BOOST_REQUIRE(late.has_value());
  BOOST_REQUIRE(approve(rights_manager, late->proposal).has_value());
  other_rights = found(other, "ko.kengen", "検証 子権限", Role::kRightsManager);
  BOOST_TEST(core::is_on_its_own(*core, other));
  BOOST_TEST(failed(execute(responsible, late->proposal), Code::kState, "company"));
  BOOST_TEST(failed(propose_founder(responsible, other, "ko.x", "検証 エ", Role::kResponsible),
                    Code::kState, "company"));
  const User handler =
      invite(other_responsible, other_rights, "ko.tanto", "検証 子担当", Role::kHandler);
  BOOST_TEST((core->reg().account_by_login("ko.tanto")->tenant == other));
  BOOST_TEST((audit->last(CoreEvent::kInvited)->actor.tenant == other));
  BOOST_TEST((audit->last(CoreEvent::kSignedIn)->actor.tenant == other));
}

BOOST_AUTO_TEST_CASE(accounts_and_proposals_of_another_company_are_not_there) {
  found_other();
  BOOST_TEST((logins(responsible) == std::vector<std::string>{"kansa", "kengen", "sekinin"}));
  BOOST_TEST((logins(other_responsible) == std::vector<std::string>{"ko.kengen", "ko.sekinin"}));

  const auto made = propose_account(responsible, "tanto", "検証 担当", Role::kHandler);
  BOOST_REQUIRE(made.has_value());
  BOOST_TEST(failed(seen(other_rights, made->proposal), Code::kNotFound, "proposal"));
  auto step = step_up(other_rights, base::StepUpAct::kApproveProposal);
  step.proposal = made->proposal;
  BOOST_TEST(failed(ask(other_rights.peer, std::move(step)), Code::kNotFound, "proposal"));
  ipc::RefuseProposal refusal;
  refusal.auth = other_rights.auth();
  refusal.proposal = made->proposal;
  refusal.reason = ipc::Text<200>::literal("よその申請");
  BOOST_TEST(failed(ask(other_rights.peer, std::move(refusal)), Code::kNotFound, "proposal"));
  ipc::CancelProposal cancel;
  cancel.auth = other_responsible.auth();
  cancel.proposal = made->proposal;
  BOOST_TEST(failed(ask(other_responsible.peer, std::move(cancel)), Code::kNotFound, "proposal"));
  ipc::InviteAccount edit;
  edit.auth = other_responsible.auth();
  edit.login = ipc::LoginName::literal("tanto2");
  edit.name = ipc::Name::literal("検証 担当");
  edit.role = Role::kResponsible;
  edit.revises = made->proposal;
  BOOST_TEST(failed(ask(other_responsible.peer, std::move(edit)), Code::kNotFound, "proposal"));
  ipc::ListProposals list;
  list.token = other_rights.session();
  BOOST_TEST(ask(other_rights.peer, std::move(list))->total == 0U);

  const auto named = account_of("kengen");
  ipc::ChangeRole role;
  role.auth = other_responsible.auth();
  role.account = named;
  role.role = Role::kViewer;
  BOOST_TEST(failed(ask(other_responsible.peer, std::move(role)), Code::kNotFound, "account"));
  ipc::DisableAccount disable;
  disable.auth = other_responsible.auth();
  disable.account = account_of("kansa");
  BOOST_TEST(failed(ask(other_responsible.peer, std::move(disable)), Code::kNotFound, "account"));
  ipc::GetDelegation delegation;
  delegation.token = other_responsible.session();
  delegation.account = named;
  BOOST_TEST(
      failed(ask(other_responsible.peer, std::move(delegation)), Code::kNotFound, "account"));
  ipc::Delegate delegate;
  delegate.auth = other_responsible.auth();
  delegate.account = account_of("ko.kengen");
  const auto today = base::day_in_japan(clock.wall());
  delegate.delegation = {account_of("sekinin"), today, {today.days + 5}};
  BOOST_TEST(failed(ask(other_responsible.peer, std::move(delegate)), Code::kInvalid, "deputy"));
}

BOOST_AUTO_TEST_CASE(the_last_guards_are_counted_in_each_company) {
  found_other();
  // The firm has two more of them; they are of no help here.
  ipc::ChangeRole role;
  role.auth = other_responsible.auth();
  role.account = account_of("ko.kengen");
  role.role = Role::kViewer;
  BOOST_TEST(failed(ask(other_responsible.peer, std::move(role)), Code::kDenied, "last_guards"));
}

BOOST_AUTO_TEST_CASE(each_company_has_its_people_its_words_and_its_keys) {
  found_other();
  handler = invite(responsible, rights_manager, "tanto", "検証 担当", Role::kHandler);
  User clerk = invite(other_responsible, other_rights, "ko.tanto", "検証 担当", Role::kHandler);
  set_passcode(responsible, rights_manager, "青い山", "passcode-1");
  ipc::CreateRequests early;
  early.auth = clerk.auth();
  static_cast<void>(early.purposes.push(base::Purpose::kTax));
  BOOST_TEST(failed(ask(clerk.peer, std::move(early)), Code::kMissing, "passcode"));
  set_passcode(other_responsible, other_rights, "赤い海", "passcode-2");
  // The same employee number, twice.
  import(handler, "検証 一郎");
  import(clerk, "検証 二郎");
  const auto* ours = core->reg().person_by_number(base::kFirm, "A001");
  const auto* theirs = core->reg().person_by_number(other, "A001");
  BOOST_REQUIRE((ours != nullptr && theirs != nullptr));
  const base::PersonId person = theirs->id;
  ipc::ListPeople list;
  list.token = clerk.session();
  const auto listed = ask(clerk.peer, std::move(list));
  BOOST_TEST(listed->total == 1U);
  BOOST_TEST((listed->rows[0].id == person));
  ipc::GetPerson get;
  get.token = handler.session();
  get.person = person;
  BOOST_TEST(failed(ask(handler.peer, std::move(get)), Code::kNotFound, "person"));
  ipc::SetLeaving leaving;
  leaving.auth = handler.auth();
  leaving.person = person;
  BOOST_TEST(failed(ask(handler.peer, std::move(leaving)), Code::kNotFound, "person"));

  ipc::CreateRequests request;
  request.auth = clerk.auth();
  static_cast<void>(request.purposes.push(base::Purpose::kTax));
  auto asked = ask(clerk.peer, std::move(request));
  BOOST_REQUIRE(asked.has_value());
  BOOST_REQUIRE(asked->links.size() == 1U);
  const auto open = [&](std::string_view passcode) {
    ipc::OpenPortal portal;
    portal.link = *ipc::LinkToken::from(asked->links[0].link.read(base::secret_access()));
    portal.passcode = *base::Secret<64>::from(base::as_bytes(passcode));
    return ask(peer_at("198.51.100.7"), std::move(portal));
  };
  BOOST_TEST(failed(open("passcode-1"), Code::kDenied, "passcode"));  // the firm's
  const auto shown = open("passcode-2");
  BOOST_REQUIRE(shown.has_value());
  BOOST_TEST((shown->firm.view() == "検証用子会社"));
  BOOST_TEST((shown->phrase.view() == "赤い海"));
  BOOST_TEST((audit->last(CoreEvent::kPortalOpened)->actor.tenant == other));

  ipc::SubmitNumbers submit;
  submit.link = *ipc::LinkToken::from(asked->links[0].link.read(base::secret_access()));
  submit.passcode = *base::Secret<64>::from(base::as_bytes(std::string_view("passcode-2")));
  static_cast<void>(submit.numbers.push(
      {person, *ipc::Digits::from(base::as_bytes(std::string_view("123456789018")))}));
  BOOST_REQUIRE(ask(peer_at("198.51.100.7"), std::move(submit)).has_value());
  const auto submission = core->reg().submissions(0, 1).rows.front()->id;
  ipc::ApproveSubmission approval;
  approval.auth = responsible.auth();
  approval.submission = submission;
  BOOST_TEST(failed(ask(responsible.peer, std::move(approval)), Code::kNotFound, "submission"));
  ipc::ReturnSubmission back;
  back.auth = responsible.auth();
  back.submission = submission;
  back.reason = ipc::Text<200>::literal("よその提供");
  BOOST_TEST(failed(ask(responsible.peer, std::move(back)), Code::kNotFound, "submission"));
  approval = {};
  approval.auth = other_responsible.auth();
  approval.submission = submission;
  BOOST_REQUIRE(ask(other_responsible.peer, std::move(approval)).has_value());
  const auto* number = core->reg().number(person, base::Purpose::kTax);
  BOOST_REQUIRE(number != nullptr);
  BOOST_TEST((number->tenant == other));
  BOOST_TEST((core->reg().shelf(number->shelf)->tenant == other));

  auto reveal = step_up(handler, base::StepUpAct::kReveal);
  static_cast<void>(reveal.people.push(person));
  reveal.period = ipc::Text<16>::literal("2026");
  BOOST_TEST(failed(ask(handler.peer, std::move(reveal)), Code::kNotFound, "people"));
}

BOOST_AUTO_TEST_CASE(the_appliance_is_the_firms) {
  found_other();
  const User watchful =
      invite(other_responsible, other_rights, "ko.kansa", "検証 子監査", Role::kAuditor);
  BOOST_TEST(failed(propose_company(other_responsible, "孫会社"), Code::kDenied, "company"));
  ipc::ListCompanies list;
  list.token = other_responsible.session();
  BOOST_TEST(failed(ask(other_responsible.peer, std::move(list)), Code::kDenied, "company"));
  ipc::GetZones zones;
  zones.token = other_responsible.session();
  BOOST_TEST(failed(ask(other_responsible.peer, std::move(zones)), Code::kDenied, "company"));
  BOOST_TEST(failed(ask(watchful.peer, step_up(watchful, base::StepUpAct::kExportLog)),
                    Code::kDenied, "company"));
  ipc::GetSession session;
  session.token = watchful.session();
  const auto facts = ask(watchful.peer, std::move(session));
  BOOST_REQUIRE(facts.has_value());
  BOOST_TEST(!facts->runs_box);
  BOOST_TEST((facts->firm.view() == "検証用子会社"));
  ipc::ReadLog read;
  read.token = watchful.session();
  BOOST_REQUIRE(ask(watchful.peer, std::move(read)).has_value());
  BOOST_TEST((audit->asked_for == other));
}

BOOST_AUTO_TEST_CASE(two_of_the_company_or_two_of_the_firm_rescue_an_account) {
  found_other();
  const auto rescue = [&](User& first, User& second) {
    ipc::RescueAccount request;
    request.pin = *base::Secret<64>::from(base::as_bytes(audit->pin));
    request.login = ipc::LoginName::literal("ko.kengen");
    const auto by = [&](User& user) {
      ipc::Rescuer out;
      out.login = ipc::LoginName::literal(user.login);
      out.password = password();
      out.code = code(user);
      return out;
    };
    request.first = by(first);
    request.second = by(second);
    return ask(console(), std::move(request));
  };
  BOOST_TEST(failed(rescue(responsible, other_responsible), Code::kDenied, "approval"));
  BOOST_TEST(rescue(responsible, rights_manager).has_value());
  BOOST_TEST((core->reg().account_by_login("ko.kengen")->tenant == other));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
