#include "web/multipart.h"

#include <boost/test/unit_test.hpp>

namespace {

constexpr std::string_view kBoundary = "----WebKitFormBoundary0123456789abcdef";

std::string part(std::string_view disposition, std::string_view value, std::string_view more = "") {
  return "--" + std::string(kBoundary) + "\r\nContent-Disposition: form-data; " +
         std::string(disposition) + "\r\n" + std::string(more) + "\r\n" + std::string(value) +
         "\r\n";
}
std::string ended(std::string_view parts) {
  return std::string(parts) + "--" + std::string(kBoundary) + "--\r\n";
}
base::Code refusal(std::string_view body) {
  const auto out = web::parse_multipart(body, kBoundary);
  return out ? base::Code::kLast : out.error().code;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(web_multipart)

BOOST_AUTO_TEST_CASE(a_browser_upload) {
  const std::string file("\x00\xFF\r\n--not the boundary\r\n", 24);
  const std::string body =
      ended(part("name=\"csrf\"", "abc") + part("name=\"roster\"; filename=\"../../名簿.csv\"",
                                                file, "Content-Type: text/csv\r\n"));
  const auto out = web::parse_multipart(body, kBoundary);
  BOOST_REQUIRE(out.has_value());
  BOOST_TEST(out->form.get("csrf") == "abc");
  BOOST_REQUIRE(out->file.has_value());
  BOOST_CHECK(*out->file == file);
  BOOST_TEST(out->file_field == "roster");
}

BOOST_AUTO_TEST_CASE(no_file_chosen_is_no_file) {
  const auto out = web::parse_multipart(ended(part("name=\"roster\"; filename=\"\"", "",
                                                   "Content-Type: application/octet-stream\r\n")),
                                        kBoundary);
  BOOST_REQUIRE(out.has_value());
  BOOST_TEST(!out->file.has_value());
}

BOOST_AUTO_TEST_CASE(what_browsers_do_not_send_is_refused) {
  const std::string good = part("name=\"a\"", "1");
  for (const std::string& body :
       {std::string(), std::string("x"), good, "preamble\r\n" + ended(good), ended(good) + "x",
        ended(good) + "\r\n", ended(part("name=a", "1")), ended(part("name=\"\"", "1")),
        ended(part("name=\"A\"", "1")), ended(part("name=\"a\"; x=\"y\"", "1")),
        ended(part("name=\"a\"", "1", "X-Other: 1\r\n")), ended(part("name=\"a\"", "\xFF")),
        ended(part("name=\"a\"", std::string(1, '\0'))),
        ended(part("name=\"a\"; filename=\"x\r\ny\"", "1"))}) {
    BOOST_TEST_CONTEXT(body) { BOOST_CHECK(refusal(body) == base::Code::kInvalid); }
  }
}

BOOST_AUTO_TEST_CASE(limits_hold) {
  const std::string file = part("name=\"f\"; filename=\"f\"", "1");
  BOOST_CHECK(refusal(ended(file + file)) == base::Code::kTooMany);
  std::string many;
  for (std::size_t i = 0; i <= web::kPartsMax; ++i) many += part("name=\"a\"", "1");
  BOOST_CHECK(refusal(ended(many)) == base::Code::kTooMany);
  BOOST_CHECK(refusal(ended(part("name=\"a\"", std::string(web::kFormBytesMax + 1, 'a')))) ==
              base::Code::kTooLong);
}

BOOST_AUTO_TEST_CASE(encoding_reads_back_the_same) {
  web::Multipart in;
  BOOST_REQUIRE(in.form.add("a", "鍵 \r\n&").has_value());
  in.file = "--\r\n";
  in.file_field = "f";
  const std::string body = web::encode_multipart(in, kBoundary);
  const auto out = web::parse_multipart(body, kBoundary);
  BOOST_REQUIRE(out.has_value());
  BOOST_TEST(web::encode_multipart(*out, kBoundary) == body);
}

BOOST_AUTO_TEST_SUITE_END()
