#include "policy/designation.h"

#include <boost/test/unit_test.hpp>

namespace {

using base::Code;
using base::Designated;
using base::PersonKind;
using base::Purpose;
using base::Role;
using policy::Scope;
using policy::Term;

constexpr std::uint32_t bit(auto value) { return std::uint32_t{1} << static_cast<unsigned>(value); }

Scope tokyo() {
  return {{"東京支店", "大阪支店/経理課"}, bit(PersonKind::kEmployee), bit(Purpose::kTax)};
}
constexpr base::Day kToday{20'000};
constexpr Term kTerm{{19'990}, {20'000}, {20'100}};

bool refused(const base::Result<>& result, Code code, base::FieldName field) {
  return !result && result.error().code == code && result.error().field == field;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(designation)

BOOST_AUTO_TEST_CASE(only_those_who_work_with_people_need_one) {
  for (unsigned i = 0; i <= static_cast<unsigned>(Role::kLast); ++i) {
    const auto role = static_cast<Role>(i);
    BOOST_TEST(policy::needs_designation(role) ==
               (role == Role::kHandler || role == Role::kViewer));
  }
}

BOOST_AUTO_TEST_CASE(a_group_covers_what_is_below_it_and_nothing_that_begins_alike) {
  const Scope scope = tokyo();
  for (const char* group :
       {"東京支店", "東京支店/経理課", "東京支店／経理課", "大阪支店/経理課/係"}) {
    BOOST_TEST(policy::covers(scope, group, PersonKind::kEmployee), group);
  }
  for (const char* group :
       {"", "東京", "東京支店第二", "大阪支店", "大阪支店/総務課", "本社/東京支店"}) {
    BOOST_TEST(!policy::covers(scope, group, PersonKind::kEmployee), group);
  }
  BOOST_TEST(!policy::covers(scope, "東京支店", PersonKind::kPayee));
  BOOST_TEST(policy::covers(scope, Purpose::kTax));
  BOOST_TEST(!policy::covers(scope, Purpose::kPaymentRecord));
}

BOOST_AUTO_TEST_CASE(without_groups_it_is_the_whole_firm_and_without_kinds_nobody) {
  Scope scope{{}, bit(PersonKind::kEmployee), bit(Purpose::kTax)};
  BOOST_TEST(policy::covers(scope, "どこでも", PersonKind::kEmployee));
  BOOST_TEST(policy::covers(scope, "", PersonKind::kEmployee));
  scope.kinds = 0;
  BOOST_TEST(!policy::covers(scope, "", PersonKind::kEmployee));
}

BOOST_AUTO_TEST_CASE(it_is_in_force_from_the_first_day_to_the_end_of_the_last) {
  BOOST_TEST((policy::state_of(kTerm, {19'999}) == Designated::kNotYet));
  BOOST_TEST((policy::state_of(kTerm, {20'000}) == Designated::kNow));
  BOOST_TEST((policy::state_of(kTerm, {20'100}) == Designated::kNow));
  BOOST_TEST((policy::state_of(kTerm, {20'101}) == Designated::kOver));
}

BOOST_AUTO_TEST_CASE(what_is_proposed_names_whom_what_for_and_a_sensible_term) {
  BOOST_TEST(policy::check_designation(tokyo(), kTerm, kToday).has_value());
  Scope scope = tokyo();
  scope.kinds = 0;
  BOOST_TEST(refused(policy::check_designation(scope, kTerm, kToday), Code::kMissing, "kinds"));
  scope.kinds = std::uint32_t{1} << 20;
  BOOST_TEST(refused(policy::check_designation(scope, kTerm, kToday), Code::kInvalid, "kinds"));
  scope = tokyo();
  scope.purposes = 0;
  BOOST_TEST(refused(policy::check_designation(scope, kTerm, kToday), Code::kMissing, "purposes"));
  scope.purposes = bit(Purpose::kIntake) | bit(Purpose::kTax);
  BOOST_TEST(refused(policy::check_designation(scope, kTerm, kToday), Code::kInvalid, "purposes"));
  scope = tokyo();
  scope.groups.push_back("");
  BOOST_TEST(refused(policy::check_designation(scope, kTerm, kToday), Code::kInvalid, "groups"));
}

BOOST_AUTO_TEST_CASE(the_training_was_before_it_and_not_long_ago) {
  const auto with = [](std::int32_t trained, std::int32_t first, std::int32_t last) {
    return policy::check_designation(tokyo(), {{trained}, {first}, {last}}, kToday);
  };
  BOOST_TEST(with(20'000, 20'000, 20'000).has_value());
  BOOST_TEST(refused(with(20'001, 20'010, 20'100), Code::kInvalid, "trained"));  // still to come
  BOOST_TEST(refused(with(19'999, 19'998, 20'100), Code::kInvalid, "trained"));
  BOOST_TEST(with(20'000 - 396, 20'000, 20'100).has_value());
  BOOST_TEST(refused(with(20'000 - 397, 20'000, 20'100), Code::kInvalid, "trained"));
  BOOST_TEST(refused(with(19'990, 20'010, 20'009), Code::kInvalid, "last"));
  BOOST_TEST(refused(with(19'980, 19'990, 19'999), Code::kInvalid, "last"));  // over already
  BOOST_TEST(with(20'000, 20'000, 20'396).has_value());
  BOOST_TEST(refused(with(20'000, 20'000, 20'397), Code::kInvalid, "last"));
}

BOOST_AUTO_TEST_SUITE_END()
