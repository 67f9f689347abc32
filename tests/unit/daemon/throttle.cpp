#include "daemon/throttle.h"

#include <boost/test/unit_test.hpp>

namespace {

BOOST_AUTO_TEST_SUITE(throttle)

BOOST_AUTO_TEST_CASE(the_tenth_failure_in_a_row_locks_and_each_further_ten_lock_longer) {
  core::Backoff state;
  base::WallTime now{1'000'000};
  for (int i = 0; i < 9; ++i) state = core::after_failure(state, now);
  BOOST_TEST(!core::is_locked(state, now));
  state = core::after_failure(state, now);
  BOOST_TEST(core::is_locked(state, {now.ms + 15 * 60'000 - 1}));
  BOOST_TEST(!core::is_locked(state, {now.ms + 15 * 60'000}));
  now = state.locked_until;
  for (int i = 0; i < 10; ++i) state = core::after_failure(state, now);
  BOOST_TEST((state.locked_until.ms == now.ms + 30 * 60'000));
  for (int i = 0; i < 200; ++i) state = core::after_failure(state, now);
  BOOST_TEST((state.locked_until.ms == now.ms + 24 * 3'600'000));
}

BOOST_AUTO_TEST_CASE(a_source_gets_its_failures_back_one_by_one) {
  core::Buckets<int> buckets(3, 1000);
  const base::MonoTime start{5000};
  for (int i = 0; i < 3; ++i) {
    BOOST_TEST(buckets.check(7, start).has_value());
    buckets.failed(7, start);
  }
  BOOST_TEST((buckets.check(7, start).error().code == base::Code::kLocked));
  BOOST_TEST(buckets.check(8, start).has_value());
  BOOST_TEST((buckets.check(7, {5999}).error().code == base::Code::kLocked));
  BOOST_TEST(buckets.check(7, {6000}).has_value());
  buckets.failed(7, {6000});
  BOOST_TEST((buckets.check(7, {6000}).error().code == base::Code::kLocked));
}

BOOST_AUTO_TEST_CASE(a_flood_of_sources_is_bounded) {
  core::Buckets<int> buckets(3, 1000);
  for (int i = 0; i < 6000; ++i) buckets.failed(i, {i});
  BOOST_TEST(buckets.size() <= 4096U);
  // The newest are kept.
  buckets.failed(5999, {5999});
  buckets.failed(5999, {5999});
  BOOST_TEST((buckets.check(5999, {5999}).error().code == base::Code::kLocked));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
