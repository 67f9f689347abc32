#include "daemon/throttle.h"

#include <boost/test/unit_test.hpp>

namespace {

using base::Code;
using core::Throttle;

constexpr std::int64_t kMinute = 60'000;

struct World {
  World() { BOOST_REQUIRE(registry.finish_load().has_value()); }

  static Throttle::Source from(std::string_view login, std::string_view address,
                               base::Zone zone = base::Zone::kHandling) {
    return {login, *base::IpAddress::parse(address), zone, {}};
  }
  void fail(const Throttle::Keys& keys, int times = 1) {
    for (int i = 0; i < times; ++i) registry.apply(throttle.failed(registry, keys, now));
  }
  bool free(const Throttle::Keys& keys) { return throttle.check(registry, keys, now).has_value(); }
  // Another life over the same register; the clock of the machine may be anything.
  void restart(std::int64_t mono) {
    now = {mono};
    throttle = Throttle();
    throttle.restart(now);
  }

  registry::Registry registry;
  Throttle throttle;
  base::MonoTime now{1'000'000};
};

BOOST_FIXTURE_TEST_SUITE(throttle, World)

BOOST_AUTO_TEST_CASE(the_tenth_failure_in_a_row_waits_and_each_further_ten_wait_longer) {
  const auto keys = Throttle::of_sign_in(from("tantou", "192.0.2.1"));
  fail(keys, 9);
  BOOST_TEST(free(keys));
  fail(keys);
  now.ms += 15 * kMinute - 1;
  BOOST_TEST(
      (throttle.check(registry, keys, now).error() == base::Error{Code::kLocked, "account"}));
  ++now.ms;
  BOOST_TEST(free(keys));
  fail(keys, 10);
  now.ms += 30 * kMinute - 1;
  BOOST_TEST(!free(keys));
  ++now.ms;
  BOOST_TEST(free(keys));
  fail(keys, 200);
  now.ms += 24 * 60 * kMinute;
  BOOST_TEST(free(keys));
}

BOOST_AUTO_TEST_CASE(a_success_begins_the_count_anew) {
  const auto keys = Throttle::of_sign_in(from("tantou", "192.0.2.1"));
  for (int i = 0; i < 5; ++i) {
    fail(keys, 9);
    registry.apply(throttle.succeeded(registry, keys, now));
    BOOST_TEST(free(keys));
  }
  BOOST_TEST(throttle.succeeded(registry, keys, now).empty());  // nothing to write
}

BOOST_AUTO_TEST_CASE(another_network_or_zone_locks_nobody_out) {
  const auto owner = Throttle::of_sign_in(from("tantou", "192.0.2.1"));
  fail(Throttle::of_sign_in(from("tantou", "198.51.100.7")), 10);
  BOOST_TEST(free(owner));
  fail(Throttle::of_sign_in(from("tantou", "192.0.2.1", base::Zone::kCollection)), 60);
  BOOST_TEST(free(owner));
  // The same /24 is the same network, the same /64 of IPv6 too.
  fail(Throttle::of_sign_in(from("tantou", "192.0.2.250")), 10);
  BOOST_TEST(!free(owner));
  fail(Throttle::of_sign_in(from("tantou", "2001:db8:0:1::1")), 10);
  BOOST_TEST(!free(Throttle::of_sign_in(from("tantou", "2001:db8:0:1:2:3:4:5"))));
  BOOST_TEST(free(Throttle::of_sign_in(from("tantou", "2001:db8:0:2::1"))));
}

BOOST_AUTO_TEST_CASE(many_networks_together_are_held_up_but_no_known_browser_is) {
  auto source = from("tantou", "192.0.2.1");
  source.device.emplace();
  const auto known = Throttle::of_sign_in(source);
  for (int i = 0; i < 50; ++i) {
    fail(Throttle::of_sign_in(from("tantou", "198.51." + std::to_string(i) + ".7")));
  }
  BOOST_TEST(!free(Throttle::of_sign_in(from("tantou", "192.0.2.1"))));
  BOOST_TEST(free(Throttle::of_sign_in(from("kansa", "192.0.2.1"))));
  BOOST_TEST(free(known));
  BOOST_TEST(free(Throttle::of_step_up("tantou")));
  fail(known, 10);  // it has its own ten
  BOOST_TEST(!free(known));
}

BOOST_AUTO_TEST_CASE(a_network_that_tries_many_names_waits_and_forgets_with_time) {
  const auto name = [](int i) { return "name" + std::to_string(i); };
  for (int i = 0; i < 100; ++i) fail(Throttle::of_sign_in(from(name(i), "198.51.100.7")));
  const auto next = Throttle::of_sign_in(from("another", "198.51.100.8"));
  BOOST_TEST((throttle.check(registry, next, now).error() == base::Error{Code::kLocked, "source"}));
  BOOST_TEST(free(Throttle::of_sign_in(from("another", "198.51.101.8"))));
  now.ms += 5 * kMinute;
  BOOST_TEST(free(next));
  now.ms += 100 * Throttle::kForgetMs;
  for (int i = 0; i < 99; ++i) fail(Throttle::of_sign_in(from(name(i), "198.51.100.7")));
  BOOST_TEST(free(next));
}

BOOST_AUTO_TEST_CASE(a_zone_that_is_tried_from_everywhere_waits_a_minute_at_a_time) {
  for (int i = 0; i < 500; ++i) {
    fail(Throttle::of_sign_in(
        from("name" + std::to_string(i),
             "10." + std::to_string(i / 250) + "." + std::to_string(i % 250) + ".1")));
  }
  const auto other = Throttle::of_sign_in(from("tantou", "10.9.9.1"));
  BOOST_TEST(!free(other));
  BOOST_TEST(free(Throttle::of_sign_in(from("tantou", "10.9.9.1", base::Zone::kCollection))));
  now.ms += kMinute;
  BOOST_TEST(free(other));
}

BOOST_AUTO_TEST_CASE(restarts_and_clocks_shorten_no_wait_and_bring_none_back) {
  const auto keys = Throttle::of_sign_in(from("tantou", "192.0.2.1"));
  fail(keys, 10);
  for (const std::int64_t mono : {5, 99'000'000, 1}) {
    restart(mono);
    now.ms += 15 * kMinute - 1;
    BOOST_TEST(!free(keys));
  }
  ++now.ms;
  BOOST_TEST(free(keys));
  registry.apply(throttle.tidy(registry, now));
  restart(7);
  BOOST_TEST(free(keys));
  fail(keys, 10);  // the count has lasted: the wait is the second one
  now.ms += 30 * kMinute - 1;
  BOOST_TEST(!free(keys));
  // What is empty is not kept.
  ++now.ms;
  registry.apply(throttle.succeeded(registry, keys, now));
  const auto before = registry.throttles().size();
  registry.apply(throttle.tidy(registry, now));
  BOOST_TEST(registry.throttles().size() < before);
}

BOOST_AUTO_TEST_CASE(the_register_holds_so_many_and_keeps_those_that_wait) {
  const Throttle::Keys waiting{{.id = UINT64_MAX}};
  fail(waiting, 10);
  for (std::uint64_t i = 0; i < 6000; ++i) fail({{.id = i}});
  BOOST_TEST(registry.throttles().size() == Throttle::kRecordsMax);
  BOOST_TEST(!free(waiting));
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
