#include "audit/process/commit.h"

#include <boost/test/unit_test.hpp>

#include "tests/unit/audit_process/fakes.h"

namespace {

using audit::Entry;
using audit::Priority;
using audit::process::Journal;
using base::AuditEvent;
using base::Code;
using base::Task;

Entry entry(AuditEvent event = AuditEvent::kHeartbeat) {
  Entry out;
  out.event = event;
  return out;
}

struct Fixture {
  tests::TempDir dir;
  tests::CountingDisk disk;
  tests::FakeClock clock;
  std::unique_ptr<base::Loop> loop = base::Loop::open(clock).value();
  std::unique_ptr<audit::Log> log =
      audit::Log::open({dir.path(), 1U << 20U, 1U << 17U}, disk).value();
  std::optional<base::Error> fatal;
  Journal journal{*loop, *log, false, [this](base::Error why) { fatal = why; }};
  std::vector<std::uint64_t> done;

  Task<void> write(AuditEvent event) {
    const auto index = co_await journal.append_durable(entry(event));
    if (index) done.push_back(*index);
  }
};

BOOST_FIXTURE_TEST_SUITE(commit, Fixture)

BOOST_AUTO_TEST_CASE(entries_of_one_turn_share_one_sync_and_nobody_goes_on_before_it) {
  disk.syncs = 0;
  for (int i = 0; i < 32; ++i) base::spawn(write(AuditEvent::kHeartbeat));
  BOOST_TEST(done.empty());
  BOOST_TEST(log->durable() == 0U);
  BOOST_REQUIRE(loop->turn(0).has_value());
  BOOST_TEST(done.size() == 32U);
  BOOST_TEST(log->durable() == 32U);
  BOOST_TEST(disk.syncs == 1U);
}

BOOST_AUTO_TEST_CASE(what_is_appended_after_a_sync_waits_for_the_next) {
  base::spawn([](Fixture& self) -> Task<void> {
    co_await self.write(AuditEvent::kHeartbeat);
    co_await self.write(AuditEvent::kExported);
  }(*this));
  BOOST_REQUIRE(loop->turn(0).has_value());
  BOOST_TEST(done.size() == 1U);
  BOOST_TEST(log->durable() == 1U);
  BOOST_REQUIRE(loop->turn(0).has_value());
  BOOST_TEST(done.size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_group_waits_a_moment_for_half_of_the_last_one) {
  for (int i = 0; i < 8; ++i) base::spawn(write(AuditEvent::kHeartbeat));
  BOOST_REQUIRE(loop->turn(0).has_value());
  BOOST_TEST(done.size() == 8U);
  for (int i = 0; i < 3; ++i) base::spawn(write(AuditEvent::kHeartbeat));
  BOOST_REQUIRE(loop->turn(0).has_value());
  BOOST_TEST(done.size() == 8U);  // three of eight: not yet
  base::spawn(write(AuditEvent::kHeartbeat));
  BOOST_REQUIRE(loop->turn(0).has_value());
  BOOST_TEST(done.size() == 12U);
  base::spawn(write(AuditEvent::kHeartbeat));
  BOOST_REQUIRE(loop->turn(0).has_value());
  BOOST_TEST(done.size() == 12U);
  clock.mono_ms += Journal::kGatherMs;
  BOOST_REQUIRE(loop->turn(0).has_value());
  BOOST_TEST(done.size() == 13U);  // nobody else came
  base::spawn(write(AuditEvent::kHeartbeat));
  BOOST_REQUIRE(loop->turn(0).has_value());
  BOOST_TEST(done.size() == 14U);  // alone again: at once
}

BOOST_AUTO_TEST_CASE(a_lazy_entry_is_on_disk_soon_without_anybody_waiting) {
  BOOST_REQUIRE(journal.append(entry()).has_value());
  BOOST_REQUIRE(loop->turn(0).has_value());
  BOOST_TEST(log->durable() == 0U);
  clock.mono_ms += Journal::kLazyMs;
  BOOST_REQUIRE(loop->turn(0).has_value());
  BOOST_TEST(log->durable() == 1U);
}

BOOST_AUTO_TEST_CASE(a_failed_sync_is_fatal_and_resumes_nobody) {
  disk.fail_syncs = true;
  base::spawn(write(AuditEvent::kHeartbeat));
  BOOST_REQUIRE(loop->turn(0).has_value());
  BOOST_REQUIRE(fatal.has_value());
  BOOST_TEST((fatal->code == Code::kIo));
  BOOST_TEST(done.empty());
}

BOOST_AUTO_TEST_CASE(entries_carry_wall_time_and_run_time) {
  clock.mono_ms += 70;
  clock.wall_ms -= 500;
  base::spawn(write(AuditEvent::kHeartbeat));
  BOOST_REQUIRE(loop->turn(0).has_value());
  const Entry read = log->read(0).value();
  BOOST_TEST(read.t.ms == clock.wall_ms);
  BOOST_TEST(read.run == 70U);
}

BOOST_AUTO_TEST_CASE(the_alarm_is_raised_once_at_four_fifths_and_the_reserve_is_kept) {
  std::uint64_t written = 0;
  base::Result<std::uint64_t> last = std::uint64_t{0};
  while ((last = journal.append(entry())).has_value()) ++written;
  BOOST_TEST((last.error().code == Code::kFull));
  BOOST_TEST(journal.append(entry(AuditEvent::kHsmLocked), Priority::kReserve).has_value());
  BOOST_REQUIRE(log->sync().has_value());
  std::uint64_t alarms = 0;
  std::uint64_t at = 0;
  BOOST_REQUIRE(log->scan_back(0,
                               [&](const Entry& e) {
                                 if (e.event == audit::Event(AuditEvent::kLogAlarm)) {
                                   ++alarms;
                                   at = e.n;
                                 }
                                 return true;
                               })
                    .has_value());
  BOOST_TEST(alarms == 1U);
  BOOST_TEST(at > written * 7 / 10);
  BOOST_TEST(at < written * 9 / 10);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
