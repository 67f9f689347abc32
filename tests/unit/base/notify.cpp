#include "base/notify.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <cstring>
#include <string>

BOOST_AUTO_TEST_SUITE(notify)

BOOST_AUTO_TEST_CASE(without_a_manager_it_is_silent) {
  ::unsetenv("NOTIFY_SOCKET");
  ::unsetenv("WATCHDOG_USEC");
  const auto notifier = base::Notifier::from_environment();
  notifier.ready();
  BOOST_TEST(!notifier.watchdog_ms().has_value());
}

BOOST_AUTO_TEST_CASE(a_manager_hears_each_message_as_a_datagram) {
  const std::string path = "/tmp/kagikura-notify-" + std::to_string(::getpid());
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.c_str(), path.size());
  const base::Fd manager(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  BOOST_REQUIRE(
      ::bind(manager.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
  ::setenv("WATCHDOG_USEC", "3000000", 1);
  const auto notifier = base::Notifier::from_environment();
  ::unlink(path.c_str());
  ::unsetenv("NOTIFY_SOCKET");
  ::unsetenv("WATCHDOG_USEC");
  BOOST_TEST(*notifier.watchdog_ms() == 3000);
  notifier.status("Operational");
  notifier.ready();
  char buffer[256];
  const auto next = [&] {
    const ssize_t n = ::recv(manager.get(), buffer, sizeof buffer, 0);
    return std::string(buffer, static_cast<std::size_t>(n));
  };
  BOOST_TEST(next() == "STATUS=Operational");
  BOOST_TEST(next() == "READY=1");
}

BOOST_AUTO_TEST_SUITE_END()
