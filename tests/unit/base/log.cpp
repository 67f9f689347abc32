#include "base/log.h"

#include <unistd.h>

#include <array>
#include <boost/test/unit_test.hpp>
#include <string>

namespace {

// What `write` puts on standard error.
template <class Write>
std::string captured(Write write) {
  std::array<int, 2> ends{};
  BOOST_REQUIRE(::pipe(ends.data()) == 0);
  const int kept = ::dup(STDERR_FILENO);
  ::dup2(ends[1], STDERR_FILENO);
  write();
  ::dup2(kept, STDERR_FILENO);
  ::close(kept);
  ::close(ends[1]);
  std::array<char, 4096> buffer{};
  const ssize_t size = ::read(ends[0], buffer.data(), buffer.size());
  ::close(ends[0]);
  return {buffer.data(), static_cast<std::size_t>(size < 0 ? 0 : size)};
}

BOOST_AUTO_TEST_SUITE(log)

BOOST_AUTO_TEST_CASE(a_value_cannot_start_a_line_or_a_field) {
  const base::Log log("test");
  const std::string line = captured([&] {
    log.warn("peer_dropped", {{"why", "a\nb c=d\x1b[2J"},
                              {"error", base::Error{base::Code::kProtocol, "tag"}},
                              {"count", 3}});
  });
  BOOST_TEST(line.ends_with("peer_dropped why=a_b_c_d_[2J error=protocol/tag count=3\n"));
  BOOST_TEST(line.find('\n') == line.size() - 1);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
