#include "base/loop.h"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boost/test/unit_test.hpp>
#include <memory>
#include <string>
#include <vector>

namespace {

using base::Fd;
using base::Loop;
using base::MonoTime;
using base::Ready;
using base::Task;

// A clock that the test turns.
class HandClock final : public base::Clock {
 public:
  [[nodiscard]] base::WallTime wall() const override { return {}; }
  [[nodiscard]] MonoTime mono() const override { return now; }
  MonoTime now;
};

struct Pair {
  Fd left;
  Fd right;
};

Pair socket_pair() {
  std::array<int, 2> fds{};
  BOOST_REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds.data()) ==
                0);
  return {Fd(fds[0]), Fd(fds[1])};
}

void put(const Fd& fd) { BOOST_REQUIRE(::write(fd.get(), "x", 1) == 1); }
void drain(const Fd& fd) {
  std::array<char, 16> buffer{};
  while (::read(fd.get(), buffer.data(), buffer.size()) > 0) {
  }
}

struct Fixture {
  HandClock clock;
  std::unique_ptr<Loop> loop = Loop::open(clock).value();
  std::string trace;
};

BOOST_FIXTURE_TEST_SUITE(loop_and_task, Fixture)

BOOST_AUTO_TEST_CASE(timers_run_in_the_order_of_their_times) {
  const auto late = loop->after(20, [&] { trace += 'b'; });
  const auto early = loop->after(10, [&] { trace += 'a'; });
  const auto same = loop->after(20, [&] { trace += 'c'; });
  BOOST_TEST(loop->turn(0).has_value());
  BOOST_TEST(trace == "");
  clock.now.ms = 10;
  BOOST_TEST(loop->turn(0).has_value());
  BOOST_TEST(trace == "a");
  clock.now.ms = 20;
  BOOST_TEST(loop->turn(0).has_value());
  BOOST_TEST(trace == "abc");
}

BOOST_AUTO_TEST_CASE(a_timer_that_is_gone_does_not_run) {
  {
    const auto scoped = loop->after(5, [&] { trace += 'x'; });
  }
  auto cancelled = loop->after(5, [&] { trace += 'y'; });
  cancelled.cancel();
  auto moved_from = loop->after(5, [&] { trace += 'z'; });
  const auto kept = std::move(moved_from);
  clock.now.ms = 5;
  BOOST_TEST(loop->turn(0).has_value());
  BOOST_TEST(trace == "z");
}

BOOST_AUTO_TEST_CASE(a_readable_descriptor_calls_back_until_its_watch_ends) {
  const Pair pair = socket_pair();
  auto watch = loop->watch(pair.left.get(), [&](Ready ready) {
    BOOST_TEST(ready.readable);
    drain(pair.left);
    trace += 'r';
  });
  BOOST_TEST(loop->turn(0).has_value());
  BOOST_TEST(trace == "");
  put(pair.right);
  BOOST_TEST(loop->turn(0).has_value());
  BOOST_TEST(trace == "r");
  watch.end();
  put(pair.right);
  BOOST_TEST(loop->turn(0).has_value());
  BOOST_TEST(trace == "r");
}

BOOST_AUTO_TEST_CASE(writable_is_told_only_when_asked_for) {
  const Pair pair = socket_pair();
  int writable = 0;
  auto watch =
      loop->watch(pair.left.get(), [&](Ready ready) { writable += ready.writable ? 1 : 0; });
  BOOST_TEST(loop->turn(0).has_value());
  BOOST_TEST(writable == 0);
  watch.want_write(true);
  BOOST_TEST(loop->turn(0).has_value());
  BOOST_TEST(writable == 1);
  watch.want_write(false);
  BOOST_TEST(loop->turn(0).has_value());
  BOOST_TEST(writable == 1);
}

BOOST_AUTO_TEST_CASE(a_hang_up_is_readable) {
  Pair pair = socket_pair();
  bool told = false;
  const auto watch = loop->watch(pair.left.get(), [&](Ready ready) { told = ready.readable; });
  pair.right.reset();
  BOOST_TEST(loop->turn(0).has_value());
  BOOST_TEST(told);
}

BOOST_AUTO_TEST_CASE(a_callback_may_end_the_watch_of_another_that_is_ready_too) {
  const Pair one = socket_pair();
  const Pair two = socket_pair();
  base::Watch first;
  base::Watch second;
  first = loop->watch(one.left.get(), [&](Ready) {
    trace += '1';
    second.end();
    first.end();
  });
  second = loop->watch(two.left.get(), [&](Ready) {
    trace += '2';
    first.end();
    second.end();
  });
  put(one.right);
  put(two.right);
  BOOST_TEST(loop->turn(0).has_value());
  BOOST_TEST(trace.size() == 1U);
}

BOOST_AUTO_TEST_CASE(posted_work_runs_after_all_that_was_ready) {
  const Pair one = socket_pair();
  const Pair two = socket_pair();
  const auto arrive = [&](const Fd& fd) {
    return [&](Ready) {
      drain(fd);
      trace += 'r';
      loop->post([&] { trace += 'p'; });
    };
  };
  const auto first = loop->watch(one.left.get(), arrive(one.left));
  const auto second = loop->watch(two.left.get(), arrive(two.left));
  put(one.right);
  put(two.right);
  BOOST_TEST(loop->turn(0).has_value());
  BOOST_TEST(trace == "rrpp");
}

BOOST_AUTO_TEST_CASE(what_a_posted_callback_posts_waits_for_the_next_turn) {
  loop->post([&] {
    trace += 'a';
    loop->post([&] { trace += 'b'; });
  });
  BOOST_TEST(loop->turn(-1).has_value());
  BOOST_TEST(trace == "a");
  BOOST_TEST(loop->turn(-1).has_value());
  BOOST_TEST(trace == "ab");
}

BOOST_AUTO_TEST_CASE(run_ends_at_stop) {
  loop->post([&] { loop->stop(); });
  BOOST_TEST(loop->run().has_value());
}

Task<int> nap(Loop& loop, std::string& trace, std::int64_t ms) {
  trace += '(';
  co_await loop.sleep(ms);
  trace += ')';
  co_return static_cast<int>(ms);
}

Task<void> two_naps(Loop& loop, std::string& trace, int& sum) {
  sum += co_await nap(loop, trace, 10);
  sum += co_await nap(loop, trace, 10);
  trace += '!';
}

BOOST_AUTO_TEST_CASE(a_task_reads_from_top_to_bottom) {
  int sum = 0;
  base::spawn(two_naps(*loop, trace, sum));
  BOOST_TEST(trace == "(");
  clock.now.ms = 10;
  BOOST_TEST(loop->turn(0).has_value());
  BOOST_TEST(trace == "()(");
  clock.now.ms = 20;
  BOOST_TEST(loop->turn(0).has_value());
  BOOST_TEST(trace == "()()!");
  BOOST_TEST(sum == 20);
}

BOOST_AUTO_TEST_CASE(a_task_that_nobody_starts_does_nothing_and_leaks_nothing) {
  {
    [[maybe_unused]] const auto task = nap(*loop, trace, 1);
  }
  BOOST_TEST(trace == "");
}

Task<void> receive(base::Slot<std::unique_ptr<int>>& slot, int& out) { out = *co_await slot; }

BOOST_AUTO_TEST_CASE(a_slot_hands_its_value_on_whether_it_or_the_waiter_comes_first) {
  int out = 0;
  base::Slot<std::unique_ptr<int>> early;
  early.set(std::make_unique<int>(1));
  BOOST_TEST(early.is_set());
  base::spawn(receive(early, out));
  BOOST_TEST(out == 1);
  base::Slot<std::unique_ptr<int>> late;
  base::spawn(receive(late, out));
  BOOST_TEST(out == 1);
  late.set(std::make_unique<int>(2));
  BOOST_TEST(out == 2);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
