// Frames against RFC 5424 and RFC 5425, by their grammar.
#include "monitor/syslog_line.h"

#include <boost/test/unit_test.hpp>

namespace {

ipc::LogRow row() {
  ipc::LogRow out;
  out.index = 41;
  out.at = *base::from_rfc3339("2026-11-23T01:02:03.004Z");
  out.event = base::Text<32>::literal("reveal.intent");
  out.role = base::Role::kHandler;
  out.person = base::PersonId{7};
  out.login = base::Text<64>::literal("tantou");
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(syslog_line)

BOOST_AUTO_TEST_CASE(an_entry_as_it_is_framed) {
  const std::string message =
      "<110>1 2026-11-23T01:02:03.004Z box kagikura - reveal.intent [entry@32473 n=\"41\" "
      "role=\"handler\" person=\"0000000000000007\"]";
  BOOST_TEST(monitor::framed(row(), "box") == std::to_string(message.size()) + " " + message);
  BOOST_TEST(monitor::framed(row(), "").contains("Z - kagikura"));
}

BOOST_AUTO_TEST_CASE(what_needs_somebody_is_louder) {
  auto refused = row();
  refused.error = base::Text<64>::literal("denied:access");
  BOOST_TEST(monitor::framed(refused, "box").contains(" <108>1 "));
  auto opened = row();
  opened.event = base::Text<32>::literal("appliance.tampered");
  BOOST_TEST(monitor::framed(opened, "box").contains(" <106>1 "));
}

BOOST_AUTO_TEST_CASE(values_cannot_end_their_element) {
  auto odd = row();
  odd.action = base::Text<32>::literal("a\"b]c\\d");
  BOOST_TEST(monitor::framed(odd, "box").contains("action=\"a\\\"b\\]c\\\\d\""));
}

BOOST_AUTO_TEST_CASE(sign_in_names_stay_in_the_log) {
  BOOST_TEST(!monitor::framed(row(), "box").contains("tantou"));
}

BOOST_AUTO_TEST_SUITE_END()
