#include "web/guard.h"

#include <boost/test/unit_test.hpp>

namespace {

web::Verdict judge_head(std::string_view bytes) {
  return web::judge_head(bytes, base::Listener::kPages);
}

using web::Status;
using Kind = web::Verdict::Kind;

constexpr std::string_view kToken = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

std::string get(std::string_view headers) {
  return "GET / HTTP/1.1\r\nHost: box.example\r\n" + std::string(headers) + "\r\n";
}
std::string post(std::string_view headers) {
  return "POST /a HTTP/1.1\r\nHost: box.example\r\n"
         "Content-Type: application/x-www-form-urlencoded\r\n" +
         std::string(headers) + "\r\n";
}

// 0: more is wanted; 200: complete; else the refusal.
int verdict(std::string_view bytes) {
  const auto out = judge_head(bytes);
  switch (out.kind) {
    case Kind::kMore: return 0;
    case Kind::kComplete: return 200;
    case Kind::kRefused: return static_cast<int>(out.status);
  }
  return -1;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(web_guard)

BOOST_AUTO_TEST_CASE(a_browser_gets_through) {
  const std::string head =
      "GET /people?query=%E9%8D%B5&offset=50 HTTP/1.1\r\n"
      "Host: box.example:8443\r\n"
      "User-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\n"
      "Accept: text/html,*/*;q=0.8\r\n"
      "Accept-Language: en,ja;q=0.5\r\n"
      "Accept-Encoding: gzip, deflate, br\r\n"
      "Cookie: other=1; __Host-session=" +
      std::string(kToken) +
      "; __Host-lang=ja\r\n"
      "Sec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: navigate\r\n"
      "Connection: keep-alive\r\n\r\n";
  const auto out = judge_head(head);
  BOOST_REQUIRE(out.kind == Kind::kComplete);
  BOOST_TEST(out.size == head.size());
  BOOST_TEST(out.head.path == "/people");
  BOOST_TEST(out.head.query == "query=%E9%8D%B5&offset=50");
  BOOST_TEST(out.head.header_count == 9U);
  BOOST_TEST(out.head.session.size() == 32U);
  BOOST_CHECK(out.head.language == web::Language::kJa);
  BOOST_TEST(!out.head.close);
}

BOOST_AUTO_TEST_CASE(every_prefix_of_a_good_head_asks_for_more) {
  const std::string head = post("Content-Length: 3\r\nOrigin: https://box.example\r\n");
  for (std::size_t size = 0; size < head.size(); ++size) {
    BOOST_TEST_CONTEXT(size) { BOOST_TEST(verdict(std::string_view(head).substr(0, size)) == 0); }
  }
  const auto out = judge_head(head + "a=1");
  BOOST_REQUIRE(out.kind == Kind::kComplete);
  BOOST_TEST(out.size == head.size());
  BOOST_TEST(out.head.content_length == 3U);
}

BOOST_AUTO_TEST_CASE(request_lines_have_one_form) {
  for (const auto* line : {"GET / HTTP/1.0",
                           "GET / HTTP/1.2",
                           "GET / http/1.1",
                           "GET / HTTP/2",
                           "GET /",
                           "GET  / HTTP/1.1",
                           "GET / HTTP/1.1 ",
                           " GET / HTTP/1.1",
                           "GET\t/ HTTP/1.1",
                           "",
                           "GET http://box.example/ HTTP/1.1",
                           "GET * HTTP/1.1",
                           "GET a HTTP/1.1",
                           "G@T / HTTP/1.1",
                           "GET /a%00 HTTP/1.1",
                           "GET /a%2541 HTTP/1.1",
                           "GET /../a HTTP/1.1",
                           "GET //a HTTP/1.1",
                           "GET /a?b=%00 HTTP/1.1",
                           "GET /a#b HTTP/1.1",
                           "GET /\\a HTTP/1.1",
                           "GET /\xE9 HTTP/1.1",
                           "GET / HTTP/1.1 HTTP/1.1",
                           "GET / XTTP/1.1",
                           "HTTP/1.1 GET /"}) {
    BOOST_TEST_CONTEXT(line) {
      BOOST_TEST(verdict(std::string(line) + "\r\nHost: a\r\n\r\n") == 400);
    }
  }
  for (const auto* method : {"PUT", "DELETE", "TRACE", "CONNECT", "OPTIONS", "PATCH", "get"}) {
    BOOST_TEST(verdict(std::string(method) + " / HTTP/1.1\r\nHost: a\r\n\r\n") == 405);
  }
}

BOOST_AUTO_TEST_CASE(line_ends_are_crlf) {
  for (const auto* bytes :
       {"GET / HTTP/1.1\nHost: a\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\n\n", "GET / HTTP/1.1\rHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\r\n", "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\n\rX"}) {
    BOOST_TEST(verdict(bytes) == 400);
  }
}

BOOST_AUTO_TEST_CASE(header_lines_have_one_form) {
  for (const std::string& line : {std::string("Foo : a"),
                                  std::string(" Foo: a"),
                                  std::string("Foo"),
                                  std::string(": a"),
                                  std::string("Fo o: a"),
                                  std::string("F\x01o: a"),
                                  std::string("Foo: a\x01"),
                                  std::string("Foo: a\0b", 8),
                                  std::string("Foo: \x7F"),
                                  std::string("Foo: \xA0"),
                                  std::string("Foo\x85: a"),
                                  std::string("Foo: a\r\n b"),
                                  std::string("Foo: a\r\n\tb"),
                                  std::string("Transfer-Encoding: chunked"),
                                  std::string("transfer-encoding: identity"),
                                  std::string("Upgrade: h2c"),
                                  std::string("Trailer: a"),
                                  std::string("Host: b"),
                                  std::string("Connection: upgrade"),
                                  std::string("Connection: close, foo"),
                                  std::string("Content-Length: 0"),
                                  std::string("Content-Type: text/plain")}) {
    BOOST_TEST_CONTEXT(line) { BOOST_TEST(verdict(get(line + "\r\n")) == 400); }
  }
  BOOST_TEST(verdict(get("Expect: 100-continue\r\n")) == 417);
  BOOST_TEST(verdict(get("Foo: a\tb\r\n")) == 200);
  BOOST_TEST(verdict(get("Range: bytes=0-1\r\n")) == 200);
}

BOOST_AUTO_TEST_CASE(one_host) {
  BOOST_TEST(verdict("GET / HTTP/1.1\r\n\r\n") == 400);
  for (const auto* host : {"", "a b", "a/b", "a@b", "a,b", "<"}) {
    BOOST_TEST(verdict("GET / HTTP/1.1\r\nHost: " + std::string(host) + "\r\n\r\n") == 400);
  }
  BOOST_TEST(verdict("GET / HTTP/1.1\r\nhOST:\t[::1]:8443 \r\n\r\n") == 200);
}

BOOST_AUTO_TEST_CASE(one_content_length_of_digits) {
  BOOST_TEST(verdict(post("")) == 411);
  BOOST_TEST(verdict(post("Content-Length: 3\r\n")) == 200);
  for (const auto* value : {"", "+1", "-1", "1_0", "0x1", "1 1", "1,1", "1.0", "\xEF\xBC\x91"}) {
    BOOST_TEST_CONTEXT(value) {
      BOOST_TEST(verdict(post("Content-Length: " + std::string(value) + "\r\n")) == 400);
    }
  }
  BOOST_TEST(verdict(post("Content-Length: 1234567890\r\n")) == 413);
  BOOST_TEST(verdict(post("Content-Length: 3\r\nContent-Length: 3\r\n")) == 400);
  BOOST_TEST(verdict(post("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n")) == 400);
  BOOST_TEST(verdict(post("Content-Length : 3\r\n")) == 400);
}

BOOST_AUTO_TEST_CASE(media_types) {
  const auto with = [](std::string_view type) {
    return judge_head("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Type: " +
                      std::string(type) + "\r\n\r\n");
  };
  BOOST_CHECK(with("application/x-www-form-urlencoded; charset=UTF-8").head.media_type ==
              web::MediaType::kUrlencoded);
  const auto multipart = with("multipart/form-data; boundary=----WebKitFormBoundaryAb12");
  BOOST_CHECK(multipart.head.media_type == web::MediaType::kMultipart);
  BOOST_TEST(multipart.head.boundary == "----WebKitFormBoundaryAb12");
  BOOST_CHECK(with("text/plain").status == Status::kUnsupportedMedia);
  BOOST_CHECK(with("application/json").status == Status::kUnsupportedMedia);
  BOOST_CHECK(with("application/x-www-form-urlencoded; charset=Shift_JIS").status ==
              Status::kUnsupportedMedia);
  for (const auto* type : {"multipart/form-data",
                           "multipart/form-data; boundary=", "multipart/form-data; boundary=a b",
                           "multipart/form-data; boundary=\"a"}) {
    BOOST_CHECK(with(type).kind == Kind::kRefused);
  }
}

BOOST_AUTO_TEST_CASE(other_sites_cannot_post_or_embed) {
  const std::string length = "Content-Length: 1\r\n";
  BOOST_TEST(verdict(post(length + "Origin: https://box.example\r\n")) == 200);
  BOOST_TEST(verdict(post(length + "Sec-Fetch-Site: same-origin\r\n")) == 200);
  for (const auto* origin : {"http://box.example", "https://evil.example", "null",
                             "https://box.example.evil.example", "https://box.example:8443", ""}) {
    BOOST_TEST_CONTEXT(origin) {
      BOOST_TEST(verdict(post(length + "Origin: " + origin + "\r\n")) == 403);
    }
  }
  for (const auto* site : {"cross-site", "same-site", "none", "x"}) {
    BOOST_TEST(verdict(post(length + "Sec-Fetch-Site: " + site + "\r\n")) == 403);
  }
  BOOST_TEST(verdict(get("Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\n")) == 200);
  BOOST_TEST(verdict(get("Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors\r\n")) == 403);
}

BOOST_AUTO_TEST_CASE(sizes_are_bounded) {
  BOOST_TEST(
      verdict("GET /" + std::string(web::kTargetMax, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n") == 414);
  BOOST_TEST(verdict("GET /" + std::string(web::kTargetMax + 100, 'a')) == 414);
  BOOST_TEST(verdict(get("Foo: " + std::string(web::kHeadersMax, 'a') + "\r\n")) == 431);
  BOOST_TEST(verdict("GET / HTTP/1.1\r\nFoo: " + std::string(web::kHeadersMax + 1, 'a')) == 431);
  std::string many;
  for (std::size_t i = 0; i < web::kHeadersCountMax; ++i) many += "Foo: a\r\n";
  BOOST_TEST(verdict(get(many)) == 431);
}

BOOST_AUTO_TEST_CASE(cookies_cannot_be_doubled_and_broken_ones_are_none) {
  const std::string cookie = "__Host-session=" + std::string(kToken);
  BOOST_TEST(verdict(get("Cookie: " + cookie + "; " + cookie + "\r\n")) == 400);
  BOOST_TEST(verdict(get("Cookie: " + cookie + "\r\nCookie: a=b\r\n")) == 400);
  const auto out = judge_head(get("Cookie: __Host-session=short; __host-session=x\r\n"));
  BOOST_REQUIRE(out.kind == Kind::kComplete);
  BOOST_TEST(out.head.session.empty());
}

// G5: who is asking is never taken from what is asked.
BOOST_AUTO_TEST_CASE(claimed_addresses_change_nothing) {
  const auto plain = judge_head(get(""));
  const auto forged = judge_head(
      get("X-Forwarded-For: 192.0.2.1\r\nForwarded: for=192.0.2.1\r\nX-Real-IP: 192.0.2.1\r\n"
          "X-Forwarded-Host: evil.example\r\nX-Forwarded-Proto: http\r\n"));
  BOOST_REQUIRE(forged.kind == Kind::kComplete);
  BOOST_TEST(forged.head.target == plain.head.target);
  BOOST_TEST(forged.head.session.size() == plain.head.session.size());
  BOOST_TEST(forged.head.header_count == plain.head.header_count + 5);
}

BOOST_AUTO_TEST_CASE(each_listener_takes_media_types_of_its_own) {
  const auto told = [](std::string_view type, base::Listener listener) {
    const auto out = web::judge_head(
        "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n"
        "Content-Type: " +
            std::string(type) + "\r\n\r\n",
        listener);
    return out.kind == Kind::kComplete ? 200 : static_cast<int>(out.status);
  };
  constexpr auto kApi = base::Listener::kApi;
  constexpr auto kPages = base::Listener::kPages;
  for (const char* type : {"application/json", "text/csv", "application/json; charset=utf-8"}) {
    BOOST_TEST(told(type, kApi) == 200, type);
    BOOST_TEST(told(type, kPages) == 415, type);
  }
  for (const char* type :
       {"application/x-www-form-urlencoded", "multipart/form-data; boundary=x"}) {
    BOOST_TEST(told(type, kApi) == 415, type);
    BOOST_TEST(told(type, kPages) == 200, type);
  }
  for (const char* type : {"text/plain", "application/jsonp", "text/csv; charset=cp932", ""}) {
    BOOST_TEST(told(type, kApi) == 415, type);
  }
}

BOOST_AUTO_TEST_CASE(a_system_has_no_cookie_and_one_key) {
  const auto head = [](std::string_view headers) {
    return web::judge_head("GET /a HTTP/1.1\r\nHost: a\r\n" + std::string(headers) + "\r\n",
                           base::Listener::kApi);
  };
  const auto out =
      head("Cookie: __Host-session=" + std::string(kToken) + "\r\nIdempotency-Key: abcdefgh\r\n");
  BOOST_REQUIRE((out.kind == Kind::kComplete));
  BOOST_TEST(out.head.session.empty());
  BOOST_TEST(out.head.idempotency_key == "abcdefgh");
  BOOST_TEST((head("Idempotency-Key: a\r\nidempotency-key: b\r\n").kind == Kind::kRefused));
  BOOST_TEST((head("Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: cors\r\n").status ==
              Status::kForbidden));
}

BOOST_AUTO_TEST_SUITE_END()
