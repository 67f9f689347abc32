// Every row of the table of pages: with full and with empty answers of core, with refusals, in both
// languages, as each role; with a canary in every text of every answer.
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "base/secret_access.h"
#include "policy/access.h"
#include "tests/paths.h"
#include "tests/unit/web_pages/checker.h"
#include "tests/unit/web_pages/core.h"
#include "web/action_texts.h"
#include "web/base64url.h"
#include "web/i18n.h"
#include "web/route.h"

namespace {

constexpr std::string_view kCanary = "<i\"'&>x";
constexpr std::string_view kPersonText = "0000000000001001";

ipc::SessionToken token() {
  ipc::SessionToken out;
  for (auto& byte : out.fill(base::secret_access(), 32)) byte = 7;
  return out;
}

void put(web::Form& form, std::string_view name, std::string_view value) {
  BOOST_REQUIRE(form.add(name, value).has_value());
}

// A form that has whatever any page wants, all valid.
void fill_form(web::Form& form) {
  put(form, "csrf", web::token_text(token()));
  for (const auto& [name, value] : std::initializer_list<std::pair<const char*, const char*>>{
           {"login", "tantou"},
           {"password", "correct horse battery"},
           {"code", "123456"},
           {"password2", "correct horse battery"},
           {"key", "AAAA-BBBB"},
           {"new-password", "another horse, other battery"},
           {"new-password2", "another horse, other battery"},
           {"label", "laptop"},
           {"pk-client", "e30"},
           {"pk-attestation", "oA"},
           {"name", "Kensho"},
           {"role", "handler"},
           {"person", kPersonText.data()},
           {"purposes", "tax"},
           {"days_valid", "14"},
           {"passcode", "aikotoba"},
           {"phrase", "phrase"},
           {"reason", "not_needed"},
           {"form", "withholding_slip"},
           {"period", "2026"},
           {"grant", kPersonText.data()},
           {"show", kPersonText.data()},
           {"sure", "yes"},
           {"preview", kPersonText.data()},
           {"leaving", "2026-03-31"},
           {"digest", "00000000000000000000000000000000000000000000000000000000000000ff"},
           {"handling", "192.0.2.0/24"},
           {"collection", "2001:db8::/32"},
           {"roles1", "handler"},
           {"weekdays1", "mon"},
           {"opens1", "09:00"},
           {"closes1", "17:30"},
           {"minutes", "60"},
           {"api", "192.0.2.9/32"},
           {"rights", "read_people"},
           {"kinds", "employee"},
           {"last", "2027-01-31"},
           {"certificate", "-----BEGIN CERTIFICATE-----"},
           {"back", "/people"},
           {"language", "en"}}) {
    put(form, name, value);
  }
}

struct Case {
  bool filled_form = true;
  web::Language language = web::Language::kJa;
};

web::Response answer(tests::CannedCore& core, const web::Route& route, const Case& how) {
  web::Request request;
  request.method = route.method;
  request.ids = {0x1001};
  request.session = token();
  request.language = how.language;
  request.origin = "https://kagikura.example:8443";
  request.link = token();
  if (route.method == web::Method::kPost && how.filled_form) fill_form(request.form);
  if (route.method == web::Method::kGet && how.filled_form)
    put(request.query, "person", kPersonText);
  web::Context context(core.client(), request);
  if (route.body == web::Body::kUpload && how.filled_form) {
    context.upload = *base::sealed_memfd("csv", base::as_bytes("a,b\r\n"));
  }
  return route.handler(context, request);
}

bool is_page(const web::Response& response) {
  return response.type() == web::ContentType::kHtml && response.location().empty();
}

std::string where(const web::Route& route, const Case& how, base::Role role) {
  return std::string(route.method == web::Method::kPost ? "POST " : "GET ") +
         std::string(route.pattern) + " as " + std::string(base::name(role)) + " in " +
         std::string(web::name(how.language)) + (how.filled_form ? "" : ", form empty");
}

void look_at(const web::Response& response, const std::string& what) {
  if (!is_page(response)) return;
  const std::string_view page = response.body();
  for (const std::string& fault : tests::PageChecker::check(page)) {
    BOOST_ERROR(what << ": " << fault);
  }
  // The canary's characters, should any of them have come through as they are.
  BOOST_CHECK_MESSAGE(page.find("<i\"") == std::string_view::npos, what << ": canary as markup");
  BOOST_CHECK_MESSAGE(page.find("\"'&>") == std::string_view::npos, what << ": canary unescaped");
}

// Calls visit(response, description) for all pages × roles × languages × forms.
template <class Visit>
void visit_all(tests::CannedCore& core, Visit visit) {
  for (const base::Role role :
       {base::Role::kResponsible, base::Role::kHandler, base::Role::kAuditor, base::Role::kViewer,
        base::Role::kRightsManager, base::Role::kSecurityOfficer, base::Role::kCustodian}) {
    core.filling.role = role;
    for (const web::Route& route : web::routes()) {
      for (const web::Language language : {web::Language::kJa, web::Language::kEn}) {
        for (const bool filled : {true, false}) {
          const Case how{.filled_form = filled, .language = language};
          const web::Response response = answer(core, route, how);
          visit(response, where(route, how, role));
        }
      }
    }
  }
}

bool has_japanese(std::string_view text) {
  for (std::size_t i = 0; i + 2 < text.size(); ++i) {
    const auto lead = static_cast<std::uint8_t>(text[i]);
    if (lead >= 0xE3 && lead <= 0xE9) return true;  // kana and kanji of three bytes
  }
  return false;
}

// What is Japanese on an English page on purpose: marked as such, or punctuation of ours.
std::string without_marked(std::string page) {
  for (std::size_t at = 0; (at = page.find("lang=\"ja\"", at)) != std::string::npos;) {
    if (at < 10 || page.compare(at - 6, 5, "<html") == 0) {
      ++at;
      continue;
    }
    const auto end = page.find("</", page.find('>', at));
    // A list's items end one after the other: cut to the end of the list.
    const auto list = page.rfind("<ul", at);
    const bool in_list = list != std::string::npos && page.find('>', list) > at;
    const auto stop = in_list ? page.find("</ul>", at) : end;
    page.erase(at, stop - at);
  }
  return page;
}

std::string golden_path(const std::string& name) {
  return std::string(tests::kSourceDir) + "/tests/golden/pages/" + name + ".html";
}

const web::Route& route_of(std::string_view pattern, web::Method method) {
  for (const web::Route& route : web::routes()) {
    if (route.pattern == pattern && route.method == method) return route;
  }
  BOOST_FAIL("no such page: " << pattern);
  return web::routes().front();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(web_pages)

BOOST_AUTO_TEST_CASE(every_page_escapes_every_text_of_core) {
  tests::CannedCore core;
  core.filling.text = kCanary;
  core.filling.items = 3;
  std::size_t seen = 0;
  visit_all(core, [&](const web::Response& response, const std::string& what) {
    look_at(response, what);
    if (is_page(response) && response.body().find("&lt;i&quot;") != std::string_view::npos) ++seen;
  });
  BOOST_TEST(seen > 200U);  // the canary was there to be escaped
}

BOOST_AUTO_TEST_CASE(every_page_is_whole_with_empty_answers) {
  tests::CannedCore core;
  visit_all(core, look_at);
}

BOOST_AUTO_TEST_CASE(every_page_is_whole_when_core_refuses) {
  tests::CannedCore core;
  core.filling.text = "x";
  core.filling.items = 1;
  for (std::uint8_t i = 0; i <= static_cast<std::uint8_t>(base::Code::kLast); ++i) {
    core.refusal = base::Error{static_cast<base::Code>(i), "person"};
    visit_all(core, look_at);
  }
}

BOOST_AUTO_TEST_CASE(an_ended_session_leads_to_sign_in) {
  tests::CannedCore core;
  core.filling.items = 1;
  core.refusal = base::Error{base::Code::kExpired, "session"};
  const web::Response response = answer(core, route_of("/people", web::Method::kGet), {});
  BOOST_TEST(response.location() == "/sign-in?again=session");
  BOOST_TEST(response.session_cookie().find("Max-Age=0") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(english_pages_are_english) {
  tests::CannedCore core;
  core.filling.text = "text";
  core.filling.items = 2;
  visit_all(core, [](const web::Response& response, const std::string& what) {
    if (!is_page(response) || what.find(" in en") == std::string::npos) return;
    BOOST_CHECK_MESSAGE(!has_japanese(without_marked(std::string(response.body()))),
                        what << ": Japanese on an English page");
  });
}

BOOST_AUTO_TEST_CASE(what_was_typed_comes_back_but_no_secret) {
  tests::CannedCore core;
  core.filling.text = "x";
  core.filling.items = 1;
  core.refusal = base::Error{base::Code::kDenied, "password"};
  const web::Response back = answer(core, route_of("/sign-in", web::Method::kPost), {});
  BOOST_TEST(back.body().find("value=\"tantou\"") != std::string_view::npos);
  for (const web::Route& route : web::routes()) {
    const web::Response response = answer(core, route, {});
    BOOST_CHECK_MESSAGE(response.body().find("correct horse") == std::string_view::npos,
                        route.pattern << " shows a password again");
    BOOST_CHECK_MESSAGE(response.body().find("123456") == std::string_view::npos,
                        route.pattern << " shows a code again");
  }
}

BOOST_AUTO_TEST_CASE(a_shown_number_is_grouped_and_leaves_by_itself) {
  tests::CannedCore core;
  core.filling.text = "x";
  core.filling.items = 1;
  const web::Response page = answer(core, route_of("/reveal", web::Method::kPost), {});
  BOOST_TEST(
      page.body().find("<span class=\"group\">1234</span><span class=\"group\">5678</span>") !=
      std::string_view::npos);
  BOOST_TEST(page.refresh().starts_with("60; url=/reveal/hidden?person="));
  BOOST_TEST(page.body().find("hide-after-60") != std::string_view::npos);
}

BOOST_AUTO_TEST_CASE(every_code_and_field_has_a_sentence_in_both_languages) {
  for (const web::Language language : {web::Language::kJa, web::Language::kEn}) {
    for (std::uint8_t i = 0; i <= static_cast<std::uint8_t>(base::Code::kLast); ++i) {
      for (const char* field : {"", "login", "number", "anything"}) {
        const std::string text = web::explain(language, {static_cast<base::Code>(i), field});
        BOOST_TEST(text.size() > 20U);
        BOOST_TEST(text.find("{}") == std::string::npos);
      }
    }
  }
  BOOST_TEST(web::explain(web::Language::kEn, {base::Code::kMissing, "phrase"}) ==
             "Company phrase: required. Please fill it in.");
}

BOOST_AUTO_TEST_CASE(events_of_the_log_have_names_and_strangers_stay_as_they_are) {
  BOOST_TEST(web::say_event(web::Language::kJa, "reveal.done") == "番号を表示");
  BOOST_TEST(web::say_event(web::Language::kEn, "session.opened") == "Signed in");
  BOOST_TEST(web::say_event(web::Language::kEn, "some.thing") == "some.thing");
}

// What a page of rights would otherwise show as a bare word.
BOOST_AUTO_TEST_CASE(every_act_of_a_session_has_a_name_in_both_languages) {
  for (std::size_t i = 0; i < policy::kActions; ++i) {
    const auto action = static_cast<policy::Action>(i);
    if (policy::rule_of(action).credential != policy::Credential::kSession) continue;
    const auto word = policy::name(action);
    BOOST_TEST(web::action_text(web::Language::kJa, word) != word);
    BOOST_TEST(web::action_text(web::Language::kEn, word) != word);
  }
}

BOOST_AUTO_TEST_CASE(days_are_japans) {
  const base::WallTime time{1'780'268'399'000};  // 2026-05-31T22:59:59Z
  BOOST_TEST(web::say_time(web::Language::kJa, time) == "2026年6月1日 07:59");
  BOOST_TEST(web::say_time(web::Language::kEn, time) == "1 Jun 2026, 07:59");
}

// KAGIKURA_ACCEPT=1 writes the golden files anew; look at the difference before committing it.
BOOST_AUTO_TEST_CASE(a_few_pages_byte_for_byte) {
  const std::initializer_list<std::tuple<const char*, const char*, web::Method>> pages = {
      {"people", "/people", web::Method::kGet},
      {"person", "/people/{id}", web::Method::kGet},
      {"portal", "/p/{link}", web::Method::kPost},
      {"reveal", "/reveal", web::Method::kGet}};
  for (const auto& [name, pattern, method] : pages) {
    tests::CannedCore core;
    core.filling.text = "検証用 𠮷田";
    core.filling.items = 2;
    const web::Response response = answer(core, route_of(pattern, method), {});
    std::string page(response.body());
    // The paths of built-in files carry a hash of their bytes.
    for (std::size_t at = 0; (at = page.find("/static/", at)) != std::string::npos; at += 8) {
      page.erase(at + 8, 17);
    }
    if (std::getenv("KAGIKURA_ACCEPT") != nullptr) {
      std::ofstream(golden_path(name), std::ios::binary) << page;
      continue;
    }
    std::ostringstream golden;
    golden << std::ifstream(golden_path(name), std::ios::binary).rdbuf();
    BOOST_CHECK_MESSAGE(golden.str() == page, name << ".html differs from tests/golden/pages");
  }
}

BOOST_AUTO_TEST_SUITE_END()
