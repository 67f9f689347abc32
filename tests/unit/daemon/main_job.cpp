// The main job over the whole core with a memory store and a fake audit: roster, request, portal,
// approval, reveal, disposal; and the restarts in between.
#include "daemon/effects.h"
#include "tests/unit/daemon/world.h"

namespace {

using base::Code;
using base::CoreEvent;
using base::PersonId;
using base::StepUpAct;

constexpr std::string_view kNumber = "123456789018";
constexpr std::string_view kDependantNumber = "987654321093";

template <class T>
bool failed(const base::Result<T>& result, Code code, base::FieldName field) {
  return !result && result.error().code == code && result.error().field == field;
}

ipc::Digits digits(std::string_view text) { return *ipc::Digits::from(base::as_bytes(text)); }
base::Secret<64> passcode(std::string_view text = "passcode-1") {
  return *base::Secret<64>::from(base::as_bytes(text));
}

struct Job : core::testing::World {
  Job() {
    provision();
    sign_in(responsible);
    sign_in(rights_manager);
    invite_handler();
    save_passcode();
    import();
  }

  void invite_handler() {
    handler = enrol("tanto", invited("tanto", "検証 担当", base::Role::kHandler));
    sign_in(handler);
  }
  void save_passcode() {
    ipc::SaveSettings save;
    save.auth = responsible.auth();
    save.phrase = ipc::Text<200>::literal("青い山");
    save.passcode = passcode();
    const auto made = ask(responsible.peer, std::move(save));
    BOOST_REQUIRE(made.has_value());
    BOOST_REQUIRE(World::approve(rights_manager, made->proposal).has_value());
    BOOST_REQUIRE(execute(responsible, made->proposal).has_value());
  }
  void import() {
    ipc::PreviewRoster preview;
    preview.auth = handler.auth();
    preview.csv = *base::sealed_memfd(
        "roster", base::as_bytes("社員番号,氏名,フリガナ,区分,所属,続柄,扶養者社員番号\n"
                                 "A001,検証 一郎,ケンショウ イチロウ,従業員,本社,,\n"
                                 ",検証 花子,ケンショウ ハナコ,扶養親族,,妻,A001\n"
                                 "A002,検証 二郎,ケンショウ ジロウ,従業員,本社,,\n"));
    const auto shown = ask(handler.peer, std::move(preview));
    BOOST_REQUIRE(shown.has_value());
    BOOST_REQUIRE(shown->problems_total == 0U);
    ipc::ImportRoster import;
    import.auth = handler.auth();
    import.preview = shown->preview;
    const auto done = ask(handler.peer, std::move(import));
    BOOST_REQUIRE(done.has_value());
    BOOST_TEST(done->added == 3U);
    head = core->reg().person_by_number(registry::kFirm, "A001")->id;
    second = core->reg().person_by_number(registry::kFirm, "A002")->id;
    dependant = core->reg().dependants_of(head).front()->id;
  }

  ipc::LinkToken request_for(PersonId person) {
    ipc::CreateRequests request;
    request.auth = handler.auth();
    static_cast<void>(request.people.push(person));
    static_cast<void>(request.purposes.push(base::Purpose::kTax));
    static_cast<void>(request.purposes.push(base::Purpose::kSocialInsurance));
    auto made = ask(handler.peer, std::move(request));
    BOOST_REQUIRE(made.has_value());
    BOOST_REQUIRE(made->links.size() == 1U);
    return std::move(made->links[0].link);
  }
  static ipc::LinkToken copy(const ipc::LinkToken& link) {
    return *ipc::LinkToken::from(link.read(base::secret_access()));
  }
  base::Result<ipc::OpenPortal::Reply> open(const ipc::LinkToken& link, base::Secret<64> typed) {
    ipc::OpenPortal request;
    request.link = copy(link);
    request.passcode = std::move(typed);
    return ask(peer_at("198.51.100.7"), std::move(request));
  }
  base::Result<ipc::SubmitNumbers::Reply> submit(
      const ipc::LinkToken& link, std::vector<std::pair<PersonId, std::string_view>> numbers) {
    ipc::SubmitNumbers request;
    request.link = copy(link);
    request.passcode = passcode();
    for (const auto& [person, number] : numbers) {
      static_cast<void>(request.numbers.push({person, digits(number)}));
    }
    return ask(peer_at("198.51.100.7"), std::move(request));
  }
  base::Result<ipc::Done> approve() {
    ipc::ApproveSubmission request;
    request.auth = responsible.auth();
    const auto waiting = core->reg().submissions(0, 1);
    BOOST_REQUIRE(waiting.total > 0U);
    request.submission = waiting.rows.front()->id;
    return ask(responsible.peer, std::move(request));
  }
  void collect_all() {
    const auto one = request_for(head);
    BOOST_REQUIRE(submit(one, {{head, kNumber}, {dependant, kDependantNumber}}).has_value());
    BOOST_REQUIRE(approve().has_value());
    const auto two = request_for(second);
    BOOST_REQUIRE(submit(two, {{second, "023456789013"}}).has_value());
    BOOST_REQUIRE(approve().has_value());
  }
  base::Result<ipc::StepUp::Reply> reveal_grant(PersonId person,
                                                base::Form form = base::Form::kWithholdingSlip) {
    auto request = step_up(handler, StepUpAct::kReveal);
    static_cast<void>(request.people.push(person));
    request.form = form;
    request.period = ipc::Text<16>::literal("2026");
    return ask(handler.peer, std::move(request));
  }
  base::Result<ipc::Reveal::Reply> reveal(base::GrantId grant, PersonId person) {
    ipc::Reveal request;
    request.auth = handler.auth();
    request.grant = grant;
    request.person = person;
    return ask(handler.peer, std::move(request));
  }
  void leave(PersonId person) {
    ipc::SetLeaving leaving;
    leaving.auth = handler.auth();
    leaving.person = person;
    leaving.leaving = base::Day{base::day_in_japan(clock.wall()).days - 1};
    BOOST_REQUIRE(ask(handler.peer, std::move(leaving)).has_value());
  }
  base::DisposalId propose(PersonId person) {
    leave(person);
    return propose_early(person);
  }
  base::DisposalId propose_early(PersonId person) {
    ipc::ProposeDisposal request;
    request.auth = handler.auth();
    static_cast<void>(request.people.push(person));
    const auto proposed = ask(handler.peer, std::move(request));
    BOOST_REQUIRE(proposed.has_value());
    return proposed->disposal;
  }
  base::Result<ipc::Done> approve_disposal(base::DisposalId disposal) {
    auto request = step_up(responsible, StepUpAct::kApproveDisposal);
    request.disposal = disposal;
    const auto grant = ask(responsible.peer, std::move(request));
    BOOST_REQUIRE(grant.has_value());
    ipc::ApproveDisposal approval;
    approval.auth = responsible.auth();
    approval.grant = grant->grant;
    approval.disposal = disposal;
    return ask(responsible.peer, std::move(approval));
  }
  static std::string text(const ipc::Digits& number) {
    return std::string(base::as_text(number.read(base::secret_access())));
  }

  PersonId head;
  PersonId second;
  PersonId dependant;
};

BOOST_FIXTURE_TEST_SUITE(main_job, Job)

BOOST_AUTO_TEST_CASE(from_roster_to_reveal) {
  const auto link = request_for(head);
  const auto portal = open(link, passcode());
  BOOST_REQUIRE(portal.has_value());
  BOOST_TEST(portal->people.size() == 2U);
  BOOST_TEST((portal->phrase.view() == "青い山"));
  BOOST_REQUIRE(submit(link, {{head, kNumber}, {dependant, kDependantNumber}}).has_value());
  BOOST_TEST((core->reg().status(head) == base::CollectionStatus::kSubmitted));
  BOOST_TEST(failed(open(link, passcode()), Code::kNotFound, "link"));  // used
  BOOST_REQUIRE(approve().has_value());
  BOOST_TEST((core->reg().status(head) == base::CollectionStatus::kComplete));

  const auto grant = reveal_grant(head);
  BOOST_REQUIRE(grant.has_value());
  const auto shown = reveal(grant->grant, head);
  BOOST_REQUIRE(shown.has_value());
  BOOST_TEST(text(shown->number) == kNumber);
  BOOST_TEST(shown->show_s == 60U);
  BOOST_TEST(failed(reveal(grant->grant, head), Code::kStepUp, "grant"));       // used
  BOOST_TEST(failed(reveal(grant->grant, dependant), Code::kStepUp, "grant"));  // not listed
  BOOST_TEST(audit->reveals == 1U);
  // A purpose that was not notified has no number, so there is no grant either.
  BOOST_TEST(failed(reveal_grant(head, base::Form::kEmploymentLoss), Code::kNotFound, "people"));
}

BOOST_AUTO_TEST_CASE(numbers_are_checked_before_they_are_sealed) {
  const auto link = request_for(head);
  BOOST_TEST(failed(submit(link, {{head, "123456789012"}, {dependant, kDependantNumber}}),
                    Code::kCheckDigit, "numbers.0"));
  BOOST_TEST(
      failed(submit(link, {{head, kNumber}, {dependant, kNumber}}), Code::kDuplicate, "numbers.1"));
  BOOST_TEST(!submit(link, {{head, kNumber}}).has_value());
  BOOST_TEST(!submit(link, {{head, kNumber}, {second, kDependantNumber}}).has_value());
  BOOST_TEST(submit(link, {{head, kNumber}, {dependant, kDependantNumber}}).has_value());
}

BOOST_AUTO_TEST_CASE(ten_wrong_passcodes_end_the_link) {
  const auto link = request_for(head);
  for (std::uint16_t i = 0; i < registry::kPasscodeFailuresMax; ++i) {
    BOOST_TEST(failed(open(link, passcode("wrong-one")), Code::kDenied, "passcode"));
  }
  BOOST_TEST(failed(open(link, passcode()), Code::kNotFound, "link"));
  BOOST_TEST(audit->count(CoreEvent::kPortalFailed) == registry::kPasscodeFailuresMax);
}

BOOST_AUTO_TEST_CASE(a_returned_submission_can_be_sent_again) {
  const auto link = request_for(second);
  BOOST_REQUIRE(submit(link, {{second, kNumber}}).has_value());
  ipc::ReturnSubmission back;
  back.auth = responsible.auth();
  back.submission = core->reg().submissions(0, 1).rows.front()->id;
  back.reason = ipc::Text<200>::literal("別人の番号です");
  BOOST_REQUIRE(ask(responsible.peer, std::move(back)).has_value());
  BOOST_TEST((core->reg().status(second) == base::CollectionStatus::kReturned));
  BOOST_REQUIRE(submit(link, {{second, "023456789013"}}).has_value());
  BOOST_REQUIRE(approve().has_value());
  const auto grant = reveal_grant(second);
  BOOST_TEST(text(reveal(grant->grant, second)->number) == "023456789013");
}

BOOST_AUTO_TEST_CASE(disposal_destroys_the_keys_and_keeps_the_others) {
  collect_all();
  const auto old_shelf = core->reg().number(head, base::Purpose::kTax)->shelf;
  const auto old_epoch = core->store()->state().epoch;
  const auto disposal = propose(head);
  BOOST_REQUIRE(approve_disposal(disposal).has_value());
  BOOST_TEST(!audit->shelves.contains(old_shelf));
  BOOST_TEST(!audit->epochs.contains(old_epoch));
  BOOST_TEST(audit->epochs.size() == 1U);
  BOOST_TEST((core->reg().status(head) == base::CollectionStatus::kDisposed));
  BOOST_TEST(core->reg().number(head, base::Purpose::kTax) == nullptr);
  ipc::GetDisposal get;
  get.token = responsible.session();
  get.disposal = disposal;
  const auto shown = ask(responsible.peer, std::move(get));
  BOOST_TEST((shown->row.status == ipc::DisposalStatus::kDone));
  const auto certificate = base::as_text(shown->certificate.view());
  BOOST_TEST(certificate.starts_with("{\"approved_at\":"));
  BOOST_TEST(certificate.find(base::to_text(head)) != std::string_view::npos);
  BOOST_TEST(certificate.find(kNumber) == std::string_view::npos);
  // Who stays can be used.
  const auto grant = reveal_grant(second);
  BOOST_TEST(text(reveal(grant->grant, second)->number) == "023456789013");
}

BOOST_AUTO_TEST_CASE(nobody_approves_what_the_same_natural_person_proposed) {
  collect_all();
  // A second account of the handler's own name, this time with another role.
  auto twin = registry::copy_of(*core->reg().account_by_login("sekinin"));
  twin.natural_person = core->reg().account_by_login("tanto")->natural_person;
  core->reg().apply(std::move(*registry::update_account(core->reg(), std::move(twin))));
  const auto disposal = propose(head);
  BOOST_TEST(failed(approve_disposal(disposal), Code::kDenied, "self"));
}

BOOST_AUTO_TEST_CASE(who_has_not_left_is_disposed_of_by_two_others_only) {
  collect_all();
  const auto disposal = propose_early(head);
  const auto* proposal = core->reg().proposal_of(disposal);
  BOOST_REQUIRE(proposal != nullptr);
  const auto id = proposal->id;
  BOOST_TEST(failed(approve_disposal(disposal), Code::kDenied, "approval"));
  BOOST_TEST(failed(World::approve(handler, id), Code::kDenied, "access"));  // no grant for him
  BOOST_TEST(failed(execute(responsible, id), Code::kDenied, "approval"));
  BOOST_REQUIRE(World::approve(rights_manager, id).has_value());
  BOOST_REQUIRE(approve_disposal(disposal).has_value());
  BOOST_TEST((core->reg().proposal(id)->stage == base::ProposalStage::kExecuted));
  BOOST_TEST((core->reg().disposal(disposal)->phase == registry::DisposalPhase::kDone));
  BOOST_TEST(audit->count(CoreEvent::kProposalExecuted) >= 1U);
}

BOOST_AUTO_TEST_CASE(an_early_disposal_that_is_refused_or_cancelled_is_over_for_good) {
  collect_all();
  const auto refused = propose_early(head);
  ipc::RefuseProposal refuse;
  refuse.auth = rights_manager.auth();
  refuse.proposal = core->reg().proposal_of(refused)->id;
  refuse.reason = ipc::Text<200>::literal("まだ在籍している");
  BOOST_REQUIRE(ask(rights_manager.peer, std::move(refuse)).has_value());
  BOOST_TEST((core->reg().disposal(refused)->phase == registry::DisposalPhase::kCancelled));
  const auto cancelled = propose_early(head);
  ipc::CancelDisposal cancel;
  cancel.auth = handler.auth();
  cancel.disposal = cancelled;
  BOOST_REQUIRE(ask(handler.peer, std::move(cancel)).has_value());
  BOOST_TEST((core->reg().proposal_of(cancelled)->stage == base::ProposalStage::kCancelled));
  BOOST_TEST((core->reg().disposal(cancelled)->phase == registry::DisposalPhase::kCancelled));
}

BOOST_AUTO_TEST_CASE(a_disposal_that_a_fault_cut_off_is_finished_after_a_restart) {
  collect_all();
  const auto old_shelf = core->reg().number(head, base::Purpose::kTax)->shelf;
  const auto disposal = propose(head);
  audit->destroy_shelves_fails = base::Error{Code::kTimeout, "hsm"};
  BOOST_TEST(!approve_disposal(disposal).has_value());
  BOOST_TEST((core->reg().disposal(disposal)->phase == registry::DisposalPhase::kReshelved));
  audit->destroy_shelves_fails.reset();
  start();
  clock.advance(60'000);
  turn_until([this, disposal] {
    const auto* record = core->reg().disposal(disposal);
    return record != nullptr && record->phase == registry::DisposalPhase::kDone;
  });
  BOOST_TEST(!audit->shelves.contains(old_shelf));
  BOOST_TEST(audit->count(CoreEvent::kDisposed) == 1U);
}

BOOST_AUTO_TEST_CASE(a_right_that_goes_while_the_number_is_opened_shows_nothing) {
  collect_all();
  const auto account = account_of("tanto");
  auto grant = reveal_grant(head);
  audit->while_revealing = [&] { core->sessions.end_account(account, clock.mono()); };
  BOOST_TEST(failed(reveal(grant->grant, head), Code::kDenied, "session"));
  BOOST_TEST(audit->reveals == 1U);  // opened, and yet not shown
  BOOST_TEST(audit->last(base::CoreEvent::kAccessDenied)->action.view() == "reveal");

  sign_in(handler);
  grant = reveal_grant(head);
  audit->while_revealing = [&] { core->reg().apply(*core::end_designation(*core, account)); };
  BOOST_TEST(failed(reveal(grant->grant, head), Code::kDenied, "designation"));
  BOOST_TEST(audit->reveals == 2U);
}

BOOST_AUTO_TEST_CASE(a_restart_finds_everything_and_signs_everybody_out) {
  collect_all();
  audit->loaded.clear();
  start();
  BOOST_REQUIRE((core->state() == base::State::kOperational));
  BOOST_TEST(audit->loaded.size() == core->reg().shelves().size());
  BOOST_TEST(failed(reveal({}, head), Code::kDenied, "session"));
  sign_in(handler);
  const auto grant = reveal_grant(head);
  BOOST_TEST(text(reveal(grant->grant, head)->number) == kNumber);
}

BOOST_AUTO_TEST_CASE(sealing_forgets_everything_until_the_pin) {
  collect_all();
  BOOST_REQUIRE(ask(console(), ipc::SealAppliance{}).has_value());
  BOOST_TEST((core->state() == base::State::kSealed));
  BOOST_TEST(core->reg().people_count() == 0U);
  BOOST_TEST(core->store() == nullptr);
  clock.advance(60'000);
  settle();
  BOOST_TEST((core->state() == base::State::kSealed));  // nothing unlocks by itself
  const auto unlock = [this](std::string_view pin) {
    ipc::Unseal request;
    request.pin = *base::Secret<64>::from(base::as_bytes(pin));
    return ask(console(), std::move(request));
  };
  BOOST_TEST(failed(unlock("000000"), Code::kDenied, "pin"));
  BOOST_REQUIRE(unlock(audit->pin).has_value());
  BOOST_TEST((core->state() == base::State::kOperational));
  BOOST_TEST(core->reg().people_count() == 3U);
  BOOST_REQUIRE(ask(console(), ipc::SealAppliance{}).has_value());
  for (int i = 0; i < 3; ++i) BOOST_TEST(failed(unlock("000000"), Code::kDenied, "pin"));
  BOOST_TEST(failed(unlock(audit->pin), Code::kLocked, "pin"));
}

BOOST_AUTO_TEST_CASE(a_clock_that_went_back_seals_until_somebody_takes_it_as_it_is) {
  audit->clock_behind_ms = core::Core::kClockBackMs;  // not too much
  start();
  BOOST_TEST((core->state() == base::State::kOperational));
  audit->clock_behind_ms = core::Core::kClockBackMs + 1;
  start();  // a new core finds it at once, and unlocks nothing by itself
  BOOST_TEST((core->state() == base::State::kLocked));
  BOOST_TEST(core->reason() == "clock_set_back");
  ipc::Unlock request;
  request.pin = *base::Secret<64>::from(base::as_bytes(audit->pin));
  BOOST_TEST(failed(ask(console(), std::move(request)), Code::kState, "clock"));
  BOOST_TEST((core->state() == base::State::kLocked));
  ipc::Unlock accepted;
  accepted.pin = *base::Secret<64>::from(base::as_bytes(audit->pin));
  accepted.accept_clock = true;
  BOOST_TEST(ask(console(), std::move(accepted)).has_value());
  BOOST_TEST((core->state() == base::State::kOperational));
}

BOOST_AUTO_TEST_CASE(a_store_ahead_of_the_log_does_not_open) {
  audit->log.resize(3);
  audit->extra = 0;
  start();
  BOOST_TEST((core->state() == base::State::kFailed));
  BOOST_TEST(core->reason() == "log_behind_store");
  BOOST_TEST(core->reg().people_count() == 0U);
}

BOOST_AUTO_TEST_CASE(a_log_that_is_long_enough_and_another_one_does_not_open) {
  audit->rewritten = 1;
  start();
  BOOST_TEST((core->state() == base::State::kFailed));
  BOOST_TEST(core->reason() == "log_not_the_stores");
  BOOST_TEST(core->reg().people_count() == 0U);
}

BOOST_AUTO_TEST_CASE(an_edited_store_does_not_open) {
  settle();
  auto& items = kv.items();
  items.begin()->second.value.back() ^= 1U;
  start();
  BOOST_TEST((core->state() == base::State::kFailed));
}

BOOST_AUTO_TEST_CASE(an_older_epoch_does_not_open) {
  const auto old = kv.items();
  clock.advance(60'000);
  sign_in(responsible);
  settle();
  const auto before = core->store()->state().epoch;
  clock.advance(std::int64_t{25} * 3'600'000);
  turn_until([this, before] { return core->store()->state().epoch > before; });
  settle();
  kv.items() = old;
  start();
  BOOST_TEST((core->state() == base::State::kFailed));
}

BOOST_AUTO_TEST_CASE(a_commit_of_unknown_outcome_ends_the_process) {
  kv.fail_next(store::MemoryKv::Fault::kLostUnknown);
  ipc::SetLeaving leaving;
  leaving.auth = handler.auth();
  leaving.person = head;
  leaving.leaving = base::Day{20'000};
  BOOST_TEST(!ask(handler.peer, std::move(leaving)).has_value());
  BOOST_TEST(fatal);
  kv.reopen();
  start();
  BOOST_TEST((core->state() == base::State::kOperational));
  BOOST_TEST(audit->count(CoreEvent::kReconciled) == 1U);
  BOOST_TEST(!core->reg().person(head)->leaving.has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
