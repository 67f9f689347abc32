#include "config/config.h"

#include <boost/test/unit_test.hpp>

namespace {

constexpr const char* kGood = R"([paths]
state = "/srv/kagikura"
run = "/run/kagikura"

[hsm]
module = "/usr/lib/softhsm/libsofthsm2.so"
token = "pkcs11:token=one"
timeout_ms = 2000

[web]
listen = ["192.0.2.1:443", "[2001:db8::1]:443"]

[[zone]]
kind = "handling"
blocks = ["192.0.2.0/24", "2001:db8::/64"]

[[zone]]
kind = "collection"
blocks = ["198.51.100.0/24"]

[budgets]
user_hour = 10
user_day = 20

[log]
size_mib = 64
)";

}  // namespace

BOOST_AUTO_TEST_SUITE(config_file)

BOOST_AUTO_TEST_CASE(a_good_file_is_read) {
  const auto outcome = config::parse(kGood);
  for (const auto& problem : outcome.problems) BOOST_TEST_MESSAGE(problem.key + " " + problem.text);
  BOOST_REQUIRE(outcome.problems.empty());
  BOOST_TEST(outcome.config.state == "/srv/kagikura");
  BOOST_TEST(outcome.config.token == "pkcs11:token=one");
  BOOST_REQUIRE(outcome.config.listen.size() == 2U);
  BOOST_TEST(outcome.config.listen[1].address.text() == "2001:db8::1");
  BOOST_TEST(outcome.config.listen[1].port == 443);
  BOOST_REQUIRE(outcome.config.zones.size() == 3U);
  BOOST_TEST((outcome.config.zones[2].zone == base::Zone::kCollection));
  BOOST_TEST(outcome.config.user_day == 20U);
  BOOST_TEST(outcome.config.log_bytes == 64U << 20U);
}

BOOST_AUTO_TEST_CASE(each_mistake_is_named_with_its_line_and_all_are_found_at_once) {
  struct Case {
    const char* text;
    unsigned line;
    const char* key;
  };
  const Case cases[] = {
      {"[paths]\nstate = \"relative\"\n", 2, "paths.state"},
      {"[hsm]\ntoken = \"slot:0\"\n", 2, "hsm.token"},
      {"[hsm]\ntimeout_ms = 5\n", 2, "hsm.timeout_ms"},
      {"[hsm]\ntimeout_ms = \"2000\"\n", 2, "hsm.timeout_ms"},
      {"[web]\n\nlisten = [\"192.0.2.1\"]\n", 3, "web.listen"},
      {"[web]\nlisten = [\"2001:db8::1:443\"]\n", 2, "web.listen"},
      {"[web]\nlisten = [\"192.0.2.1:0\"]\n", 2, "web.listen"},
      {"[[zone]]\nkind = \"office\"\nblocks = [\"192.0.2.0/24\"]\n", 1, "zone.kind"},
      {"[[zone]]\nkind = \"handling\"\nblocks = [\"192.0.2.1/24\"]\n", 3, "zone.blocks"},
      {"[[zone]]\nkind = \"handling\"\nblocks = []\n", 1, "zone.blocks"},
      {"[sessions]\nidle_s = 3600\n", 2, "sessions.idle_s"},
      {"[budgets]\nuser_hours = 3\n", 2, "budgets.user_hours"},
      {"[budget]\nuser_hour = 3\n", 1, "budget"},
      {"[budgets]\nuser_hour = 300\nuser_day = 200\n", 2, "budgets.user_hour"},
      {"[log]\nsize_mib = 8\nsegment_mib = 8\n", 2, "log.size_mib"},
      {"paths = 3\n", 1, "paths"},
      {"[paths\n", 1, "file"},
  };
  for (const auto& c : cases) {
    const auto outcome = config::parse(c.text);
    BOOST_REQUIRE_MESSAGE(!outcome.problems.empty(), c.text);
    BOOST_TEST(outcome.problems[0].line == c.line, c.text);
    BOOST_TEST(outcome.problems[0].key == c.key, c.text);
    BOOST_TEST(!outcome.problems[0].text.empty());
  }
  const auto many = config::parse("[paths]\nstate = 1\nrun = 2\n[hsm]\nmodule = 3\n");
  BOOST_TEST(many.problems.size() == 3U);
}

BOOST_AUTO_TEST_CASE(a_file_that_is_not_there_is_a_problem) {
  BOOST_TEST(config::load("/nonexistent/kagikura.toml").problems.size() == 1U);
}

BOOST_AUTO_TEST_CASE(users_become_the_uids_of_the_system) {
  const auto outcome =
      config::parse("[users]\naudit = \"root\"\nconsole = [\"root\", \"daemon\"]\n");
  BOOST_REQUIRE(outcome.problems.empty());
  BOOST_TEST(outcome.config.audit_users == std::vector<std::uint32_t>{0});
  BOOST_TEST(outcome.config.console_users == (std::vector<std::uint32_t>{0, 1}));
  BOOST_TEST(outcome.config.web_users.empty());
}

BOOST_AUTO_TEST_CASE(a_user_that_the_system_does_not_have_is_a_mistake_with_its_line) {
  // Left out silently, the list would be empty, and empty means "our own user".
  for (const char* value :
       {"\"no-such-user\"", "[\"root\", \"no-such-user\"]", "[]", "7", "\"\""}) {
    const auto outcome = config::parse("[users]\ncore = " + std::string(value) + "\n");
    BOOST_REQUIRE_MESSAGE(outcome.problems.size() == 1U, value);
    BOOST_TEST(outcome.problems[0].line == 2U);
    BOOST_TEST(outcome.problems[0].key == "users.core");
  }
}

BOOST_AUTO_TEST_CASE(zones_that_the_console_has_set_stand_in_place_of_the_files) {
  auto outcome = config::parse("[[zone]]\nkind = \"handling\"\nblocks = [\"192.0.2.0/24\"]\n");
  config::parse_zones("[[zone]]\nkind = \"collection\"\nblocks = [\"198.51.100.0/24\"]\n", outcome);
  BOOST_REQUIRE(outcome.problems.empty());
  BOOST_REQUIRE(outcome.config.zones.size() == 1U);
  BOOST_TEST((outcome.config.zones[0].zone == base::Zone::kCollection));
  for (const char* wrong : {"[[zone]", "[users]\ncore = \"root\"\n", "[[zone]]\nkind = \"x\"\n"}) {
    auto other = config::parse("");
    config::parse_zones(wrong, other);
    BOOST_TEST(!other.problems.empty(), wrong);
  }
}

BOOST_AUTO_TEST_CASE(a_collector_is_an_address_with_the_name_of_its_certificate) {
  BOOST_TEST(!config::parse("").config.collector.has_value());
  const auto outcome =
      config::parse("[syslog]\ncollector = \"192.0.2.5:6514\"\nname = \"loghost.example\"\n");
  BOOST_REQUIRE(outcome.problems.empty());
  BOOST_TEST(outcome.config.collector->port == 6514);
  BOOST_TEST(outcome.config.collector_name == "loghost.example");
}

BOOST_AUTO_TEST_SUITE_END()
