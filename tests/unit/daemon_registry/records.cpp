// Stored bytes of every kind of record against tests/golden/records.txt: a register that is in use
// must open with every later version. `unit_daemon_registry --accept` (after --) writes the file
// anew.
#include "daemon/registry/records.h"

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <sstream>

#include "tests/paths.h"
#include "tests/unit/ipc/sample.h"

namespace {

using base::Code;

template <class R>
void add(std::string& out, const char* name) {
  const registry::Record record = sample::make<R>();
  out += std::string(name) + " " + base::to_hex(registry::key_of(record)) + " " +
         base::to_hex(registry::encode_record(record)) + "\n";
}

std::string golden_path() { return std::string(tests::kSourceDir) + "/tests/golden/records.txt"; }

std::string golden() {
  std::stringstream out;
  out << std::ifstream(golden_path()).rdbuf();
  return out.str();
}

BOOST_AUTO_TEST_SUITE(records)

BOOST_AUTO_TEST_CASE(bytes_are_as_in_the_golden_file) {
  std::string now;
  add<registry::Account>(now, "account-1");
  add<registry::Settings>(now, "settings-1");
  add<registry::Disposal>(now, "disposal-1");
  add<registry::Shelf>(now, "shelf-1");
  add<registry::Person>(now, "person-1");
  add<registry::Request>(now, "request-1");
  add<registry::Submission>(now, "submission-1");
  add<registry::Number>(now, "number-1");
  add<registry::Keyring>(now, "keyring-1");
  add<registry::Throttle>(now, "throttle-1");
  add<registry::Zones>(now, "zones-1");
  add<registry::Proposal>(now, "proposal-1");
  add<registry::Mail>(now, "mail-1");
  add<registry::Designation>(now, "designation-1");
  add<registry::Hours>(now, "hours-1");
  add<registry::Delegation>(now, "delegation-1");
  add<registry::ApiClient>(now, "client-1");
  add<registry::Company>(now, "company-1");
  const auto& suite = boost::unit_test::framework::master_test_suite();
  if (suite.argc > 1 && std::string_view(suite.argv[1]) == "--accept") {
    std::ofstream(golden_path()) << now;
  }
  BOOST_TEST(golden() == now);
}

BOOST_AUTO_TEST_CASE(golden_records_load_under_their_own_key_and_no_other_and_not_cut_or_longer) {
  std::istringstream lines(golden());
  std::string name;
  std::string key_hex;
  std::string value_hex;
  int count = 0;
  while (lines >> name >> key_hex >> value_hex) {
    ++count;
    auto key = base::from_hex(key_hex).value();
    const auto value = base::from_hex(value_hex).value();
    const auto record = registry::decode_record(key, value);
    BOOST_REQUIRE_MESSAGE(record.has_value(), name);
    BOOST_TEST((registry::encode_record(*record) == value), name);
    for (std::size_t size = 0; size < value.size(); ++size) {
      BOOST_REQUIRE(!registry::decode_record(key, base::ByteSpan(value).first(size)).has_value());
    }
    auto longer = value;
    longer.push_back(0);
    BOOST_TEST(!registry::decode_record(key, longer).has_value());
    auto other = value;
    other[0] = 2;  // a version that is not known yet
    BOOST_TEST((registry::decode_record(key, other).error().code == Code::kCorrupt));
    key.back() ^= 1;
    BOOST_TEST((registry::decode_record(key, value).error().code == Code::kCorrupt), name);
    key[0] = 'Z';
    BOOST_TEST(!registry::decode_record(key, value).has_value());
  }
  BOOST_TEST(count == 18);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
