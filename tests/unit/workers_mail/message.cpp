#include "workers/mail/message.h"

#include <boost/test/unit_test.hpp>

#include "base/secret_access.h"

namespace {

using base::Code;

ipc::TakeMail::Reply letter(std::string_view to, std::string_view subject, std::string_view text) {
  ipc::TakeMail::Reply out;
  out.id = {0x1234};
  out.to = ipc::Text<254>::literal(to);
  out.subject = ipc::Text<200>::literal(subject);
  out.text = *ipc::Secret<4096>::from(base::as_bytes(text));
  out.made_at = {1'775'034'000'000};  // 2026-04-01T09:00:00Z
  return out;
}

std::string made(const ipc::TakeMail::Reply& mail) {
  const auto out = mail::message_of(mail, {"kagikura@mail.example"});
  BOOST_REQUIRE(out.has_value());
  return std::string(base::as_text(out->read(base::secret_access())));
}

BOOST_AUTO_TEST_SUITE(message)

BOOST_AUTO_TEST_CASE(a_message_has_the_headers_of_an_automatic_one) {
  const std::string text = made(letter("tantou@example.jp", "Hi", "a"));
  BOOST_TEST(text ==
             "From: Kagikura <kagikura@mail.example>\r\n"
             "To: <tantou@example.jp>\r\n"
             "Subject: =?UTF-8?B?SGk=?=\r\n"
             "Date: Wed, 01 Apr 2026 09:00:00 +0000\r\n"
             "Message-ID: <0000000000001234@mail.example>\r\n"
             "Auto-Submitted: auto-generated\r\n"
             "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\n"
             "Content-Transfer-Encoding: base64\r\n\r\n"
             "YQ==\r\n");
}

BOOST_AUTO_TEST_CASE(what_looks_like_a_header_or_an_end_stays_text) {
  const std::string plain = made(letter("a@b.example", "s", "x\n.\nBcc: c@d.example\n"));
  BOOST_TEST(!plain.contains("Bcc"));
  BOOST_TEST(!plain.contains("\n.\r"));
  // x CRLF . CRLF Bcc...: by base64(1) of that text.
  BOOST_TEST(plain.contains("eA0KLg0KQmNjOiBjQGQuZXhhbXBsZQ0K"));
  auto odd = letter("a@b.example", "s", "t");
  odd.to = ipc::Text<254>::literal("a@b.example> <c@d.example");
  BOOST_TEST((mail::message_of(odd, {"k@m.example"}).error() == base::Error{Code::kInvalid, "to"}));
}

BOOST_AUTO_TEST_CASE(lines_are_short_whatever_the_text) {
  for (const std::size_t size : {0U, 1U, 56U, 57U, 58U, 114U, 115U, 4096U}) {
    const std::string text =
        made(letter("a@b.example", std::string(180, 's'), std::string(size, 'x')));
    std::size_t at = 0;
    while (at < text.size()) {
      const auto end = text.find("\r\n", at);
      BOOST_REQUIRE(end != std::string::npos);
      BOOST_TEST(end - at <= 76U);
      at = end + 2;
    }
  }
  // Each line feed becomes two bytes: the longest text still fits.
  BOOST_TEST(!made(letter("a@b.example", "s", std::string(4096, '\n'))).empty());
}

BOOST_AUTO_TEST_CASE(encoded_words_split_between_characters) {
  BOOST_TEST(mail::encoded_words("") == "");
  const std::string long_subject = "新しい端末からのサインインをお知らせします。";  // 3 bytes each
  const std::string words = mail::encoded_words(long_subject);
  BOOST_TEST(words ==
             "=?UTF-8?B?5paw44GX44GE56uv5pyr44GL44KJ44Gu44K144Kk44Oz44Kk44Oz?=\r\n "
             "=?UTF-8?B?44KS44GK55+l44KJ44Gb44GX44G+44GZ44CC?=");
  // Four bytes each: nine characters fit into the first word.
  std::string faces;
  for (int i = 0; i < 12; ++i) faces += "\xF0\xA0\xAE\xB7";
  BOOST_TEST(mail::encoded_words(faces).contains("?=\r\n =?UTF-8?B?8KCut/CgrrfwoK63?="));
}

BOOST_AUTO_TEST_CASE(dates_are_those_of_rfc_5322) {
  BOOST_TEST(mail::date_of({0}) == "Thu, 01 Jan 1970 00:00:00 +0000");
  BOOST_TEST(mail::date_of({1'709'164'799'000}) == "Wed, 28 Feb 2024 23:59:59 +0000");
  BOOST_TEST(mail::date_of({1'709'164'800'000}) == "Thu, 29 Feb 2024 00:00:00 +0000");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
