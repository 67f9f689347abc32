#include "base/individual_number.h"

#include <array>
#include <boost/test/unit_test.hpp>
#include <random>
#include <string>

#include "base/secret_access.h"

// Numbers here are made up; their check digits fit by 平成26年総務省令第85号 第5条.
namespace {

using base::Code;
using base::IndividualNumber;

std::string digits_of(const IndividualNumber& number) {
  return std::string(base::as_text(number.digits().read(base::secret_access())));
}

Code refusal(std::string_view typed) { return IndividualNumber::parse(typed).error().code; }

bool accepts(const std::string& digits) { return IndividualNumber::parse(digits).has_value(); }

// The ordinance's own wording, written a second way: Pn from the right, Qn by its two cases.
char by_the_ordinance(const std::string& eleven) {
  int sum = 0;
  for (int n = 1; n <= 11; ++n) {
    const int p = eleven[static_cast<std::size_t>(11 - n)] - '0';
    sum += p * (n <= 6 ? n + 1 : n - 5);
  }
  const int rest = sum % 11;
  return static_cast<char>(rest <= 1 ? '0' : '0' + 11 - rest);
}

std::string random_number(std::mt19937_64& engine) {
  std::uniform_int_distribution<int> digit('0', '9');
  std::string out;
  for (int i = 0; i < 11; ++i) out.push_back(static_cast<char>(digit(engine)));
  out.push_back(by_the_ordinance(out));
  return out;
}

BOOST_AUTO_TEST_SUITE(individual_number)

BOOST_AUTO_TEST_CASE(worked_examples) {
  for (const char* good : {"123456789018", "987654321093", "023456789013", "314159265352",
                           "111111111118", "100000000005", "000000000051"}) {
    const auto number = IndividualNumber::parse(good);
    BOOST_REQUIRE(number.has_value());
    BOOST_TEST(digits_of(*number) == good);
    for (char last = '0'; last <= '9'; ++last) {
      std::string other = good;
      if (other.back() == last) continue;
      other.back() = last;
      BOOST_TEST((refusal(other) == Code::kCheckDigit), other);
    }
  }
}

BOOST_AUTO_TEST_CASE(twelve_zeros_are_refused_although_their_check_digit_fits) {
  BOOST_TEST((refusal("000000000000") == Code::kInvalid));
}

BOOST_AUTO_TEST_CASE(the_check_digit_is_the_ordinances) {
  std::mt19937_64 engine(1);
  for (int i = 0; i < 20'000; ++i) {
    const std::string number = random_number(engine);
    if (!accepts(number)) BOOST_FAIL(number);
  }
}

BOOST_AUTO_TEST_CASE(people_type_it_in_several_ways) {
  for (const char* typed :
       {"123456789018", "1234 5678 9018", "1234-5678-9018", "１２３４５６７８９０１８",
        "１２３４　５６７８　９０１８", " 123456789018 ", "1234-５６７８ 9018"}) {
    const auto number = IndividualNumber::parse(typed);
    BOOST_REQUIRE_MESSAGE(number.has_value(), typed);
    BOOST_TEST(digits_of(*number) == "123456789018");
  }
}

BOOST_AUTO_TEST_CASE(anything_else_is_named) {
  BOOST_TEST((refusal("") == Code::kMissing));
  BOOST_TEST((refusal(" -　") == Code::kMissing));
  for (const char* bad : {"12345678901", "1234567890180", "12345678901x", "1234_5678_9018",
                          "12345678901８８", "①２３４５６７８９０１８", "123456789018\n",
                          "+12345678901", "１２３４５６７８９０１\xEF\xBC", "1234\xEF\xBC\x9A"}) {
    BOOST_TEST((refusal(bad) == Code::kInvalid), bad);
  }
  BOOST_TEST((IndividualNumber::parse("1", "spouse").error().field == base::FieldName("spouse")));
}

// law: remainders 0 and 1 share the check digit 0, so 1 of 55 single-digit errors passes, and
// digits six apart have one weight, so that swapping them never shows. The web form asks twice.
BOOST_AUTO_TEST_CASE(what_one_wrong_digit_escapes) {
  std::mt19937_64 engine(2);
  int tried = 0;
  int passed = 0;
  for (int i = 0; i < 2'000; ++i) {
    const std::string number = random_number(engine);
    for (std::size_t at = 0; at < 11; ++at) {
      for (char digit = '0'; digit <= '9'; ++digit) {
        std::string wrong = number;
        if (wrong[at] == digit) continue;
        wrong[at] = digit;
        ++tried;
        passed += accepts(wrong) ? 1 : 0;
      }
    }
  }
  const double rate = static_cast<double>(passed) / tried;
  BOOST_TEST(rate > 0.9 / 55);
  BOOST_TEST(rate < 1.1 / 55);
}

BOOST_AUTO_TEST_CASE(what_a_swap_escapes) {
  std::mt19937_64 engine(3);
  int tried = 0;
  int passed = 0;
  for (int i = 0; i < 20'000; ++i) {
    const std::string number = random_number(engine);
    for (std::size_t at = 0; at < 10; ++at) {
      std::string wrong = number;
      std::swap(wrong[at], wrong[at + 1]);
      if (wrong == number) continue;
      ++tried;
      passed += accepts(wrong) ? 1 : 0;
    }
    for (std::size_t at = 0; at < 5; ++at) {
      std::string wrong = number;
      std::swap(wrong[at], wrong[at + 6]);
      if (!accepts(wrong)) BOOST_FAIL(wrong);
    }
  }
  const double rate = static_cast<double>(passed) / tried;
  BOOST_TEST(rate > 0.9 / 55);
  BOOST_TEST(rate < 1.1 / 55);
}

BOOST_AUTO_TEST_CASE(from_stored_digits_checks_again) {
  const auto stored = [](std::string_view text) {
    return IndividualNumber::from(base::Secret<12>::from(base::as_bytes(text)).value());
  };
  BOOST_TEST(stored("123456789018").has_value());
  BOOST_TEST((stored("123456789019").error().code == Code::kCheckDigit));
  BOOST_TEST((stored("12345678901").error().code == Code::kInvalid));
  BOOST_TEST((stored("1234-5678-90").error().code == Code::kInvalid));
  BOOST_TEST((stored("000000000000").error().code == Code::kInvalid));
}

BOOST_AUTO_TEST_CASE(comparing_needs_no_access) {
  const auto one = IndividualNumber::parse("123456789018").value();
  BOOST_TEST(one.equals(IndividualNumber::parse("1234-5678-9018").value()));
  BOOST_TEST(!one.equals(IndividualNumber::parse("987654321093").value()));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
