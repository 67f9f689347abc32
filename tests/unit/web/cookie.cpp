// Tokens as text, the cookies that carry them, and the choice of language.
#include <boost/test/unit_test.hpp>

#include "web/base64url.h"
#include "web/language.h"
#include "web/response.h"

namespace {

constexpr std::string_view kToken = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

}  // namespace

BOOST_AUTO_TEST_SUITE(web_cookie)

BOOST_AUTO_TEST_CASE(a_token_has_one_text) {
  const auto token = web::token_from_text(kToken);
  BOOST_REQUIRE(token.has_value());
  BOOST_TEST(token->size() == 32U);
  BOOST_TEST(web::token_text(*token) == kToken);
  std::string other(kToken);
  other.back() = '9';  // the same bytes if the two spare bits were ignored
  BOOST_TEST(!web::token_from_text(other).has_value());
  for (const std::string& bad : {std::string(), std::string(42, 'A'), std::string(44, 'A'),
                                 std::string(42, 'A') + "=", std::string(42, 'A') + "+"}) {
    BOOST_TEST(!web::token_from_text(bad).has_value());
  }
}

BOOST_AUTO_TEST_CASE(cookies_are_host_only_and_strict) {
  const auto token = web::token_from_text(kToken);
  auto response = web::Response::see_other("/");
  response.set_session(*token).set_language(web::Language::kEn);
  BOOST_TEST(response.session_cookie() == "__Host-session=" + std::string(kToken) +
                                              "; Path=/; Secure; HttpOnly; SameSite=Strict");
  BOOST_TEST(response.language_cookie().starts_with("__Host-lang=en; Path=/; Secure; "));
  response.set_device(*token);
  BOOST_TEST(response.device_cookie() == "__Host-device=" + std::string(kToken) +
                                             "; Path=/; Secure; HttpOnly; SameSite=Strict"
                                             "; Max-Age=31536000");
  response.clear_session();
  BOOST_TEST(response.session_cookie().ends_with("; Max-Age=0"));
}

BOOST_AUTO_TEST_CASE(japanese_unless_english_is_preferred) {
  using web::Language;
  using web::preferred_language;
  for (const auto* text : {"", "ja", "fr", "ja,en", "en;q=0.5,ja", "en;q=x", "en;q=1.5",
                           "ja-JP, en", "*", "eng", "en;q=0", "en;level=1"}) {
    BOOST_TEST_CONTEXT(text) { BOOST_CHECK(preferred_language(text) == Language::kJa); }
  }
  for (const auto* text :
       {"en", "EN-us", "fr, en;q=0.4", "ja;q=0.5, en", "en-GB,en;q=0.9,ja;q=0.8"}) {
    BOOST_TEST_CONTEXT(text) { BOOST_CHECK(preferred_language(text) == Language::kEn); }
  }
}

BOOST_AUTO_TEST_SUITE_END()
