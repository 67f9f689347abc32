#include <boost/test/unit_test.hpp>

#include "tests/unit/audit_process/fixture.h"

namespace {

using base::AuditEvent;
using base::Code;
using tests::actor;
using tests::kPin;

BOOST_FIXTURE_TEST_SUITE(handle_keys, tests::ServiceFixture)

BOOST_AUTO_TEST_CASE(enrolling_makes_the_fixed_keys_once) {
  BOOST_TEST((unlock().error() == base::Error{Code::kState, "enrol"}));
  const auto made = unlock(kPin, /*enrol=*/true);
  BOOST_REQUIRE(made.has_value());
  BOOST_TEST(made->register_key.size() == 32U);
  BOOST_TEST(hsm.keys.size() == 6U);
  BOOST_TEST((unlock(kPin, /*enrol=*/true).error().code == Code::kDuplicate));
  BOOST_TEST(count(AuditEvent::kHsmEnrolled) == 1U);
  BOOST_TEST(ask(ipc::GetAuditFacts{})->hsm_enrolled);
}

BOOST_AUTO_TEST_CASE(an_enrolment_that_was_cut_off_is_gone_on_from) {
  hsm.keys.insert({ipc::KeyUse::kRegister, 0});
  BOOST_REQUIRE(unlock(kPin, /*enrol=*/true).has_value());
  BOOST_TEST(hsm.keys.size() == 6U);
}

BOOST_AUTO_TEST_CASE(the_register_key_is_the_same_after_a_restart) {
  const auto first = unlock(kPin, /*enrol=*/true);
  start();
  const auto second = unlock();
  BOOST_REQUIRE(second.has_value());
  BOOST_TEST(first->register_key.equals(second->register_key));
}

BOOST_AUTO_TEST_CASE(a_core_that_restarts_rejoins_without_a_pin_only_while_unlocked) {
  BOOST_TEST((unlock("").error().code == Code::kState));
  BOOST_REQUIRE(unlock(kPin, /*enrol=*/true).has_value());
  const auto logins = hsm.logins;
  BOOST_TEST(unlock("").has_value());
  BOOST_TEST(unlock().has_value());
  BOOST_TEST((unlock("wrong").error().code == Code::kDenied));
  BOOST_TEST(unlock("").has_value());
  BOOST_TEST(hsm.logins == logins);
  BOOST_REQUIRE(ask(ipc::LockHsm{actor()}).has_value());
  BOOST_TEST((unlock("").error().code == Code::kState));
}

BOOST_AUTO_TEST_CASE(after_three_wrong_pins_every_try_waits_also_after_a_restart) {
  BOOST_REQUIRE(unlock(kPin, /*enrol=*/true).has_value());
  BOOST_REQUIRE(ask(ipc::LockHsm{actor()}).has_value());
  for (int i = 0; i < 3; ++i) BOOST_TEST((unlock("wrong").error().code == Code::kDenied));
  BOOST_TEST((unlock().error().code == Code::kLocked));
  start();
  const auto logins = hsm.logins;
  BOOST_TEST((unlock().error().code == Code::kLocked));
  BOOST_TEST(hsm.logins == logins);
  clock.mono_ms += 60'000;
  BOOST_TEST(unlock().has_value());
  BOOST_TEST(count(AuditEvent::kHsmUnlockFailed) == 3U);
}

BOOST_AUTO_TEST_CASE(after_a_restart_of_the_hsm_process_it_logs_in_again_and_loads_the_salts) {
  operational();
  BOOST_TEST(hsm.salts.size() == 2U);
  hsm.kill();
  turns();
  BOOST_TEST(!service->hsm().ready());
  BOOST_TEST((ask(ipc::SignTls{}).error().code == Code::kUnavailable));
  clock.mono_ms += 100;
  turns(40);
  BOOST_TEST(service->hsm().ready());
  BOOST_TEST(hsm.salts.size() == 2U);
  BOOST_TEST(ask(ipc::SignTls{}).has_value());
  BOOST_TEST(count(AuditEvent::kHsmFault) == 1U);
}

BOOST_AUTO_TEST_CASE(reconnecting_backs_off_and_goes_on) {
  BOOST_REQUIRE(unlock(kPin, /*enrol=*/true).has_value());
  hsm.down = true;
  hsm.kill();
  turns();
  hsm.connects = 0;
  for (int i = 0; i < 600; ++i) {
    clock.mono_ms += 100;
    turns(2);
  }
  BOOST_TEST(hsm.connects > 20U);
  BOOST_TEST(hsm.connects < 60U);
  hsm.down = false;
  clock.mono_ms += 2000;
  turns(40);
  BOOST_TEST(service->hsm().ready());
}

BOOST_AUTO_TEST_CASE(a_pin_that_is_refused_after_a_restart_is_forgotten) {
  operational();
  hsm.change_pin("another");
  hsm.kill();
  turns();
  const auto logins = hsm.logins;
  for (int i = 0; i < 100; ++i) {
    clock.mono_ms += 1000;
    turns(4);
  }
  BOOST_TEST(hsm.logins == logins + 1);
  BOOST_TEST(!service->hsm().wanted());
  BOOST_TEST(count(AuditEvent::kHsmUnlockFailed) == 1U);
}

BOOST_AUTO_TEST_CASE(a_call_that_is_not_answered_times_out_and_drops_the_connection) {
  operational();
  hsm.hold = true;
  const auto pending = send(ipc::SignTls{});
  turns();
  BOOST_TEST(!pending->answer.has_value());
  clock.mono_ms += 1500;
  turns();
  BOOST_TEST((pending->answer->error().code == Code::kTimeout));
  BOOST_TEST(!service->hsm().ready());
  hsm.release();
  clock.mono_ms += 100;
  turns(40);
  BOOST_TEST(service->hsm().ready());
}

BOOST_AUTO_TEST_CASE(locking_forgets_the_pin_even_when_the_hsm_is_gone) {
  operational();
  hsm.down = true;
  hsm.kill();
  turns();
  BOOST_TEST(service->hsm().wanted());
  BOOST_TEST(ask(ipc::LockHsm{actor()}).has_value());
  BOOST_TEST(!service->hsm().wanted());
  hsm.down = false;
  for (int i = 0; i < 20; ++i) {
    clock.mono_ms += 1000;
    turns(4);
  }
  BOOST_TEST(!hsm.logged_in);
  BOOST_TEST(count(AuditEvent::kHsmLocked) == 1U);
}

BOOST_AUTO_TEST_CASE(an_epoch_is_made_once_opened_the_same_and_destroyed_for_good) {
  operational();
  const auto made = ask(ipc::CreateEpoch{actor(), 7});
  BOOST_REQUIRE(made.has_value());
  BOOST_TEST((ask(ipc::CreateEpoch{actor(), 7}).error().code == Code::kConflict));
  BOOST_TEST(ask(ipc::OpenEpoch{7})->state_key.equals(made->state_key));
  BOOST_TEST((ask(ipc::OpenEpoch{8}).error().code == Code::kNotFound));
  BOOST_TEST(ask(ipc::ListKeys{})->epochs.size() == 1U);
  BOOST_TEST(ask(ipc::DestroyEpoch{actor(), 7}).has_value());
  BOOST_TEST(ask(ipc::DestroyEpoch{actor(), 7}).has_value());
  BOOST_TEST((ask(ipc::OpenEpoch{7}).error().code == Code::kNotFound));
  BOOST_TEST(count(AuditEvent::kDestroyIntent) == 2U);
  BOOST_TEST(count(AuditEvent::kKeyGone) == 2U);
}

BOOST_AUTO_TEST_CASE(a_certificate_is_written_down_before_it_is_signed) {
  operational();
  hsm.fail_next = base::Error{Code::kIo, "token"};
  BOOST_TEST(!ask(ipc::SignDisposalCertificate{actor(), base::DisposalId{3}, {}}).has_value());
  BOOST_TEST(ask(ipc::SignDisposalCertificate{actor(), base::DisposalId{3}, {}}).has_value());
  BOOST_TEST(count(AuditEvent::kCertificateSigned) == 2U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
