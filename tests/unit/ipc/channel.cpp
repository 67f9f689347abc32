#include "ipc/channel.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <boost/test/unit_test.hpp>
#include <thread>

#include "ipc/client.h"
#include "ipc/messages.h"

namespace {

struct Ping {
  struct Reply {
    std::uint64_t value = 0;
    base::Bytes<200000> large;
  };
  std::uint64_t value = 0;
};
struct Silence {
  using Reply = ipc::Done;
};
struct TestEdge {
  static constexpr const char* kName = "test";
  [[maybe_unused]] static constexpr std::size_t kInFlightMax = 4;
  using Request = std::variant<Ping, Silence>;
};
struct OtherEdge {
  static constexpr const char* kName = "other";
  [[maybe_unused]] static constexpr std::size_t kInFlightMax = 4;
  using Request = std::variant<Ping, Silence>;
};

struct Service {
  base::Loop& loop;
  int violations = 0;
  int closes = 0;
  base::Task<base::Result<Ping::Reply>> handle(Ping ping) {
    if (ping.value == 13) co_return base::fail(base::Code::kDenied, "thirteen");
    Ping::Reply reply;
    reply.value = ping.value + 1;
    if (ping.value == 100)
      reply.large = *base::Bytes<200000>::from(std::vector<std::uint8_t>(150000, 7));
    co_return reply;
  }
  base::Task<base::Result<ipc::Done>> handle(Silence /*silence*/) {
    co_await loop.sleep(60'000);
    co_return ipc::Done{};
  }
  void violated(base::Error /*why*/) { ++violations; }
  void closed() { ++closes; }
};

struct Fixture {
  base::SystemClock clock;
  std::unique_ptr<base::Loop> loop = *base::Loop::open(clock);
  std::shared_ptr<Service> service = std::make_shared<Service>(*loop);
  base::Fd far_end;

  Fixture() {
    auto ends = *ipc::socket_pair();
    BOOST_REQUIRE(ipc::set_nonblocking(ends.first).has_value());
    ipc::serve<TestEdge>(*loop, std::move(ends.first), service);
    far_end = std::move(ends.second);
  }
  void turn_until(const auto& done) {
    for (int i = 0; i < 1000 && !done(); ++i) BOOST_REQUIRE(loop->turn(10).has_value());
    BOOST_REQUIRE(done());
  }
};

template <class Request>
base::Task<void> ask(ipc::Channel<TestEdge>& channel, Request request, std::int64_t timeout_ms,
                     std::optional<base::Result<typename Request::Reply>>& out) {
  out.emplace(co_await channel.call(std::move(request), timeout_ms));
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(channel, Fixture)

BOOST_AUTO_TEST_CASE(a_call_gets_its_reply_or_the_error_that_was_decided) {
  auto channel = *ipc::Channel<TestEdge>::open(*loop, std::move(far_end), {});
  std::optional<base::Result<Ping::Reply>> good, bad;
  base::spawn(ask(*channel, Ping{41}, 1000, good));
  base::spawn(ask(*channel, Ping{13}, 1000, bad));
  turn_until([&] { return good && bad; });
  BOOST_TEST((*good)->value == 42U);
  BOOST_TEST((bad->error() == base::Error{base::Code::kDenied, "thirteen"}));
}

BOOST_AUTO_TEST_CASE(a_body_over_the_frame_travels_in_memory) {
  auto channel = *ipc::Channel<TestEdge>::open(*loop, std::move(far_end), {});
  std::optional<base::Result<Ping::Reply>> reply;
  base::spawn(ask(*channel, Ping{100}, 1000, reply));
  turn_until([&] { return reply.has_value(); });
  BOOST_TEST((*reply)->large.size() == 150000U);
}

BOOST_AUTO_TEST_CASE(a_silent_peer_ends_in_a_time_out_and_a_lost_one_in_an_error) {
  auto channel = *ipc::Channel<TestEdge>::open(*loop, std::move(far_end), {});
  std::optional<base::Result<ipc::Done>> late, lost;
  base::spawn(ask(*channel, Silence{}, 5, late));
  turn_until([&] { return late.has_value(); });
  BOOST_TEST((late->error().code == base::Code::kTimeout));
  base::spawn(ask(*channel, Silence{}, 60'000, lost));
  channel->close();
  BOOST_REQUIRE(lost.has_value());
  BOOST_TEST((lost->error().code == base::Code::kUnavailable));
  turn_until([&] { return service->closes == 1; });
}

BOOST_AUTO_TEST_CASE(too_many_calls_at_once_are_refused_here_and_a_violation_there) {
  auto channel = *ipc::Channel<TestEdge>::open(*loop, base::Fd(::dup(far_end.get())), {});
  std::array<std::optional<base::Result<ipc::Done>>, 5> calls;
  for (auto& call : calls) base::spawn(ask(*channel, Silence{}, 60'000, call));
  BOOST_REQUIRE(calls[4].has_value());
  BOOST_TEST((calls[4]->error().code == base::Code::kTooMany));
  // The same from a peer that does not count.
  ipc::Wire raw(std::move(far_end));
  const std::array<std::uint8_t, 1> silence{1};
  for (std::uint64_t i = 0; i < 8; ++i) {
    static_cast<void>(raw.send(ipc::FrameKind::kRequest, 100 + i, silence, {}));
  }
  turn_until([&] { return service->violations == 1; });
  turn_until([&] { return service->closes == 1; });
}

BOOST_AUTO_TEST_CASE(another_edge_or_no_greeting_is_a_violation) {
  auto channel = *ipc::Channel<OtherEdge>::open(*loop, std::move(far_end), {});
  turn_until([&] { return service->violations == 1; });
}

BOOST_AUTO_TEST_CASE(garbage_after_the_greeting_is_a_violation) {
  ipc::Wire raw(std::move(far_end));
  const ipc::Buffer hello = ipc::encode(ipc::hello_of<TestEdge>());
  BOOST_REQUIRE(raw.send(ipc::FrameKind::kHello, 0, hello, {}).has_value());
  const std::array<std::uint8_t, 3> garbage{9, 9, 9};
  BOOST_REQUIRE(raw.send(ipc::FrameKind::kRequest, 1, garbage, {}).has_value());
  turn_until([&] { return service->violations == 1 && service->closes == 1; });
}

BOOST_AUTO_TEST_CASE(a_memory_file_that_can_still_change_is_refused) {
  base::Fd unsealed(::memfd_create("test", MFD_CLOEXEC));
  BOOST_REQUIRE(base::write_all(unsealed, base::as_bytes("x")).has_value());
  BOOST_TEST(
      (base::read_sealed(unsealed, 10).error() == base::Error{base::Code::kProtocol, "seals"}));
}

BOOST_AUTO_TEST_CASE(the_blocking_client_speaks_the_same) {
  std::thread client([&] {
    auto opened = ipc::Client<TestEdge>::open(std::move(far_end), 2000);
    BOOST_REQUIRE(opened.has_value());
    BOOST_TEST(opened->call(Ping{1})->value == 2U);
    BOOST_TEST((opened->call(Ping{13}).error().code == base::Code::kDenied));
    BOOST_TEST(opened->call(Ping{100})->large.size() == 150000U);
  });
  turn_until([&] { return service->closes == 1; });
  client.join();
}

BOOST_AUTO_TEST_CASE(a_peer_is_one_of_the_named_users_or_of_our_own_when_none_is_named) {
  const auto ends = *ipc::socket_pair();
  const std::uint32_t own = ::geteuid();
  BOOST_TEST(ipc::peer_is_one_of(ends.first, {}));
  BOOST_TEST(ipc::peer_is_one_of(ends.first, {own + 1, own}));
  BOOST_TEST(!ipc::peer_is_one_of(ends.first, {own + 1}));
  const base::Fd no_socket(::memfd_create("none", MFD_CLOEXEC));
  BOOST_TEST(!ipc::peer_is_one_of(no_socket, {own}));
}

BOOST_AUTO_TEST_SUITE_END()
