#include "web/json.h"

#include <boost/test/unit_test.hpp>

namespace {

using base::Code;
using web::JsonBody;
using web::JsonWriter;

base::Result<JsonBody> parse(std::string_view bytes) {
  return JsonBody::parse(bytes, {"people", "days", "name"});
}
bool refused(std::string_view bytes, Code code, std::string_view field) {
  const auto out = parse(bytes);
  return !out && out.error().code == code && out.error().field.view() == field;
}

BOOST_AUTO_TEST_SUITE(json)

BOOST_AUTO_TEST_CASE(one_object_of_texts_numbers_and_lists_is_taken) {
  const auto out = parse(R"( {"people": ["a", "\u3042"], "days": 7, "name": "x\"y"} )");
  BOOST_REQUIRE(out.has_value());
  BOOST_TEST(*out->number("days") == 7U);
  BOOST_TEST(*out->text("name") == "x\"y");
  BOOST_TEST((**out->list("people") == std::vector<std::string>{"a", "あ"}));
  BOOST_TEST(parse("{}").has_value());
  BOOST_TEST((out->number("name").error() == base::Error{Code::kInvalid, "name"}));
  BOOST_TEST((parse("{}")->text("name").error() == base::Error{Code::kMissing, "name"}));
  BOOST_TEST((*parse(R"({"people":[]})")->list("people"))->empty());
}

BOOST_AUTO_TEST_CASE(everything_else_is_refused_by_the_member_that_it_is_about) {
  for (const char* text : {"", " ", "{", "[]", "1", "null", "\"a\"", "{}{}", "{}x", "{'name':1}",
                           "{\"name\":1,}", "{name:1}", "NaN", "// x\n{}", "\xef\xbb\xbf[]"}) {
    BOOST_TEST(refused(text, Code::kInvalid, "body"), text);
  }
  BOOST_TEST(refused(R"({"other":1})", Code::kInvalid, "body"));
  BOOST_TEST(refused(R"({"name":null})", Code::kInvalid, "name"));
  BOOST_TEST(refused(R"({"name":true})", Code::kInvalid, "name"));
  BOOST_TEST(refused(R"({"days":-1})", Code::kInvalid, "days"));
  BOOST_TEST(refused(R"({"days":1.5})", Code::kInvalid, "days"));
  BOOST_TEST(refused(R"({"days":99999999999999999999})", Code::kInvalid, "days"));
  BOOST_TEST(refused(R"({"name":{}})", Code::kInvalid, "name"));
  BOOST_TEST(refused(R"({"people":[[]]})", Code::kInvalid, "people"));
  BOOST_TEST(refused(R"({"people":[1]})", Code::kInvalid, "people"));
  BOOST_TEST(refused(R"({"people":["\u0000"]})", Code::kInvalid, "people"));
  BOOST_TEST(refused("{\"name\":\"a\nb\"}", Code::kInvalid, "body"));
  BOOST_TEST(refused(R"({"name":"\n"})", Code::kInvalid, "name"));
  BOOST_TEST(refused(R"({"name":"\ud800"})", Code::kInvalid, "body"));
  BOOST_TEST(refused("{\"name\":\"\xff\"}", Code::kInvalid, "body"));
  BOOST_TEST(refused(R"({"days":1,"days":1})", Code::kDuplicate, "days"));
  std::string many = "{\"people\":[";
  for (std::size_t i = 0; i <= JsonBody::kItemsMax; ++i) many += i == 0 ? "\"a\"" : ",\"a\"";
  BOOST_TEST(refused(many + "]}", Code::kTooMany, "people"));
  BOOST_TEST(!parse(std::string(60'000, '[')).has_value());
  std::string deep;
  for (int i = 0; i < 10'000; ++i) deep += "{\"name\":";
  BOOST_TEST(!parse(deep).has_value());
}

BOOST_AUTO_TEST_CASE(what_is_written_is_read_again) {
  JsonWriter out;
  out.open();
  out.text("name", "引用 \" と \\ と <b>");
  out.number("days", 18'446'744'073'709'551'615U);
  out.open_list("people");
  out.item("a");
  out.item("");
  out.close_list();
  out.close();
  const std::string text = std::move(out).release();
  BOOST_TEST(text ==
             "{\"name\":\"引用 \\\" と \\\\ と <b>\",\"days\":18446744073709551615,"
             "\"people\":[\"a\",\"\"]}");
  const auto again = parse(text);
  BOOST_REQUIRE(again.has_value());
  BOOST_TEST(*again->text("name") == "引用 \" と \\ と <b>");
  JsonWriter nested;
  nested.open();
  nested.nothing("next");
  nested.open("inner");
  nested.flag("yes", true);
  nested.close();
  nested.open_list("rows");
  nested.open();
  nested.close();
  nested.open();
  nested.close();
  nested.close_list();
  nested.close();
  BOOST_TEST(std::move(nested).release() ==
             "{\"next\":null,\"inner\":{\"yes\":true},\"rows\":[{},{}]}");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
