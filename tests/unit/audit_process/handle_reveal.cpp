#include <boost/test/unit_test.hpp>

#include "tests/unit/audit_process/fixture.h"

namespace {

using base::AuditEvent;
using base::Code;
using base::GrantId;
using base::PersonId;
using base::Purpose;
using tests::actor;
using tests::place;

BOOST_FIXTURE_TEST_SUITE(handle_reveal, tests::ServiceFixture)

BOOST_AUTO_TEST_CASE(the_intent_is_on_disk_before_the_hsm_is_asked) {
  operational();
  const auto sealed = seal(place(5));
  const auto id = grant({5});
  std::uint64_t durable_at_open = 0;
  hsm.on_open = [&](const ipc::Open&) { durable_at_open = log->durable(); };
  const auto shown = reveal(id, 5, sealed);
  BOOST_REQUIRE(shown.has_value());
  BOOST_TEST(base::as_text(shown->number.read(base::secret_access())) == tests::kNumber);
  BOOST_TEST(shown->period.view() == "2026");
  BOOST_TEST(durable_at_open > shown->index);
  const auto intents = entries(AuditEvent::kRevealIntent);
  BOOST_REQUIRE(intents.size() == 1U);
  const auto& intent = intents[0];
  BOOST_TEST(intent.n == shown->index);
  BOOST_TEST((intent.account == actor().account && intent.session == actor().session));
  BOOST_TEST((intent.person == PersonId{5} && intent.purpose == Purpose::kTax));
  BOOST_TEST((intent.form == base::Form::kWithholdingSlip && intent.grant == id));
  const auto done = entries(AuditEvent::kRevealDone);
  BOOST_REQUIRE(done.size() == 1U);
  BOOST_TEST(done[0].of == intent.n);
}

BOOST_AUTO_TEST_CASE(a_failed_sync_asks_the_hsm_nothing_and_answers_nothing) {
  operational();
  const auto sealed = seal(place(5));
  const auto id = grant({5});
  turns();
  BOOST_REQUIRE(log->sync().has_value());
  disk.fail_syncs = true;
  hsm.asked.clear();
  const auto pending = send(ipc::RevealNumber{actor(), id, place(5), sealed});
  turns();
  BOOST_TEST(fatal.has_value());
  BOOST_TEST(!pending->answer.has_value());
  BOOST_TEST(hsm.asked.empty());
}

BOOST_AUTO_TEST_CASE(each_refusal_is_told_and_written_and_costs_no_budget) {
  operational();
  const auto sealed = seal(place(5));
  const auto id = grant({5});
  const auto before = ask(ipc::GetBudget{actor().account})->left_hour;
  hsm.asked.clear();
  BOOST_TEST((reveal(GrantId{77}, 5, sealed).error().code == Code::kDenied));
  BOOST_TEST((reveal(id, 6, sealed).error().code == Code::kDenied));
  auto intake = place(5, Purpose::kIntake, 1);
  BOOST_TEST((ask(ipc::RevealNumber{actor(), id, intake, sealed}).error().code == Code::kDenied));
  auto other = actor();
  other.session = base::SessionId{55};
  BOOST_TEST((ask(ipc::RevealNumber{other, id, place(5), sealed}).error().code == Code::kDenied));
  clock.mono_ms += 120'000;
  BOOST_TEST((reveal(id, 5, sealed).error().code == Code::kExpired));
  BOOST_TEST(count(AuditEvent::kRevealRefused) == 5U);
  BOOST_TEST(count(AuditEvent::kRevealIntent) == 0U);
  BOOST_TEST(hsm.asked.empty());
  BOOST_TEST(ask(ipc::GetBudget{actor().account})->left_hour == before);
}

BOOST_AUTO_TEST_CASE(of_two_reveals_at_once_one_is_refused) {
  operational();
  const auto sealed = seal(place(5));
  const auto id = grant({5});
  const auto first = send(ipc::RevealNumber{actor(), id, place(5), sealed});
  const auto second = send(ipc::RevealNumber{actor(), id, place(5), sealed});
  turns(40);
  BOOST_TEST(first->answer->has_value());
  BOOST_TEST((second->answer->error().code == Code::kUsed));
}

BOOST_AUTO_TEST_CASE(what_does_not_open_is_written_as_failed_and_stays_used) {
  operational();
  seal(place(5));
  const auto of_other = seal(place(6));
  const auto id = grant({5});
  BOOST_TEST((reveal(id, 5, of_other).error().code == Code::kCorrupt));
  const auto failed = entries(AuditEvent::kRevealFailed);
  BOOST_REQUIRE(failed.size() == 1U);
  BOOST_TEST((failed[0].error->code == Code::kCorrupt));
  BOOST_TEST((reveal(id, 5, of_other).error().code == Code::kUsed));
}

BOOST_AUTO_TEST_CASE(a_move_of_the_bytes_to_any_other_place_does_not_open) {
  operational();
  const auto sealed = seal(place(5));
  const auto id = grant({5, 6});
  auto where = place(6);
  BOOST_TEST((ask(ipc::RevealNumber{actor(), id, where, sealed}).error().code == Code::kCorrupt));
  where = place(5);
  where.version = 2;
  BOOST_TEST((ask(ipc::RevealNumber{actor(), id, where, sealed}).error().code == Code::kCorrupt));
}

BOOST_AUTO_TEST_CASE(the_budget_holds_over_restarts_and_clock_changes) {
  limits.user_hour = 3;
  start();
  operational();
  const auto sealed = seal(place(5));
  for (int i = 0; i < 3; ++i) BOOST_TEST(reveal(grant({5}), 5, sealed).has_value());
  for (int restart = 0; restart < 3; ++restart) {
    BOOST_TEST((reveal(grant({5}), 5, sealed).error().code == Code::kBudget));
    hsm.kill();
    clock.wall_ms += 86'400'000 * (restart - 1);
    clock.mono_ms = 1000;  // the box was switched off and on
    start();
    BOOST_REQUIRE(unlock().has_value());
  }
  BOOST_TEST(count(AuditEvent::kBudgetRefused) == 3U);
  clock.mono_ms += 3'600'000;
  BOOST_TEST(reveal(grant({5}), 5, sealed).has_value());
}

BOOST_AUTO_TEST_CASE(concurrent_reveals_cannot_overdraw) {
  limits.user_hour = 4;
  start();
  operational();
  const auto sealed = seal(place(5));
  std::vector<std::shared_ptr<Pending<ipc::RevealNumber>>> all;
  std::vector<GrantId> ids;
  for (int i = 0; i < 8; ++i) ids.push_back(grant({5}));
  for (const auto id : ids) all.push_back(send(ipc::RevealNumber{actor(), id, place(5), sealed}));
  turns(60);
  BOOST_TEST(std::ranges::count_if(all, [](const auto& p) { return p->answer->has_value(); }) == 4);
}

BOOST_AUTO_TEST_CASE(when_core_goes_its_grants_go) {
  operational();
  const auto sealed = seal(place(5));
  const auto id = grant({5});
  service->closed();
  BOOST_TEST((reveal(id, 5, sealed).error().code == Code::kDenied));
}

BOOST_AUTO_TEST_CASE(opening_a_grant_is_written_before_it_is_given) {
  operational();
  ipc::OpenGrant request;
  request.actor = actor();
  request.period = base::Text<16>::literal("2026");
  BOOST_REQUIRE(request.people.push(PersonId{5}).has_value());
  BOOST_REQUIRE(request.people.push(PersonId{6}).has_value());
  const auto opened = ask(request);
  BOOST_REQUIRE(opened.has_value());
  BOOST_TEST(opened->seconds == 120);
  const auto written = entries(AuditEvent::kGrantOpened);
  BOOST_REQUIRE(written.size() == 1U);
  BOOST_TEST((written[0].grant == opened->grant && written[0].count == 2U));
  BOOST_TEST(written[0].digest.has_value());
  request.period = {};
  BOOST_TEST(!ask(request).has_value());
  BOOST_TEST((ask(ipc::UseGrant{actor(), opened->grant, base::StepUpAct::kExecuteProposal, 0})
                  .error()
                  .code == Code::kDenied));
  BOOST_TEST(count(AuditEvent::kGrantRefused) == 2U);
}

BOOST_AUTO_TEST_CASE(locked_or_full_there_is_no_reveal) {
  operational();
  const auto sealed = seal(place(5));
  BOOST_REQUIRE(ask(ipc::LockHsm{actor()}).has_value());
  BOOST_TEST((reveal(grant({5}), 5, sealed).error().code == Code::kState));
  BOOST_REQUIRE(unlock().has_value());
  ipc::Append filler;
  filler.actor = actor();
  filler.event = base::CoreEvent::kLogRead;
  const auto id = grant({5});
  // Many at once share a sync.
  for (bool room = true; room;) {
    std::vector<std::shared_ptr<Pending<ipc::Append>>> batch(256);
    for (auto& one : batch) one = send(filler);
    turns(2);
    room = std::ranges::all_of(batch, [](const auto& one) { return one->answer->has_value(); });
  }
  hsm.asked.clear();
  BOOST_TEST((reveal(id, 5, sealed).error().code == Code::kFull));
  BOOST_TEST(hsm.asked.empty());
  BOOST_TEST(ask(ipc::LockHsm{actor()}).has_value());
  filler.event = base::CoreEvent::kSignInFailed;
  BOOST_TEST(ask(filler).has_value());
  BOOST_TEST(count(AuditEvent::kLogAlarm) == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
