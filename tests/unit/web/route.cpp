#include "web/route.h"

#include <boost/test/unit_test.hpp>

#include "web/assets.h"
#include "web/base64url.h"

namespace {

web::Response nothing(web::Context& /*context*/, const web::Request& /*request*/) {
  return web::Response::content(web::ContentType::kText, "");
}

constexpr web::Route kTable[] = {
    {web::Method::kGet, "/", web::Body::kNone, nothing},
    {web::Method::kGet, "/people", web::Body::kNone, nothing},
    {web::Method::kGet, "/people/{id}", web::Body::kNone, nothing},
    {web::Method::kPost, "/people/{id}", web::Body::kForm, nothing},
    {web::Method::kPost, "/people/{id}/leaving", web::Body::kForm, nothing},
    {web::Method::kGet, "/p/{link}", web::Body::kNone, nothing},
    {web::Method::kGet, "/people/{id}/x/{id}", web::Body::kNone, nothing},
};
constexpr std::string_view kToken = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

web::Found found(web::Method method, std::string_view path) {
  return web::match(kTable, method, path).found;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(web_route)

BOOST_AUTO_TEST_CASE(the_product_table_is_fit) {
  BOOST_TEST(web::check_table(web::routes()).has_value());
  BOOST_TEST(web::check_table(kTable).has_value());
}

BOOST_AUTO_TEST_CASE(literal_paths_match_exactly) {
  using web::Found;
  using web::Method;
  BOOST_CHECK(found(Method::kGet, "/") == Found::kRow);
  BOOST_CHECK(found(Method::kHead, "/people") == Found::kRow);
  for (const auto* path :
       {"", "people", "//", "/people/", "//people", "/People", "/people/../people", "/people%2f",
        "/%70eople", "/peopl", "/peoplee", "/people/x", "*", "/people;x=1", "/./people",
        "/people/0000000000000000"}) {
    BOOST_TEST_CONTEXT(path) { BOOST_CHECK(found(Method::kGet, path) == Found::kNothing); }
  }
}

BOOST_AUTO_TEST_CASE(typed_segments_are_parsed) {
  auto match = web::match(kTable, web::Method::kGet, "/people/00000000000000ff/x/0000000000000001");
  BOOST_REQUIRE(match.found == web::Found::kRow);
  BOOST_REQUIRE(match.ids.size() == 2U);
  BOOST_TEST(match.ids[0] == 255U);
  BOOST_TEST(match.ids[1] == 1U);
  BOOST_CHECK(found(web::Method::kGet, "/people/00000000000000FF") == web::Found::kNothing);
  BOOST_CHECK(found(web::Method::kGet, "/people/ff") == web::Found::kNothing);
  match = web::match(kTable, web::Method::kGet, "/p/" + std::string(kToken));
  BOOST_REQUIRE(match.found == web::Found::kRow);
  BOOST_TEST(web::token_text(match.link) == kToken);
}

BOOST_AUTO_TEST_CASE(a_wrong_method_is_not_an_unknown_path) {
  using web::Found;
  using web::Method;
  BOOST_CHECK(found(Method::kPost, "/people") == Found::kWrongMethod);
  BOOST_CHECK(found(Method::kGet, "/people/00000000000000ff/leaving") == Found::kWrongMethod);
  BOOST_CHECK(found(Method::kPost, "/nothing") == Found::kNothing);
}

BOOST_AUTO_TEST_CASE(unfit_tables_are_refused) {
  using web::Body;
  using web::Method;
  const web::Route twice[] = {{Method::kGet, "/a/{id}", Body::kNone, nothing},
                              {Method::kGet, "/a/{id}", Body::kNone, nothing}};
  BOOST_TEST(!web::check_table(twice).has_value());
  const web::Route bad[] = {{Method::kGet, "/a/*", Body::kNone, nothing},
                            {Method::kGet, "/a/{name}", Body::kNone, nothing},
                            {Method::kGet, "a", Body::kNone, nothing},
                            {Method::kGet, "/a/", Body::kNone, nothing},
                            {Method::kPost, "/a", Body::kNone, nothing},
                            {Method::kGet, "/a", Body::kForm, nothing},
                            {Method::kGet, "/a", Body::kNone, nullptr},
                            {Method::kHead, "/a", Body::kNone, nothing},
                            {Method::kGet, "/a/00000000000000ff", Body::kNone, nothing},
                            {Method::kGet, "/{link}/{link}", Body::kNone, nothing}};
  for (const web::Route& row : bad) {
    BOOST_TEST_CONTEXT(row.pattern) { BOOST_TEST(!web::check_table({&row, 1}).has_value()); }
  }
}

BOOST_AUTO_TEST_CASE(assets_have_a_hash_in_their_only_path) {
  const std::string_view path = web::asset_path("app.css");
  BOOST_TEST(path.starts_with("/static/"));
  const web::Asset* asset = web::find_asset(path);
  BOOST_REQUIRE(asset != nullptr);
  BOOST_TEST(!asset->bytes.empty());
  BOOST_CHECK(asset->type == web::ContentType::kCss);
  BOOST_TEST(web::find_asset("/static/app.css") == nullptr);
}

BOOST_AUTO_TEST_SUITE_END()
