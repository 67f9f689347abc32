// The acceptor's memory of sources: limits and penalties.
#include "web/acceptor.h"

#include <boost/test/unit_test.hpp>

namespace {

web::Sources::Source source(std::string_view address) {
  return web::Sources::of(*base::IpAddress::parse(address));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(web_acceptor)

BOOST_AUTO_TEST_CASE(a_source_is_an_address_or_a_64) {
  BOOST_CHECK(source("192.0.2.1") != source("192.0.2.2"));
  BOOST_CHECK(source("2001:db8::1") == source("2001:db8::ffff:1"));
  BOOST_CHECK(source("2001:db8::1") != source("2001:db8:0:1::1"));
  BOOST_CHECK(source("::ffff:192.0.2.1") == source("192.0.2.1"));
}

BOOST_AUTO_TEST_CASE(each_source_has_its_limit) {
  web::Sources sources(2);
  const auto one = source("192.0.2.1");
  const base::MonoTime now{1000};
  BOOST_TEST(sources.enter(one, now));
  BOOST_TEST(sources.enter(one, now));
  BOOST_TEST(!sources.enter(one, now));
  BOOST_TEST(sources.enter(source("192.0.2.2"), now));
  sources.leave(one);
  BOOST_TEST(sources.enter(one, now));
}

BOOST_AUTO_TEST_CASE(what_has_left_is_forgotten) {
  web::Sources sources(2);
  BOOST_TEST(sources.enter(source("192.0.2.1"), {0}));
  BOOST_TEST(sources.size() == 1U);
  sources.leave(source("192.0.2.1"));
  BOOST_TEST(sources.size() == 0U);
}

BOOST_AUTO_TEST_CASE(crashes_cost_time_and_more_each_time) {
  web::Sources sources(8);
  const auto one = source("192.0.2.1");
  BOOST_TEST(sources.enter(one, {0}));
  sources.penalise(one, {0});
  BOOST_TEST(!sources.enter(one, {web::Sources::kPenaltyMs - 1}));
  BOOST_TEST(sources.enter(source("192.0.2.2"), {0}));
  BOOST_TEST(sources.enter(one, {web::Sources::kPenaltyMs}));
  sources.penalise(one, {10'000});
  BOOST_TEST(!sources.enter(one, {10'000 + web::Sources::kPenaltyMs}));
  BOOST_TEST(sources.enter(one, {10'000 + 2 * web::Sources::kPenaltyMs}));
  // Long quiet is forgiven: the next penalty is the first again.
  const base::MonoTime later{10'000 + 2 * web::Sources::kPenaltyMs + web::Sources::kPardonMs + 1};
  BOOST_TEST(sources.enter(one, later));
  sources.penalise(one, later);
  BOOST_TEST(sources.enter(one, {later.ms + web::Sources::kPenaltyMs}));
  for (int i = 0; i < 100; ++i) sources.penalise(one, later);
  BOOST_TEST(!sources.enter(one, {later.ms + web::Sources::kPenaltyMsMax - 1}));
  BOOST_TEST(sources.enter(one, {later.ms + web::Sources::kPenaltyMsMax}));
}

BOOST_AUTO_TEST_SUITE_END()
