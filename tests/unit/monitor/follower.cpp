// The follower over a log and a collector that may be gone.
#include "monitor/follower.h"

#include <boost/test/unit_test.hpp>
#include <vector>

namespace {

using base::Code;
using monitor::Follower;

struct Log {
  std::uint64_t size = 0;
  bool collector_up = true;
  bool core_up = true;
  std::vector<std::string> sent;
  Follower follower{[this](std::uint64_t from) { return fetch(from); },
                    [this](const std::string& frame) -> base::Result<> {
                      if (!collector_up) return base::fail(Code::kUnavailable, "collector");
                      sent.push_back(frame);
                      return {};
                    },
                    "box"};

  base::Result<ipc::FollowLog::Reply> fetch(std::uint64_t from) const {
    if (!core_up) return base::fail(Code::kUnavailable, "core");
    ipc::FollowLog::Reply reply;
    reply.size = size;
    for (std::uint64_t n = from; n < size && !reply.rows.full(); ++n) {
      ipc::LogRow row;
      row.index = n;
      row.event = base::Text<32>::literal("heartbeat");
      BOOST_REQUIRE(reply.rows.push(std::move(row)).has_value());
    }
    return reply;
  }
  [[nodiscard]] bool step() { return follower.step({}).has_value(); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(follower, Log)

BOOST_AUTO_TEST_CASE(each_entry_is_sent_once_and_in_order) {
  size = 3;
  BOOST_TEST(step());
  size = 250;
  BOOST_TEST(step());
  BOOST_REQUIRE(sent.size() == 250U);
  BOOST_TEST(sent[249].contains("n=\"249\""));
  BOOST_TEST(step());
  BOOST_TEST(sent.size() == 250U);
}

BOOST_AUTO_TEST_CASE(a_start_goes_back_a_little) {
  size = 1000;
  BOOST_TEST(step());
  BOOST_REQUIRE(sent.size() == Follower::kAgain);
  BOOST_TEST(sent[0].contains("n=\"900\""));
}

BOOST_AUTO_TEST_CASE(what_the_collector_does_not_take_waits_in_the_log) {
  size = 10;
  BOOST_TEST(step());
  collector_up = false;
  size = 500;
  BOOST_TEST(!step());
  BOOST_TEST(!step());
  collector_up = true;
  BOOST_TEST(step());
  // The ten that TCP had taken are sent again: nobody knows whether they arrived.
  BOOST_REQUIRE(sent.size() == 510U);
  BOOST_TEST(sent[10].contains("n=\"0\""));
  BOOST_TEST(sent[509].contains("n=\"499\""));
  BOOST_TEST(follower.dropped() == 0U);
}

BOOST_AUTO_TEST_CASE(who_falls_too_far_behind_goes_on_and_says_how_much_is_missing) {
  size = 10;
  BOOST_TEST(step());
  sent.clear();
  collector_up = false;
  size = 10 + Follower::kBehindMax + 5;
  BOOST_TEST(!step());
  collector_up = true;
  BOOST_TEST(step());
  BOOST_TEST(follower.dropped() == 5U);
  BOOST_REQUIRE(sent.size() == Follower::kBehindMax + 1);
  BOOST_TEST(sent[0].contains("syslog.dropped [entry@32473 n=\"10\" count=\"5\"]"));
  BOOST_TEST(sent[1].contains("n=\"15\""));
}

BOOST_AUTO_TEST_CASE(without_core_nothing_is_sent_and_nothing_is_lost) {
  core_up = false;
  BOOST_TEST(!step());
  core_up = true;
  size = 2;
  BOOST_TEST(step());
  BOOST_TEST(sent.size() == 2U);
}

BOOST_AUTO_TEST_SUITE_END()
