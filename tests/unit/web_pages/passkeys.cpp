// Browsers by their claim, and the text form of what passkeys send.
#include "web/passkeys.h"

#include <boost/test/unit_test.hpp>

#include "web/device.h"

BOOST_AUTO_TEST_SUITE(passkeys)

BOOST_AUTO_TEST_CASE(browsers_are_known_by_their_youngest_name) {
  using ipc::Browser;
  using ipc::System;
  const struct {
    const char* text;
    Browser browser;
    System system;
  } kRows[] = {
      {"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
       "Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0",
       Browser::kEdge, System::kWindows},
      {"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0",
       Browser::kFirefox, System::kWindows},
      {"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 "
       "Safari/537.36",
       Browser::kChrome, System::kLinux},
      {"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) "
       "Chrome/140.0.0.0 Mobile Safari/537.36",
       Browser::kChrome, System::kAndroid},
      {"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
       "Version/18.5 Safari/605.1.15",
       Browser::kSafari, System::kMac},
      {"Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
       "Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
       Browser::kSafari, System::kIphone},
      {"", Browser::kOther, System::kOther},
      {"curl/7.88.1", Browser::kOther, System::kOther},
  };
  for (const auto& row : kRows) {
    const auto device = web::device_of(row.text);
    BOOST_TEST((device.browser == row.browser), row.text);
    BOOST_TEST((device.system == row.system), row.text);
  }
}

BOOST_AUTO_TEST_CASE(bytes_have_one_text) {
  for (std::size_t size = 0; size < 70; ++size) {
    std::vector<std::uint8_t> bytes(size);
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(251 * i + size);
    const std::string text = web::base64url(bytes);
    const auto back = web::from_base64url(text, "passkey");
    BOOST_REQUIRE(back.has_value());
    BOOST_TEST((*back == bytes));
  }
  for (const auto* bad : {"A", "AB", "AAB", "A=", "AA==", "A+AA", "A/AA", "A AA", "AAAAA"}) {
    BOOST_TEST(!web::from_base64url(bad, "passkey").has_value(), bad);
  }
  BOOST_TEST((*web::from_base64url("-_8", "passkey") == std::vector<std::uint8_t>{0xFB, 0xFF}));
}

BOOST_AUTO_TEST_SUITE_END()
