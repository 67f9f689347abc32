// Opening hours: days and minutes are Japan's, over midnight too; without a row nothing is closed;
// an emergency ends by whichever clock is first.
#include "policy/hours.h"

#include <boost/test/unit_test.hpp>

namespace {

using base::Role;
using base::Zone;
using policy::Opening;

constexpr std::uint32_t bit(Role role) { return std::uint32_t{1} << static_cast<unsigned>(role); }
constexpr std::uint8_t kMonday = 1U << 1U;
constexpr std::uint8_t kFriday = 1U << 5U;
constexpr std::uint8_t kSaturday = 1U << 6U;
constexpr std::uint8_t kAllDays = 0x7f;
constexpr std::uint16_t kNine = 9 * 60;
constexpr std::uint16_t kSix = 18 * 60;

base::WallTime at(std::string_view utc) { return *base::from_rfc3339(utc); }

Opening row(std::uint8_t days, std::uint16_t opens, std::uint16_t closes,
            Role role = Role::kHandler) {
  return {Zone::kHandling, bit(role), days, opens, closes};
}
bool handler_at(const std::vector<Opening>& rows, std::string_view utc) {
  return policy::is_open(rows, Role::kHandler, Zone::kHandling, at(utc));
}

BOOST_AUTO_TEST_SUITE(hours)

BOOST_AUTO_TEST_CASE(a_role_without_a_row_for_its_zone_is_always_open) {
  const std::vector<Opening> rows = {row(kMonday, kNine, kSix)};
  const base::WallTime sunday = at("2026-11-22T03:00:00.000Z");
  BOOST_TEST(policy::is_open({}, Role::kHandler, Zone::kHandling, sunday));
  BOOST_TEST(policy::is_open(rows, Role::kAuditor, Zone::kHandling, sunday));
  BOOST_TEST(policy::is_open(rows, Role::kHandler, Zone::kCollection, sunday));
  BOOST_TEST(!policy::is_open(rows, Role::kHandler, Zone::kHandling, sunday));
}

BOOST_AUTO_TEST_CASE(it_opens_with_its_first_minute_and_closes_with_its_last_in_japan) {
  const std::vector<Opening> rows = {row(kMonday, kNine, kSix)};  // 2026-11-23 is a Monday
  BOOST_TEST(!handler_at(rows, "2026-11-22T23:59:59.999Z"));
  BOOST_TEST(handler_at(rows, "2026-11-23T00:00:00.000Z"));  // 09:00
  BOOST_TEST(handler_at(rows, "2026-11-23T08:59:59.999Z"));
  BOOST_TEST(!handler_at(rows, "2026-11-23T09:00:00.000Z"));  // 18:00
  BOOST_TEST(!handler_at(rows, "2026-11-24T00:00:00.000Z"));  // the same minute of a Tuesday
  // Before 1970 as after.
  BOOST_TEST(policy::is_open(std::vector<Opening>{row(1U << 3U, 0, policy::kDayMinutes)},
                             Role::kHandler, Zone::kHandling,
                             {-86'400'000 - 9 * 3'600'000}));  // a Wednesday
}

BOOST_AUTO_TEST_CASE(every_day_of_the_week_is_its_own) {
  for (std::int64_t i = 0; i < 14; ++i) {
    const base::WallTime noon{at("2026-11-22T03:00:00.000Z").ms + i * 86'400'000};  // a Sunday
    for (unsigned day = 0; day < 7; ++day) {
      const auto days = static_cast<std::uint8_t>(1U << day);
      BOOST_TEST(policy::is_open(std::vector<Opening>{row(days, kNine, kSix)}, Role::kHandler,
                                 Zone::kHandling, noon) == (i % 7 == day));
    }
  }
}

BOOST_AUTO_TEST_CASE(over_midnight_is_the_evening_and_the_morning_after) {
  const std::vector<Opening> rows = {row(kFriday, 22 * 60, 5 * 60)};
  BOOST_TEST(!handler_at(rows, "2026-11-27T12:59:00.000Z"));  // Friday 21:59
  BOOST_TEST(handler_at(rows, "2026-11-27T13:00:00.000Z"));
  BOOST_TEST(handler_at(rows, "2026-11-27T19:59:00.000Z"));   // Saturday 04:59
  BOOST_TEST(!handler_at(rows, "2026-11-27T20:00:00.000Z"));  // 05:00
  BOOST_TEST(!handler_at(rows, "2026-11-26T19:00:00.000Z"));  // Friday 04:00: not of Thursday
  BOOST_TEST(!handler_at(rows, "2026-11-26T14:00:00.000Z"));  // Thursday 23:00
  // From Saturday into Sunday.
  BOOST_TEST(handler_at({row(kSaturday, 22 * 60, 5 * 60)}, "2026-11-28T16:00:00.000Z"));
}

BOOST_AUTO_TEST_CASE(any_of_several_rows_opens) {
  const std::vector<Opening> rows = {row(kMonday, kNine, 12 * 60), row(kMonday, 13 * 60, kSix)};
  BOOST_TEST(handler_at(rows, "2026-11-23T02:59:00.000Z"));
  BOOST_TEST(!handler_at(rows, "2026-11-23T03:30:00.000Z"));  // 12:30
  BOOST_TEST(handler_at(rows, "2026-11-23T04:00:00.000Z"));
}

BOOST_AUTO_TEST_CASE(an_emergency_is_for_its_roles_and_ends_by_either_clock) {
  const policy::Moment now{1000, {5000}};
  const std::vector<policy::Emergency> all = {{bit(Role::kHandler), {2000, {6000}}}};
  BOOST_TEST(policy::is_emergency(all, Role::kHandler, now));
  BOOST_TEST(!policy::is_emergency(all, Role::kViewer, now));
  BOOST_TEST(!policy::is_emergency({}, Role::kHandler, now));
  BOOST_TEST(!policy::is_emergency(all, Role::kHandler, {2000, {5000}}));
  BOOST_TEST(!policy::is_emergency(all, Role::kHandler, {1000, {6000}}));
  BOOST_TEST(policy::is_emergency(all, Role::kHandler, {1999, {5999}}));
}

BOOST_AUTO_TEST_CASE(what_are_no_hours_is_refused) {
  using base::Code;
  const auto fault = [](Opening one) {
    const auto result = policy::check_opening(one);
    return result ? base::Error{} : result.error();
  };
  const auto is = [&](Opening one, Code code, base::FieldName field) {
    return fault(one) == base::Error{code, field};
  };
  const Opening good = row(kAllDays, kNine, kSix);
  BOOST_TEST(policy::check_opening(good).has_value());
  Opening portal = good;
  portal.zone = Zone::kCollection;
  BOOST_TEST(is(portal, Code::kInvalid, "roles"));
  portal.roles = bit(Role::kSubject);
  BOOST_TEST(policy::check_opening(portal).has_value());
  portal.zone = Zone::kHandling;
  BOOST_TEST(is(portal, Code::kInvalid, "roles"));
  portal.zone = Zone::kControl;
  BOOST_TEST(is(portal, Code::kInvalid, "zone"));

  Opening one = good;
  one.roles = 0;
  BOOST_TEST(is(one, Code::kMissing, "roles"));
  one.roles = std::uint32_t{1} << 31U;
  BOOST_TEST(is(one, Code::kInvalid, "roles"));
  one.roles = bit(Role::kHandler) | bit(Role::kOperator);
  BOOST_TEST(is(one, Code::kInvalid, "roles"));
  one = good;
  one.days = 0;
  BOOST_TEST(is(one, Code::kMissing, "weekdays"));
  one.days = 0x80;
  BOOST_TEST(is(one, Code::kInvalid, "weekdays"));
  BOOST_TEST(policy::check_opening(row(kAllDays, 0, policy::kDayMinutes)).has_value());
  BOOST_TEST(is(row(kAllDays, policy::kDayMinutes, kNine), Code::kInvalid, "opens"));
  BOOST_TEST(is(row(kAllDays, kNine, policy::kDayMinutes + 1), Code::kInvalid, "closes"));
  BOOST_TEST(is(row(kAllDays, kNine, kNine), Code::kInvalid, "closes"));
  BOOST_TEST(policy::check_opening(row(kAllDays, kSix, kNine)).has_value());  // over midnight

  BOOST_TEST((policy::check_emergency(0).error() == base::Error{Code::kMissing, "minutes"}));
  BOOST_TEST(policy::check_emergency(1).has_value());
  BOOST_TEST(policy::check_emergency(policy::kEmergencyMinutesMax).has_value());
  BOOST_TEST((policy::check_emergency(policy::kEmergencyMinutesMax + 1).error() ==
              base::Error{Code::kInvalid, "minutes"}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
