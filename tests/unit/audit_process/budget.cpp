#include "audit/process/budget.h"

#include <boost/test/unit_test.hpp>
#include <random>
#include <vector>

#include "tests/unit/audit_process/fakes.h"

namespace {

using audit::process::Budget;
using audit::process::RunClock;
using base::AccountId;
using base::Code;

constexpr AccountId kUser{1};
constexpr AccountId kOther{2};

BOOST_AUTO_TEST_SUITE(budget)

BOOST_AUTO_TEST_CASE(each_limit_refuses_by_its_name) {
  Budget one({.user_hour = 2, .user_day = 3, .box_hour = 4, .box_day = 5});
  std::uint64_t run = 0;
  one.count(kUser, run);
  BOOST_TEST(one.check(kUser, run).has_value());
  one.count(kUser, run);
  BOOST_TEST((one.check(kUser, run).error() == base::Error{Code::kBudget, "user_hour"}));
  BOOST_TEST(one.check(kOther, run).has_value());
  run += Budget::kHour;
  BOOST_TEST(one.check(kUser, run).has_value());
  one.count(kUser, run);
  BOOST_TEST((one.check(kUser, run).error() == base::Error{Code::kBudget, "user_day"}));
  one.count(kOther, run);
  BOOST_TEST(one.check(kOther, run).has_value());
  one.count(kOther, run);
  run += Budget::kHour;
  BOOST_TEST((one.check(kOther, run).error() == base::Error{Code::kBudget, "box_day"}));
}

BOOST_AUTO_TEST_CASE(the_box_has_an_hour_of_its_own) {
  Budget box({.user_hour = 9, .user_day = 9, .box_hour = 2, .box_day = 9});
  box.count(kUser, 5);
  box.count(kOther, 5);
  BOOST_TEST((box.check(AccountId{3}, 6).error() == base::Error{Code::kBudget, "box_hour"}));
  BOOST_TEST(box.check(AccountId{3}, 5 + Budget::kHour).has_value());
}

BOOST_AUTO_TEST_CASE(what_is_left_is_the_least_of_both) {
  Budget some({.user_hour = 3, .user_day = 10, .box_hour = 4, .box_day = 6});
  some.count(kUser, 0);
  some.count(kOther, 0);
  some.count(kOther, 0);
  BOOST_TEST(some.left(kUser, 0).hour == 1U);
  BOOST_TEST(some.left(kUser, 0).day == 3U);
  BOOST_TEST(some.left(kUser, Budget::kHour).hour == 3U);
  BOOST_TEST(some.left(kUser, Budget::kDay).day == 6U);
}

BOOST_AUTO_TEST_CASE(a_zero_limit_allows_nothing) {
  const Budget none({});
  BOOST_TEST((none.check(kUser, 0).error().code == Code::kBudget));
}

// The deques drop what they need not keep; the answers equal those of a list that keeps all.
BOOST_AUTO_TEST_CASE(sliding_windows_are_exact) {
  std::mt19937_64 random(20'261'122);
  const audit::process::BudgetLimits limits{
      .user_hour = 5, .user_day = 17, .box_hour = 12, .box_day = 60};
  Budget budget(limits);
  std::vector<std::pair<AccountId, std::uint64_t>> all;
  std::uint64_t run = 0;
  int refused = 0;
  for (int step = 0; step < 20'000; ++step) {
    run += random() % (random() % 40 == 0 ? Budget::kHour : 600'000);
    const AccountId who{1 + random() % 6};
    const auto used = [&](bool own, std::uint64_t window) {
      std::uint32_t count = 0;
      for (auto it = all.rbegin(); it != all.rend() && it->second + window > run; ++it) {
        count += !own || it->first == who ? 1U : 0U;
      }
      return count;
    };
    const bool expected = used(true, Budget::kHour) < limits.user_hour &&
                          used(true, Budget::kDay) < limits.user_day &&
                          used(false, Budget::kHour) < limits.box_hour &&
                          used(false, Budget::kDay) < limits.box_day;
    BOOST_REQUIRE(budget.check(who, run).has_value() == expected);
    if (!expected) {
      ++refused;
      continue;
    }
    budget.count(who, run);
    all.emplace_back(who, run);
  }
  BOOST_TEST(refused > 1000);
}

BOOST_AUTO_TEST_CASE(more_than_the_limits_read_back_still_refuse) {
  Budget lowered({.user_hour = 2, .user_day = 2, .box_hour = 3, .box_day = 3});
  for (std::uint64_t i = 0; i < 100; ++i) lowered.count(kUser, i);
  BOOST_TEST(!lowered.check(kUser, 100).has_value());
  BOOST_TEST(!lowered.check(kUser, 97 + Budget::kDay).has_value());
  BOOST_TEST(lowered.check(kUser, 99 + Budget::kDay).has_value());
}

BOOST_AUTO_TEST_CASE(run_time_ignores_the_wall_clock_and_goes_on_from_the_last_entry) {
  tests::FakeClock clock;
  const RunClock run(clock, 500);
  BOOST_TEST(run.now() == 500U);
  clock.mono_ms += 30;
  clock.wall_ms += 999'999'999;
  BOOST_TEST(run.now() == 530U);
  clock.wall_ms -= 9'999'999'999;
  BOOST_TEST(run.now() == 530U);
  const RunClock after_restart(clock, run.now());
  clock.mono_ms += 5;
  BOOST_TEST(after_restart.now() == 535U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
