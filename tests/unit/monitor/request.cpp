#include "monitor/request.h"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(request)

BOOST_AUTO_TEST_CASE(one_request_is_understood) {
  using monitor::judge;
  BOOST_TEST(judge("GET /metrics HTTP/1.1\r\nHost: box\r\n\r\n") == 200);
  BOOST_TEST(judge("GET /metrics HTTP/1.0\r\n\r\n") == 200);
  BOOST_TEST(judge("GET / HTTP/1.1\r\n\r\n") == 404);
  BOOST_TEST(judge("GET /metrics?x HTTP/1.1\r\n\r\n") == 404);
  BOOST_TEST(judge("POST /metrics HTTP/1.1\r\n\r\n") == 405);
  for (const char* wrong : {"", "\r\n\r\n", "GET /metrics\r\n\r\n", "GET /metrics HTTP/1.1\r\n",
                            "GET /metrics HTTP/2\r\n\r\n", " HTTP/1.1\r\n"}) {
    BOOST_TEST(judge(wrong) != 200, wrong);
  }
  BOOST_TEST(judge("GET  HTTP/1.1\r\n\r\n") != 200);
  BOOST_TEST(judge("GET HTTP/1.1\r\n\r\n") != 200);
}

BOOST_AUTO_TEST_CASE(a_refusal_has_no_body) {
  BOOST_TEST(monitor::answer(200, "abc")
                 .ends_with("Content-Length: 3\r\nCache-Control: "
                            "no-store\r\nConnection: close\r\n\r\nabc"));
  BOOST_TEST(!monitor::answer(404, "abc").contains("abc"));
}

BOOST_AUTO_TEST_SUITE_END()
