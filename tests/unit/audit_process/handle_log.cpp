#include <boost/test/unit_test.hpp>

#include "audit/base64.h"
#include "audit/export.h"
#include "tests/unit/audit_process/fixture.h"

namespace {

using base::AuditEvent;
using base::Code;
using base::CoreEvent;
using tests::actor;

struct Fixture : tests::ServiceFixture {
  ipc::Append append(CoreEvent event, std::uint64_t person = 0) {
    ipc::Append out;
    out.event = event;
    out.actor = actor();
    out.person = base::PersonId{person};
    return out;
  }
  std::vector<std::string> stored() { return checkpoints->spread(99, ~std::uint64_t{0}).value(); }
  audit::LogKey key() {
    const auto facts = ask(ipc::GetAuditFacts{});
    return audit::LogKey::from(facts->origin.view(), hsm.spki().view()).value();
  }
};

BOOST_FIXTURE_TEST_SUITE(handle_log, Fixture)

BOOST_AUTO_TEST_CASE(an_appended_entry_is_durable_and_says_what_core_said) {
  auto request = append(CoreEvent::kAccessDenied, 5);
  request.action = base::Text<32>::literal("reveal");
  request.error = base::Error{Code::kDenied, "zone"};
  request.ref = 42;
  const auto index = ask(request)->index;
  BOOST_TEST(log->durable() > index);
  const auto entry = log->read(index).value();
  BOOST_TEST((entry.event == audit::Event(CoreEvent::kAccessDenied)));
  BOOST_TEST((entry.person == request.person && entry.ref == 42U));
  BOOST_TEST((entry.error == request.error && entry.action == request.action));
}

BOOST_AUTO_TEST_CASE(a_number_typed_as_a_login_does_not_reach_the_log) {
  auto request = append(CoreEvent::kSignInFailed);
  request.login = base::Text<64>::literal(tests::kNumber);
  const auto index = ask(request)->index;
  BOOST_TEST(log->read(index)->login.empty());
}

BOOST_AUTO_TEST_CASE(queries_page_newest_first_through_all_that_matches) {
  for (std::uint64_t i = 0; i < 250; ++i) {
    BOOST_REQUIRE(ask(append(i % 2 == 0 ? CoreEvent::kSignedIn : CoreEvent::kApproved, 1 + i % 5)));
  }
  ipc::QueryLog query;
  query.filter.event_prefix = base::Text<32>::literal("session.");
  query.filter.person = base::PersonId{1};
  std::uint64_t last = ~std::uint64_t{0};
  std::size_t rows = 0;
  do {
    const auto page = ask(query);
    BOOST_REQUIRE(page.has_value());
    for (const auto& row : page->rows) {
      BOOST_TEST(row.index < last);
      BOOST_TEST(row.event.view() == "session.opened");
      BOOST_TEST(row.person.value == 1U);
      last = row.index;
      ++rows;
    }
    query.before = page->next_before;
  } while (query.before != 0);
  BOOST_TEST(rows == 25U);
  ipc::QueryLog all;
  const auto page = ask(all);
  BOOST_TEST(page->rows.size() == 100U);
  BOOST_TEST(page->next_before == page->rows[99].index);
}

BOOST_AUTO_TEST_CASE(a_query_reads_a_bounded_part_of_the_log) {
  for (int i = 0; i < 5000; ++i) send(append(CoreEvent::kSignedIn));
  turns();
  ipc::QueryLog query;
  query.filter.person = base::PersonId{99};
  const auto first = ask(query);
  BOOST_TEST(first->rows.empty());
  BOOST_TEST(first->next_before == log->durable() - audit::process::Service::kQueryScanMax);
  query.before = first->next_before;
  BOOST_TEST(ask(query)->next_before == 0U);
}

BOOST_AUTO_TEST_CASE(a_query_filters_by_time) {
  const auto first = clock.wall_ms;
  BOOST_REQUIRE(ask(append(CoreEvent::kSignedIn)));
  clock.wall_ms += 1000;
  BOOST_REQUIRE(ask(append(CoreEvent::kSignedIn)));
  ipc::QueryLog query;
  query.filter.event_prefix = base::Text<32>::literal("session.");
  query.filter.from = base::WallTime{first + 1};
  BOOST_TEST(ask(query)->rows.size() == 1U);
  query.filter.from = {};
  query.filter.to = base::WallTime{first + 1000};
  BOOST_TEST(ask(query)->rows.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_checkpoint_is_signed_over_what_is_on_disk_and_kept) {
  BOOST_TEST((ask(ipc::MakeCheckpoint{}).error().code == Code::kState));
  operational();
  const auto made = ask(ipc::MakeCheckpoint{});
  BOOST_REQUIRE(made.has_value());
  const auto opened = audit::open_checkpoint(base::as_text(made->note.view()), key());
  BOOST_REQUIRE(opened.has_value());
  BOOST_TEST(opened->size == made->size);
  BOOST_TEST(audit::to_base64(opened->root.view()) == made->root.view());
  BOOST_TEST(stored().size() == 1U);
  start();
  BOOST_TEST(checkpoints->last().size == made->size);
}

BOOST_AUTO_TEST_CASE(a_token_that_signs_something_else_gives_no_checkpoint) {
  operational();
  hsm.wrong_signature = true;
  BOOST_TEST((ask(ipc::MakeCheckpoint{}).error().code == Code::kCorrupt));
  BOOST_TEST(stored().empty());
}

BOOST_AUTO_TEST_CASE(a_checkpoint_follows_a_change_within_a_minute_and_silence_is_broken_hourly) {
  operational();
  const auto pass = [&](std::int64_t ms) {
    for (; ms > 0; ms -= 1000) {
      clock.mono_ms += 1000;
      clock.wall_ms += 1000;
      turns(6);
    }
  };
  pass(61'000);
  BOOST_TEST(stored().size() == 1U);
  BOOST_TEST(checkpoints->last().size == log->durable());
  pass(600'000);
  BOOST_TEST(stored().size() == 1U);
  pass(3'100'000);
  BOOST_TEST(count(AuditEvent::kHeartbeat) == 1U);
  BOOST_TEST(stored().size() == 2U);
}

BOOST_AUTO_TEST_CASE(an_export_is_complete_and_sealed_and_leads_from_earlier_checkpoints) {
  operational();
  BOOST_REQUIRE(ask(ipc::MakeCheckpoint{}));
  BOOST_REQUIRE(ask(append(CoreEvent::kSignedIn)));
  const auto made = ask(ipc::MakeExport{actor()});
  BOOST_REQUIRE(made.has_value());
  BOOST_TEST(made->entries == checkpoints->last().size);
  BOOST_TEST((log->read(made->entries - 1)->event == audit::Event(AuditEvent::kExported)));
  const auto bytes = base::read_sealed(made->tar, 16U << 20U);
  BOOST_REQUIRE(bytes.has_value());
  const auto index = audit::read_tar(
      [&](std::uint64_t offset, std::span<std::uint8_t> out) -> base::Result<> {
        std::ranges::copy(base::ByteSpan(*bytes).subspan(offset, out.size()), out.begin());
        return {};
      },
      bytes->size());
  BOOST_REQUIRE(index.has_value());
  BOOST_TEST(index->contains(audit::log_file_name(0)));
  BOOST_TEST(std::ranges::count_if(
                 *index, [](const auto& file) { return file.first.starts_with("earlier/"); }) == 1);
}

BOOST_AUTO_TEST_CASE(a_long_export_holds_nobody_up) {
  operational();
  constexpr std::uint64_t kSlices = 5;
  while (log->size() < kSlices * audit::process::Service::kExportSlice) {
    audit::Entry entry;
    entry.t = clock.wall();
    entry.run = log->last_run();
    entry.event = CoreEvent::kSignedIn;
    BOOST_REQUIRE(log->append(std::move(entry)).has_value());
  }
  BOOST_REQUIRE(log->sync().has_value());
  const auto made = send(ipc::MakeExport{actor()});
  std::size_t answered = 0;
  while (!made->answer && answered < 1000) {
    BOOST_REQUIRE(ask(ipc::GetAuditFacts{}));
    turns(1);
    ++answered;
  }
  BOOST_TEST(answered > kSlices);
  BOOST_REQUIRE(made->answer.has_value());
  BOOST_TEST(made->answer->has_value());
}

BOOST_AUTO_TEST_CASE(a_note_that_a_crash_cut_off_is_dropped) {
  operational();
  const auto made = ask(ipc::MakeCheckpoint{});
  BOOST_REQUIRE(made.has_value());
  const std::string note(base::as_text(made->note.view()));
  stop();
  {
    auto file = disk.open(dir.path() + "/checkpoints", /*create=*/false).value();
    const auto size = disk.size(file).value();
    BOOST_REQUIRE(disk.write(file, size, base::as_bytes(note.substr(0, note.size() - 9))));
  }
  start();
  BOOST_TEST(stored().size() == 1U);
  BOOST_REQUIRE(unlock().has_value());
  BOOST_REQUIRE(ask(ipc::MakeCheckpoint{}));
  start();
  BOOST_TEST(stored().size() == 2U);
}

BOOST_AUTO_TEST_CASE(the_log_keeps_its_name) {
  const auto name = ask(ipc::GetAuditFacts{})->origin;
  start();
  BOOST_TEST((ask(ipc::GetAuditFacts{})->origin == name));
  const auto opened = entries(AuditEvent::kLogOpened);
  BOOST_TEST(opened.size() == 2U);
  BOOST_TEST((opened[1].origin == name && opened[1].count == opened[1].n));
}

BOOST_AUTO_TEST_CASE(a_peer_that_breaks_the_rules_is_written_down) {
  service->violated({Code::kProtocol, "tag"});
  service->closed();
  BOOST_TEST(count(AuditEvent::kPeerDropped) == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
