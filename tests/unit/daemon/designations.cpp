// Designations over the whole core: what a handler sees and may do within one, from its first day
// to its end, also in the middle of a session; and that whom it does not cover is not there.
#include "daemon/scope.h"
#include "tests/unit/daemon/world.h"

namespace {

using base::Code;
using base::CoreEvent;
using base::Designated;
using base::PersonId;
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
    handler = enrol("tanto", invited("tanto", "検証 担当", Role::kHandler));
    sign_in(handler);
    import(
        "社員番号,氏名,フリガナ,区分,所属,続柄,扶養者社員番号\n"
        "A001,検証 一郎,ケンショウ イチロウ,従業員,東京支店/経理課,,\n"
        ",検証 花子,ケンショウ ハナコ,扶養親族,,妻,A001\n"
        "A002,検証 二郎,ケンショウ ジロウ,従業員,大阪支店,,\n");
    tokyo = core->reg().person_by_number(registry::kFirm, "A001")->id;
    osaka = core->reg().person_by_number(registry::kFirm, "A002")->id;
    dependant = core->reg().dependants_of(tokyo).front()->id;
  }

  base::Result<ipc::PreviewRoster::Reply> preview(std::string_view csv) {
    ipc::PreviewRoster request;
    request.auth = handler.auth();
    request.csv = *base::sealed_memfd("roster", base::as_bytes(csv));
    return ask(handler.peer, std::move(request));
  }
  void import(std::string_view csv) {
    const auto shown = preview(csv);
    BOOST_REQUIRE(shown.has_value());
    BOOST_REQUIRE(shown->problems_total == 0U);
    ipc::ImportRoster request;
    request.auth = handler.auth();
    request.preview = shown->preview;
    BOOST_REQUIRE(ask(handler.peer, std::move(request)).has_value());
  }
  base::Result<ipc::Proposed> designate(const User& by, ipc::Designation terms,
                                        std::string_view login = "tanto") {
    ipc::Designate request;
    request.auth = by.auth();
    request.account = account_of(login);
    request.designation = std::move(terms);
    return ask(by.peer, std::move(request));
  }
  void agree(const ipc::Designation& terms) {
    const auto made = designate(responsible, terms);
    BOOST_REQUIRE(made.has_value());
    BOOST_REQUIRE(approve(rights_manager, made->proposal).has_value());
    BOOST_REQUIRE(execute(responsible, made->proposal).has_value());
  }
  ipc::Designation in_tokyo() {
    auto terms = everything();
    BOOST_REQUIRE(terms.groups.push(ipc::Text<64>::literal("東京支店")).has_value());
    return terms;
  }
  base::Result<ipc::ListPeople::Reply> people() {
    ipc::ListPeople request;
    request.token = handler.session();
    return ask(handler.peer, std::move(request));
  }
  base::Result<ipc::GetPerson::Reply> person(PersonId id) {
    ipc::GetPerson request;
    request.token = handler.session();
    request.person = id;
    return ask(handler.peer, std::move(request));
  }
  base::Result<ipc::Done> end() {
    ipc::EndDesignation request;
    request.auth = rights_manager.auth();
    request.account = account_of("tanto");
    return ask(rights_manager.peer, std::move(request));
  }
  Designated state() { return core::designated(*core, account_of("tanto")); }

  PersonId tokyo;
  PersonId osaka;
  PersonId dependant;
};

BOOST_FIXTURE_TEST_SUITE(designations, Firm)

BOOST_AUTO_TEST_CASE(whom_it_does_not_cover_is_not_there) {
  BOOST_TEST(people()->total == 3U);
  agree(in_tokyo());
  BOOST_TEST(people()->total == 2U);
  BOOST_TEST(people()->groups.size() == 1U);
  BOOST_TEST(person(tokyo).has_value());
  BOOST_TEST(person(dependant).has_value());  // with the head, whose group it is
  const auto hidden = person(osaka);
  const auto never = person(PersonId{0x1234});
  BOOST_REQUIRE(!hidden.has_value());
  BOOST_REQUIRE(!never.has_value());
  BOOST_TEST((hidden.error() == never.error()));

  ipc::SetLeaving leave;
  leave.auth = handler.auth();
  leave.person = osaka;
  BOOST_TEST(failed(ask(handler.peer, std::move(leave)), Code::kNotFound, "person"));
  ipc::ProposeDisposal dispose;
  dispose.auth = handler.auth();
  BOOST_REQUIRE(dispose.people.push(osaka).has_value());
  BOOST_TEST(failed(ask(handler.peer, std::move(dispose)), Code::kNotFound, "person"));
}

BOOST_AUTO_TEST_CASE(a_roster_changes_nobody_outside_of_it) {
  agree(in_tokyo());
  const std::string_view head = "社員番号,氏名,フリガナ,区分,所属\n";
  const auto reason = [&](std::string_view row) {
    const auto shown = preview(std::string(head) + std::string(row));
    BOOST_REQUIRE(shown.has_value());
    return shown->problems_total == 1U &&
           shown->problems[0].reason == ipc::RosterReason::kOutOfScope;
  };
  BOOST_TEST(reason("A003,検証 三郎,ケンショウ サブロウ,従業員,大阪支店\n"));  // new, elsewhere
  BOOST_TEST(reason("A002,検証 二郎,ケンショウ ジロウ,従業員,東京支店\n"));    // drawn in
  BOOST_TEST(reason("A001,検証 一郎,ケンショウ イチロウ,従業員,大阪支店\n"));  // sent away
  const auto fine =
      preview(std::string(head) + "A004,検証 四郎,ケンショウ シロウ,従業員,東京支店\n");
  BOOST_TEST(fine->problems_total == 0U);
}

BOOST_AUTO_TEST_CASE(its_end_and_its_last_day_act_in_the_middle_of_a_session) {
  BOOST_TEST((state() == Designated::kNow));
  BOOST_TEST(end().has_value());
  BOOST_TEST((audit->last(CoreEvent::kDesignationEnded)->ref == account_of("tanto").value));
  BOOST_TEST((state() == Designated::kEnded));
  BOOST_TEST(failed(people(), Code::kDenied, "designation"));
  BOOST_TEST(failed(end(), Code::kNotFound, "account"));

  auto terms = everything();
  terms.last = base::day_in_japan(clock.wall());
  agree(terms);
  BOOST_TEST(people().has_value());
  // The same session, a day later.
  const auto then = clock.wall();
  clock.set_wall({then.ms + 86'400'000});
  BOOST_TEST((state() == Designated::kOver));
  BOOST_TEST(failed(people(), Code::kDenied, "designation"));
  // Setting the clock back brings it back for no longer than it was for.
  clock.set_wall(then);
  BOOST_TEST((state() == Designated::kNow));
  core->facts.run_ms += 86'400'000;
  BOOST_TEST((state() == Designated::kOver));
}

BOOST_AUTO_TEST_CASE(purposes_outside_of_it_are_neither_asked_for_nor_opened) {
  auto terms = everything();
  terms.purposes = std::uint32_t{1} << static_cast<unsigned>(base::Purpose::kTax);
  agree(terms);
  ipc::StepUp request = step_up(handler, base::StepUpAct::kReveal);
  BOOST_REQUIRE(request.people.push(tokyo).has_value());
  request.form = base::Form::kFeesRecord;
  request.period = ipc::Text<16>::literal("2026");
  BOOST_TEST(failed(ask(handler.peer, std::move(request)), Code::kDenied, "scope"));
}

BOOST_AUTO_TEST_CASE(it_takes_two_and_is_for_roles_that_need_one) {
  BOOST_TEST(failed(designate(responsible, everything(), "kengen"), Code::kInvalid, "role"));
  BOOST_TEST(failed(designate(handler, everything()), Code::kDenied, "access"));
  auto late = everything();
  late.last = {late.first.days + 500};
  BOOST_TEST(failed(designate(responsible, late), Code::kInvalid, "last"));
  const auto made = designate(responsible, in_tokyo());
  BOOST_REQUIRE(made.has_value());
  BOOST_TEST(people()->total == 3U);  // nothing yet
  BOOST_TEST(!execute(responsible, made->proposal).has_value());
  BOOST_TEST(people()->total == 3U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
