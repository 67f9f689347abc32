#include "base/pulse.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

namespace {

using base::Loop;
using base::Task;

// A clock that the test turns, so that hours of silence take no time.
class HandClock final : public base::Clock {
 public:
  [[nodiscard]] base::WallTime wall() const override { return {}; }
  [[nodiscard]] base::MonoTime mono() const override { return now; }
  base::MonoTime now;
};

// A service manager that hears.
struct Manager {
  base::Fd socket{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  base::Notifier notifier;

  explicit Manager(const char* watchdog_us = "3000000") {
    const std::string path = "/tmp/kagikura-pulse-" + std::to_string(::getpid());
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.c_str(), path.size());
    BOOST_REQUIRE(
        ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
    ::setenv("WATCHDOG_USEC", watchdog_us, 1);
    notifier = base::Notifier::from_environment();
    ::unlink(path.c_str());
    ::unsetenv("NOTIFY_SOCKET");
    ::unsetenv("WATCHDOG_USEC");
  }

  // How often `message` has come since the last call; all else is forgotten.
  int count(const std::string& message) const {
    int found = 0;
    char buffer[256];
    for (ssize_t n = 0; (n = ::recv(socket.get(), buffer, sizeof buffer, 0)) >= 0;) {
      found += std::string(buffer, static_cast<std::size_t>(n)) == message ? 1 : 0;
    }
    return found;
  }
};

struct World {
  HandClock clock;
  std::unique_ptr<Loop> loop = *Loop::open(clock);
  // Lets `ms` pass, with a turn of the loop every 100.
  void pass(std::int64_t ms) {
    for (std::int64_t done = 0; done < ms; done += 100) {
      clock.now.ms += 100;
      BOOST_REQUIRE(loop->turn(0).has_value());
    }
  }
};

const auto kHealthy = [] { return true; };
const auto kNoStatus = [] { return std::string(); };

}  // namespace

BOOST_AUTO_TEST_SUITE(pulse)

BOOST_AUTO_TEST_CASE(a_loop_that_turns_beats_three_times_in_what_the_manager_allows) {
  const Manager manager;
  World world;
  base::Pulse pulse(*world.loop, manager.notifier, kHealthy, kNoStatus);
  pulse.ready();
  BOOST_TEST(manager.count("WATCHDOG=1") == 1);
  world.pass(3000);
  BOOST_TEST(manager.count("WATCHDOG=1") == 3);
}

BOOST_AUTO_TEST_CASE(a_callback_that_hangs_silences_it) {
  const Manager manager;
  World world;
  base::Pulse pulse(*world.loop, manager.notifier, kHealthy, kNoStatus);
  pulse.ready();
  static_cast<void>(manager.count(""));
  int heard_in_hang = -1;
  const auto planted = world.loop->after(1, [&] {
    world.clock.now.ms += 3'600'000;  // an hour passes inside one callback
    heard_in_hang = manager.count("WATCHDOG=1");
  });
  world.pass(100);
  BOOST_TEST(heard_in_hang == 0);
}

BOOST_AUTO_TEST_CASE(an_unhealthy_process_is_silent_though_its_loop_turns) {
  const Manager manager;
  World world;
  bool healthy = true;
  base::Pulse pulse(*world.loop, manager.notifier, [&] { return healthy; }, kNoStatus);
  pulse.ready();
  static_cast<void>(manager.count(""));
  healthy = false;
  world.pass(60'000);
  BOOST_TEST(manager.count("WATCHDOG=1") == 0);
  healthy = true;
  world.pass(1000);
  BOOST_TEST(manager.count("WATCHDOG=1") == 1);
}

BOOST_AUTO_TEST_CASE(a_status_is_said_when_it_changes) {
  const Manager manager;
  World world;
  std::string status = "Locked";
  base::Pulse pulse(*world.loop, manager.notifier, kHealthy, [&] { return status; });
  pulse.ready();
  world.pass(10'000);
  BOOST_TEST(manager.count("STATUS=Locked") == 1);
  status = "Operational";
  world.pass(1000);
  BOOST_TEST(manager.count("STATUS=Operational") == 1);
}

BOOST_AUTO_TEST_CASE(an_upstream_that_answers_or_is_known_to_be_missing_is_known) {
  World world;
  bool there = true;
  const base::Upstream upstream(*world.loop, 5000, 1000, [&]() -> Task<bool> { co_return there; });
  world.pass(60'000);
  BOOST_TEST(upstream.answers());
  BOOST_TEST(upstream.known());
  there = false;
  world.pass(60'000);
  BOOST_TEST(!upstream.answers());
  BOOST_TEST(upstream.known());
}

BOOST_AUTO_TEST_CASE(a_question_that_is_never_settled_ends_the_beat) {
  const Manager manager;
  World world;
  base::Slot<bool> never;
  bool lose = false;
  const base::Upstream upstream(*world.loop, 5000, 1000, [&]() -> Task<bool> {
    if (lose) co_return co_await never;
    co_return true;
  });
  base::Pulse pulse(*world.loop, manager.notifier, [&] { return upstream.known(); }, kNoStatus);
  pulse.ready();
  world.pass(20'000);
  static_cast<void>(manager.count(""));
  world.pass(5000);
  BOOST_TEST(manager.count("WATCHDOG=1") == 5);
  lose = true;
  world.pass(30'000);
  static_cast<void>(manager.count(""));
  world.pass(30'000);
  BOOST_TEST(!upstream.known());
  BOOST_TEST(manager.count("WATCHDOG=1") == 0);
  never.set(true);  // lets the coroutine end
  world.pass(100);
}

BOOST_AUTO_TEST_CASE(a_late_answer_after_the_end_is_harmless) {
  World world;
  base::Slot<bool> late;
  {
    const base::Upstream upstream(*world.loop, 5000, 1000,
                                  [&]() -> Task<bool> { co_return co_await late; });
  }
  late.set(true);
  world.pass(10'000);
  BOOST_TEST(world.clock.now.ms == 10'000);
}

BOOST_AUTO_TEST_SUITE_END()
