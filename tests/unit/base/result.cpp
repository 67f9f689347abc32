#include "base/result.h"

#include <boost/test/unit_test.hpp>
#include <set>
#include <string>

#include "base/task.h"

namespace {

using base::Code;
using base::fail;
using base::Result;

Result<int> half(int n) {
  if (n % 2 != 0) return fail(Code::kInvalid, "n");
  return n / 2;
}

Result<int> quarter(int n) {
  const int h = TRY(half(n));
  return TRY(half(h));
}

Result<> must_be_even(int n) {
  TRY(half(n));
  return {};
}

base::Task<Result<int>> quarter_later(int n) {
  CO_TRY(const int h, half(n));
  CO_CHECK(must_be_even(h));
  co_return h / 2;
}

Result<int> now(base::Task<Result<int>> task) {
  Result<int> out = fail(Code::kInternal);
  base::spawn([](base::Task<Result<int>> inner, Result<int>& slot) -> base::Task<void> {
    slot = co_await std::move(inner);
  }(std::move(task), out));
  return out;
}

BOOST_AUTO_TEST_SUITE(result)

BOOST_AUTO_TEST_CASE(try_gives_the_value_or_returns_the_first_error) {
  BOOST_TEST(quarter(8).value() == 2);
  BOOST_TEST((quarter(7).error() == base::Error{Code::kInvalid, "n"}));
  BOOST_TEST((quarter(6).error() == base::Error{Code::kInvalid, "n"}));
  BOOST_TEST(must_be_even(2).has_value());
  BOOST_TEST(!must_be_even(3).has_value());
}

BOOST_AUTO_TEST_CASE(the_same_in_a_coroutine) {
  BOOST_TEST(now(quarter_later(8)).value() == 2);
  BOOST_TEST((now(quarter_later(7)).error().code == Code::kInvalid));
  BOOST_TEST((now(quarter_later(6)).error().code == Code::kInvalid));
}

BOOST_AUTO_TEST_CASE(every_code_has_its_own_name) {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(Code::kLast); ++i) {
    names.insert(name(static_cast<Code>(i)));
  }
  BOOST_TEST(names.size() == static_cast<std::size_t>(Code::kLast) + 1);
}

BOOST_AUTO_TEST_CASE(a_field_name_that_is_too_long_is_cut) {
  const std::string longer(base::FieldName::kMax + 5, 'x');
  BOOST_TEST(base::FieldName(std::string_view(longer)).view() ==
             longer.substr(0, base::FieldName::kMax));
  BOOST_TEST((base::FieldName("kana") == base::FieldName(std::string_view("kana"))));
  BOOST_TEST(!(base::FieldName("kana") == base::FieldName("name")));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
