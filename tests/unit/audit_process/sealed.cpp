// The log's word on whether the appliance is sealed, and the guard of its disk.
#include <boost/test/unit_test.hpp>

#include "tests/unit/audit_process/fixture.h"

namespace {

using base::AuditEvent;
using base::Code;
using base::CoreEvent;

ipc::Append entry(CoreEvent event, const char* action, const char* reason = nullptr) {
  ipc::Append out;
  out.event = event;
  out.action = ipc::Text<32>::literal(action);
  if (reason != nullptr) out.error = base::Error{Code::kState, reason};
  return out;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(sealed, tests::ServiceFixture)

BOOST_AUTO_TEST_CASE(the_log_says_whether_it_is_sealed_also_to_a_new_process) {
  operational();
  BOOST_TEST(!ask(ipc::GetAuditFacts{})->sealed);
  BOOST_REQUIRE(ask(entry(CoreEvent::kStateChanged, "sealed", "clock_set_back")).has_value());
  BOOST_TEST(ask(ipc::GetAuditFacts{})->sealed);
  start();
  const auto facts = ask(ipc::GetAuditFacts{});
  BOOST_TEST(facts->sealed);
  BOOST_TEST(facts->sealed_by.view() == "clock_set_back");
  // What leads elsewhere than to Operational unseals nothing.
  for (const char* state : {"locked", "failed"}) {
    BOOST_REQUIRE(ask(entry(CoreEvent::kStateChanged, state)).has_value());
    BOOST_TEST(ask(ipc::GetAuditFacts{})->sealed, state);
  }
  BOOST_REQUIRE(ask(entry(CoreEvent::kStateChanged, "operational")).has_value());
  BOOST_TEST(!ask(ipc::GetAuditFacts{})->sealed);
  start();
  BOOST_TEST(!ask(ipc::GetAuditFacts{})->sealed);
}

BOOST_AUTO_TEST_CASE(tampering_is_sealing_whatever_the_state) {
  BOOST_REQUIRE(ask(entry(CoreEvent::kTampered, "cover_opened")).has_value());
  start();
  const auto facts = ask(ipc::GetAuditFacts{});
  BOOST_TEST(facts->sealed);
  BOOST_TEST(facts->sealed_by.view() == "cover_opened");
}

BOOST_AUTO_TEST_CASE(neither_a_pin_nor_a_new_core_opens_what_is_sealed) {
  operational();
  BOOST_REQUIRE(ask(ipc::LockHsm{tests::actor()}).has_value());
  BOOST_REQUIRE(ask(entry(CoreEvent::kStateChanged, "sealed")).has_value());
  const auto refused = unlock();
  BOOST_TEST((!refused && refused.error() == base::Error{Code::kState, "sealed"}));
  const auto anew = ask(ipc::UnlockHsm{tests::actor(), {}});
  BOOST_TEST((!anew && anew.error() == base::Error{Code::kState, "sealed"}));
  ipc::UnlockHsm unseal{tests::actor(), pin()};
  unseal.unseal = true;
  BOOST_TEST(ask(std::move(unseal)).has_value());
}

BOOST_AUTO_TEST_CASE(a_disk_that_is_nearly_full_takes_only_what_must_be_written) {
  operational();
  std::uint64_t free = std::uint64_t{1} << 30U;
  disk_free = [&free] { return std::optional(free); };
  start();
  BOOST_TEST(ask(ipc::GetAuditFacts{})->disk_free_mib == 1024U);
  BOOST_REQUIRE(ask(entry(CoreEvent::kLogRead, "")).has_value());
  free = std::uint64_t{1} << 20U;
  clock.mono_ms += audit::process::Service::kTickMs;
  turns(20);
  BOOST_TEST(ask(ipc::GetAuditFacts{})->disk_low);
  const auto refused = ask(entry(CoreEvent::kLogRead, ""));
  BOOST_TEST((!refused && refused.error() == base::Error{Code::kFull, "disk"}));
  BOOST_TEST(ask(entry(CoreEvent::kStateChanged, "sealed")).has_value());
  const auto alarms = entries(AuditEvent::kLogAlarm);
  BOOST_REQUIRE(alarms.size() == 1U);
  BOOST_TEST((alarms[0].error == base::Error{Code::kFull, "disk"}));
  free = std::uint64_t{1} << 30U;
  clock.mono_ms += audit::process::Service::kTickMs;
  turns(20);
  BOOST_TEST(ask(entry(CoreEvent::kLogRead, "")).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
