#include "base/clock.h"

#include <boost/test/unit_test.hpp>

namespace {

using base::Day;
using base::WallTime;

BOOST_AUTO_TEST_SUITE(clock)

BOOST_AUTO_TEST_CASE(days_go_both_ways) {
  // Every day from 1868-01-01 to 2200, so that no leap rule is missed.
  const Day first = base::day_from_iso("1868-01-01").value();
  const Day last = base::day_from_iso("2200-12-31").value();
  BOOST_TEST(last.days - first.days == 333 * 365 + 81 - 1);  // 81 leap days
  for (std::int32_t day = first.days; day <= last.days; ++day) {
    const auto text = base::to_iso(Day{day});
    if (base::day_from_iso(text) != Day{day}) BOOST_FAIL(text);
  }
  BOOST_TEST(base::to_iso(Day{0}) == "1970-01-01");
  BOOST_TEST((base::day_from_iso("9999-12-31").has_value()));
}

BOOST_AUTO_TEST_CASE(what_is_no_day_is_refused) {
  for (const char* bad : {"", "2026-2-1", "2026-02-29", "1900-02-29", "2026-13-01", "2026-00-10",
                          "2026-01-32", "2026-01-00", "1867-12-31", "0000-01-01", "2026/01/01",
                          "2026-01-01 ", "+026-01-01", "2026-01-0x", "２０２６-01-01"}) {
    const auto refused = base::day_from_iso(bad, "hired");
    BOOST_TEST((refused.error() == base::Error{base::Code::kInvalid, "hired"}), bad);
  }
  BOOST_TEST(base::day_from_iso("2000-02-29").has_value());
}

BOOST_AUTO_TEST_CASE(times_go_both_ways) {
  for (const char* text : {"1970-01-01T00:00:00.000Z", "2026-11-22T03:04:05.678Z",
                           "2024-02-29T23:59:59.999Z", "1969-12-31T23:59:59.999Z"}) {
    BOOST_TEST(base::to_rfc3339(base::from_rfc3339(text).value()) == text);
  }
  BOOST_TEST(base::from_rfc3339("1970-01-02T00:00:00.001Z").value().ms == 86'400'001);
  BOOST_TEST(base::from_rfc3339("1969-12-31T23:59:59.999Z").value().ms == -1);
}

BOOST_AUTO_TEST_CASE(times_have_one_form) {
  for (const char* bad :
       {"2026-11-22T03:04:05Z", "2026-11-22t03:04:05.678z", "2026-11-22 03:04:05.678Z",
        "2026-11-22T24:00:00.000Z", "2026-11-22T23:60:00.000Z", "2026-11-22T23:59:60.000Z",
        "2026-11-22T03:04:05.678+09:00", "2026-02-30T03:04:05.678Z", "2026-11-22T03:04:05.67aZ"}) {
    BOOST_TEST(!base::from_rfc3339(bad).has_value(), bad);
  }
}

BOOST_AUTO_TEST_CASE(a_day_in_japan_begins_at_fifteen_utc) {
  const auto day = [](const char* text) {
    return base::to_iso(base::day_in_japan(base::from_rfc3339(text).value()));
  };
  BOOST_TEST(day("2026-11-21T14:59:59.999Z") == "2026-11-21");
  BOOST_TEST(day("2026-11-21T15:00:00.000Z") == "2026-11-22");
  BOOST_TEST(day("1969-12-31T14:59:59.999Z") == "1969-12-31");
  BOOST_TEST(day("1969-12-31T15:00:00.000Z") == "1970-01-01");
}

BOOST_AUTO_TEST_CASE(the_system_clock_does_not_run_backwards) {
  const base::SystemClock clock;
  const auto before = clock.mono();
  BOOST_TEST((clock.mono() >= before));
  BOOST_TEST((clock.wall() > base::from_rfc3339("2026-01-01T00:00:00.000Z").value()));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
