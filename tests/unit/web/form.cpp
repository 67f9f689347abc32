#include "web/form.h"

#include <boost/test/unit_test.hpp>

namespace {

base::Code refusal(std::string_view text) {
  const auto form = web::parse_urlencoded(text);
  return form ? base::Code::kLast : form.error().code;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(web_form)

BOOST_AUTO_TEST_CASE(values_are_decoded_once) {
  const auto form = web::parse_urlencoded("name=%E9%8D%B5+%E8%94%B5&twice=%2541&plus=a%2Bb&empty=");
  BOOST_REQUIRE(form.has_value());
  BOOST_TEST(form->get("name") == "鍵 蔵");
  BOOST_TEST(form->get("twice") == "%41");
  BOOST_TEST(form->get("plus") == "a+b");
  BOOST_TEST(form->has("empty"));
  BOOST_TEST(form->get("empty").empty());
  BOOST_TEST(!form->has("other"));
}

BOOST_AUTO_TEST_CASE(the_empty_form_is_a_form) {
  const auto form = web::parse_urlencoded("");
  BOOST_REQUIRE(form.has_value());
  BOOST_TEST(form->size() == 0U);
}

BOOST_AUTO_TEST_CASE(what_browsers_do_not_send_is_refused) {
  for (const auto* text : {"a",           "=1",    "&a=1",  "a=1&",  "a=1&&b=2", "a=1;b=2",
                           "a=%",         "a=%4",  "a=%4g", "a=1=2", "a=%00",    "a=%C0%80",
                           "a=%ED%A0%80", "a=%FF", "A=1",   "a[]=1", "a%20b=1",  "a=\xE9\x8D\xB5",
                           "a=b c",       "a=%1B", "a=\n",  "a=%7F", "a=#"}) {
    BOOST_TEST_CONTEXT(text) { BOOST_CHECK(refusal(text) == base::Code::kInvalid); }
  }
}

BOOST_AUTO_TEST_CASE(line_ends_and_tabs_may_stand_in_values) {
  const auto form = web::parse_urlencoded("note=a%0D%0Ab%09c");
  BOOST_REQUIRE(form.has_value());
  BOOST_TEST(form->get("note") == "a\r\nb\tc");
  BOOST_CHECK(form->text<64>("note").error().code == base::Code::kInvalid);
}

BOOST_AUTO_TEST_CASE(limits_hold) {
  BOOST_CHECK(refusal(std::string(web::kFormBytesMax + 1, 'a')) == base::Code::kTooLong);
  std::string many = "a=1";
  for (std::size_t i = 0; i < web::kFormFieldsMax; ++i) many += "&a=1";
  BOOST_CHECK(refusal(many) == base::Code::kTooMany);
  BOOST_CHECK(refusal(std::string(web::kFieldNameMax + 1, 'a') + "=1") == base::Code::kInvalid);
}

BOOST_AUTO_TEST_CASE(repeated_fields_are_told_apart) {
  const auto form = web::parse_urlencoded("p=1&p=2&q=3");
  BOOST_REQUIRE(form.has_value());
  BOOST_TEST(form->all("p").size() == 2U);
  BOOST_CHECK(form->one("p").error() == (base::Error{base::Code::kDuplicate, "p"}));
  BOOST_CHECK(form->one("r").error() == (base::Error{base::Code::kMissing, "r"}));
  BOOST_TEST(form->get("p").empty());
  BOOST_TEST(*form->one("q") == "3");
}

BOOST_AUTO_TEST_CASE(typed_values) {
  const auto form = web::parse_urlencoded("id=00000000000000ff&bad=FF&n=42&big=9999&x=-1");
  BOOST_REQUIRE(form.has_value());
  BOOST_TEST(form->id<base::PersonId>("id")->value == 255U);
  BOOST_CHECK(form->id<base::PersonId>("bad").error() ==
              (base::Error{base::Code::kInvalid, "bad"}));
  BOOST_TEST(*form->number("n", 100, 0) == 42U);
  BOOST_TEST(*form->number("absent", 100, 7) == 7U);
  BOOST_TEST(!form->number("big", 100, 0).has_value());
  BOOST_TEST(!form->number("x", 100, 0).has_value());
  BOOST_TEST(form->secret<4>("big")->size() == 4U);
  BOOST_CHECK(form->secret<3>("big").error().code == base::Code::kTooLong);
}

BOOST_AUTO_TEST_CASE(encoding_reads_back_the_same) {
  web::Form form;
  BOOST_REQUIRE(form.add("a", "鍵 &=%+\r\n\t\"'<>").has_value());
  BOOST_REQUIRE(form.add("a", "").has_value());
  const std::string text = web::encode_urlencoded(form);
  const auto again = web::parse_urlencoded(text);
  BOOST_REQUIRE(again.has_value());
  BOOST_TEST(again->size() == 2U);
  BOOST_TEST(again->at(0).value == form.at(0).value);
  BOOST_TEST(web::encode_urlencoded(*again) == text);
}

BOOST_AUTO_TEST_SUITE_END()
