#include "web/html.h"

#include <boost/test/unit_test.hpp>

#include "web/qr.h"

namespace {

using web::Attribute;
using web::el;
using web::Url;

BOOST_AUTO_TEST_SUITE(web_html)

BOOST_AUTO_TEST_CASE(text_and_values_are_escaped) {
  BOOST_TEST(el("p", {{"title", "a\"b<c>'&"}}, "<script>", "&amp;").view() ==
             "<p title=\"a&quot;b&lt;c&gt;&#39;&amp;\">&lt;script&gt;&amp;amp;</p>");
}

BOOST_AUTO_TEST_CASE(a_flag_is_there_or_not) {
  BOOST_TEST(web::leaf("input", {{"checked", true}, {"disabled", false}}).view() ==
             "<input checked=\"\">");
  BOOST_TEST(web::leaf("input", {Attribute::some("title", "")}).view() == "<input>");
}

BOOST_AUTO_TEST_CASE(parts_of_a_url_cannot_leave_their_place) {
  const Url url = Url("/people").segment("../a b").with("q", "x&y=z#").with("n", 7U);
  BOOST_TEST(url.view() == "/people/..%2Fa%20b?q=x%26y%3Dz%23&n=7");
  BOOST_TEST(Url("/people").with_some("q", "").view() == "/people");
  BOOST_TEST(Url::here("f-name\"").view() == "#f-name%22");
}

BOOST_AUTO_TEST_CASE(numbers_are_no_characters) {
  BOOST_TEST(el("td", std::uint32_t{65}).view() == "<td>65</td>");
}

BOOST_AUTO_TEST_CASE(a_qr_code_is_one_path_in_a_quiet_zone) {
  const web::Html code = web::qr_svg("https://kagikura.example/p/x", "label");
  BOOST_TEST(code.view().starts_with("<svg class=\"qr\" viewBox=\"0 0 37 37\" role=\"img\""));
  BOOST_TEST(code.view().find("d=\"M4 4h7v1h-7z") != std::string_view::npos);  // the finder's edge
  BOOST_TEST(web::qr_svg(std::string(4000, 'x'), "label").empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
