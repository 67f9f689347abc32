#include "monitor/exposition.h"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(exposition)

BOOST_AUTO_TEST_CASE(one_state_holds_and_each_has_its_line) {
  ipc::GetStatus::Reply status;
  status.state = base::State::kSealed;
  status.cover = base::Cover::kOpen;
  status.disk_free_mib = 3;
  const std::string page = monitor::exposition(status);
  BOOST_TEST(page.contains("kagikura_up 1\n"));
  BOOST_TEST(page.contains("kagikura_state{state=\"sealed\"} 1\n"));
  BOOST_TEST(page.contains("kagikura_state{state=\"operational\"} 0\n"));
  BOOST_TEST(page.contains("kagikura_cover{cover=\"open\"} 1\n"));
  BOOST_TEST(page.contains("kagikura_disk_free_bytes 3145728\n"));
  BOOST_TEST(page.contains("kagikura_checkpoint_timestamp_seconds 0\n"));
  BOOST_TEST(monitor::exposition_of_silence().contains("kagikura_up 0\n"));
}

BOOST_AUTO_TEST_CASE(nothing_that_a_person_typed_is_shown) {
  ipc::GetStatus::Reply status;
  status.firm = ipc::Name::literal("検証用商事");
  status.reason = ipc::Text<64>::literal("somewords");
  status.hsm_model = ipc::Text<64>::literal("modelwords");
  const std::string page = monitor::exposition(status);
  for (const char* word : {"検証用商事", "somewords", "modelwords"}) {
    BOOST_TEST(!page.contains(word));
  }
}

BOOST_AUTO_TEST_CASE(every_line_is_of_the_format) {
  const std::string page = monitor::exposition({});
  std::size_t at = 0;
  while (at < page.size()) {
    const auto end = page.find('\n', at);
    BOOST_REQUIRE(end != std::string::npos);
    const std::string line = page.substr(at, end - at);
    at = end + 1;
    if (line.starts_with("# HELP kagikura_") || line.starts_with("# TYPE kagikura_")) continue;
    const auto space = line.rfind(' ');
    BOOST_REQUIRE(space != std::string::npos);
    BOOST_TEST(line.starts_with("kagikura_"));
    BOOST_TEST(line.find_first_not_of("0123456789", space + 1) == std::string::npos, line);
  }
}

BOOST_AUTO_TEST_SUITE_END()
