// Every message and reply of every edge against tests/golden/messages.txt, and the codec's
// promises on each: one encoding, no trailing bytes, no accepted prefix. Run with `-- --accept` to
// write the file anew; the difference is then reviewed like code.
#include "ipc/messages.h"

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <optional>
#include <sstream>

#include "tests/paths.h"
#include "tests/unit/ipc/sample.h"

namespace {

std::string golden_path() { return std::string(tests::kSourceDir) + "/tests/golden/messages.txt"; }

template <class T>
void add_line(std::string& out, const std::string& edge) {
  const T value = sample::make<T>();
  const ipc::Buffer bytes = ipc::encode(value);
  out += edge + " " + sample::type_name<T>() + " " + base::to_hex(bytes) + "\n";
}

template <class... Requests>
void add_edge(std::string& out, const std::string& edge, const std::variant<Requests...>* /*tag*/) {
  (add_line<Requests>(out, edge), ...);
  (add_line<typename Requests::Reply>(out, edge), ...);
}

template <class Edge>
void add_edge(std::string& out) {
  add_edge(out, Edge::kName, static_cast<typename Edge::Request*>(nullptr));
}

// Decodes and encodes again; nothing when the bytes are refused. The one instantiation a message
// needs: the checks themselves are not templates, so that 160 messages do not compile them 160
// times.
template <class T>
std::optional<ipc::Buffer> again(base::ByteSpan bytes) {
  const auto decoded = ipc::decode<T>(bytes);
  if (!decoded) return std::nullopt;
  return ipc::encode(*decoded);
}

using Again = std::optional<ipc::Buffer> (*)(base::ByteSpan);

void check_promises(const std::string& name, const ipc::Buffer& bytes, Again again) {
  const auto same = again(bytes);
  BOOST_TEST((same.has_value() && *same == bytes), name);
  bool prefix_taken = false;
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    prefix_taken |= again(base::ByteSpan(bytes).first(size)).has_value();
  }
  BOOST_TEST(!prefix_taken, name);
  ipc::Buffer longer = bytes;
  longer.push_back(0);
  BOOST_TEST(!again(longer).has_value(), name);
}

template <class T>
void check_promises() {
  check_promises(sample::type_name<T>(), ipc::encode(sample::make<T>()), &again<T>);
}

template <class... Requests>
void check_edge(const std::variant<Requests...>* /*tag*/) {
  (check_promises<Requests>(), ...);
  (check_promises<typename Requests::Reply>(), ...);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(messages)

BOOST_AUTO_TEST_CASE(bytes_are_as_in_the_golden_file) {
  std::string now;
  add_edge<ipc::AcceptorCore>(now);
  add_edge<ipc::WorkerCore>(now);
  add_edge<ipc::ConsoleCore>(now);
  add_edge<ipc::ConsoleSite>(now);
  add_edge<ipc::CoreAudit>(now);
  add_edge<ipc::AuditHsm>(now);
  const auto& suite = boost::unit_test::framework::master_test_suite();
  if (suite.argc > 1 && std::string_view(suite.argv[1]) == "--accept") {
    std::ofstream(golden_path()) << now;
  }
  std::stringstream golden;
  golden << std::ifstream(golden_path()).rdbuf();
  BOOST_TEST(golden.str() == now);
}

BOOST_AUTO_TEST_CASE(every_message_has_one_encoding_and_no_shorter_or_longer_one) {
  check_edge(static_cast<ipc::AcceptorCore::Request*>(nullptr));
  check_edge(static_cast<ipc::WorkerCore::Request*>(nullptr));
  check_edge(static_cast<ipc::ConsoleCore::Request*>(nullptr));
  check_edge(static_cast<ipc::ConsoleSite::Request*>(nullptr));
  check_edge(static_cast<ipc::CoreAudit::Request*>(nullptr));
  check_edge(static_cast<ipc::AuditHsm::Request*>(nullptr));
}

BOOST_AUTO_TEST_CASE(values_that_cannot_be_are_refused) {
  using base::Code;
  const auto bytes = [](std::initializer_list<std::uint8_t> list) {
    return std::vector<std::uint8_t>(list);
  };
  BOOST_TEST((ipc::decode<bool>(bytes({2})).error() == base::Error{Code::kProtocol, "bool"}));
  BOOST_TEST((ipc::decode<base::Zone>(bytes({9})).error() == base::Error{Code::kProtocol, "enum"}));
  // A count that promises more than was sent, before anything is allocated.
  BOOST_TEST((ipc::decode<base::List<base::PersonId, 5000>>(bytes({0x88, 0x13, 0, 0})).error() ==
              base::Error{Code::kProtocol, "list"}));
  BOOST_TEST((ipc::decode<base::Text<4>>(bytes({5, 0, 0, 0, 'a', 'b', 'c', 'd', 'e'})).error() ==
              base::Error{Code::kProtocol, "length"}));
  BOOST_TEST((ipc::decode<base::Text<4>>(bytes({1, 0, 0, 0, '\n'})).error() ==
              base::Error{Code::kProtocol, "text"}));
  BOOST_TEST((ipc::decode<ipc::AcceptorCore::Request>(bytes({1})).error() ==
              base::Error{Code::kProtocol, "tag"}));
  // A descriptor that is promised but did not come.
  BOOST_TEST((ipc::decode<base::Fd>(bytes({1})).error() == base::Error{Code::kProtocol, "fds"}));
}

BOOST_AUTO_TEST_SUITE_END()
