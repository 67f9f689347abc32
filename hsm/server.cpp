#include "hsm/server.h"

#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/clock.h"
#include "hsm/watchdog.h"
#include "ipc/codec.h"
#include "ipc/edge.h"

namespace hsm {

namespace {

using base::Code;
using base::fail;
using base::Result;

// Tells the manager, at most once a beat, that the loop that calls it turns.
class Beat {
 public:
  Beat(const base::Notifier& manager, std::int64_t most_ms)
      : manager_(manager),
        every_ms_(std::min(most_ms, manager.watchdog_ms().value_or(3 * most_ms) / 3)) {}

  void turned(std::string_view status) {
    if (status != said_) {
      manager_.status(status);
      said_ = status;
    }
    const std::int64_t now = clock_.mono().ms;
    if (now < due_) return;
    manager_.alive();
    due_ = now + every_ms_;
  }
  [[nodiscard]] int wait_ms() const { return static_cast<int>(every_ms_); }

 private:
  const base::Notifier& manager_;
  base::SystemClock clock_;
  std::int64_t every_ms_;
  std::int64_t due_ = 0;
  std::string_view said_;
};

}  // namespace

std::string_view Server::status() const {
  if (!client_.valid()) return "waiting for audit";
  return service_.logged_in() ? "logged in" : "not logged in";
}

Result<> Server::run(const base::Fd& stop, const base::Notifier& manager) {
  Beat beat(manager, kBeatMs);
  while (true) {
    beat.turned(status());
    // poll() leaves out what is negative: without a client there are two.
    std::array<pollfd, 3> wait{
        {{stop.get(), POLLIN, 0}, {listener_.get(), POLLIN, 0}, {client_.fd(), POLLIN, 0}}};
    if (::poll(wait.data(), wait.size(), beat.wait_ms()) < 0) {
      if (errno == EINTR) continue;
      return fail(Code::kIo, "poll");
    }
    if (wait[0].revents != 0) return {};
    // The client first: when it has gone, the next one may be the same program, started again.
    if (wait[2].revents != 0) serve_waiting();
    if (wait[1].revents != 0) accept_waiting();
  }
}

void Server::accept_waiting() {
  while (true) {
    auto accepted = ipc::accept_from(listener_);
    if (!accepted) return log_.error("accept_failed", {{"error", accepted.error()}});
    if (!*accepted) return;
    if (client_.valid()) {
      log_.warn("second_client_refused");
    } else if (!ipc::peer_is_one_of(**accepted, clients_)) {
      log_.warn("client_of_other_user_refused");
    } else {
      client_ = ipc::Wire(std::move(**accepted));
      greeted_ = false;
      log_.info("client_connected");
    }
  }
}

// One packet, answered in groups, so that the first of a long packet need not wait for the last.
void Server::serve_waiting() {
  do {
    auto done = take_group();
    if (done) done = send_answers();
    if (!done) return drop(done.error());
  } while (client_.holds_more());
}

Result<> Server::take_group() {
  const watchdog::Busy watched;
  for (int taken = 0; taken < kGroupMax && (taken == 0 || client_.holds_more()); ++taken) {
    auto frame = TRY(client_.receive());
    if (!frame) return {};
    TRY(take(std::move(*frame)));
  }
  return {};
}

Result<> Server::greet(const ipc::Frame& frame) {
  TRY(ipc::check_hello<ipc::AuditHsm>(frame));
  greeted_ = true;
  answers_.push_back({ipc::FrameKind::kHello, 0, ipc::encode(ipc::hello_of<ipc::AuditHsm>())});
  return {};
}

Result<> Server::take(ipc::Frame frame) {
  if (!greeted_) return greet(frame);
  if (frame.kind != ipc::FrameKind::kRequest) return fail(Code::kProtocol, "request");
  auto request = TRY(ipc::decode<ipc::AuditHsm::Request>(frame.body, &frame.fds));
  watchdog::begin_request();
  std::visit(
      [&](auto& message) {
        const auto reply = service_.handle(std::move(message));
        if (reply) {
          answers_.push_back({ipc::FrameKind::kReply, frame.id, ipc::encode(*reply)});
        } else {
          answers_.push_back({ipc::FrameKind::kError, frame.id, ipc::encode(reply.error())});
        }
      },
      request);
  return {};
}

Result<> Server::send_answers() {
  ipc::Packet packet;
  for (const auto& answer : std::exchange(answers_, {})) {
    const bool alone = answer.body.size() > ipc::kInlineMax;
    if (!alone && packet.add(answer.kind, answer.id, answer.body)) continue;
    TRY(send_patiently([&] { return client_.send(packet); }, packet.empty()));
    packet = {};
    if (!alone) {
      ASSERT(packet.add(answer.kind, answer.id, answer.body));
      continue;
    }
    TRY(send_patiently([&] { return client_.send(answer.kind, answer.id, answer.body, {}); }));
  }
  return send_patiently([&] { return client_.send(packet); }, packet.empty());
}

template <class Send>
Result<> Server::send_patiently(Send send, bool nothing) {
  while (!nothing && !TRY(send())) {
    pollfd room{client_.fd(), POLLOUT, 0};
    const int ready = ::poll(&room, 1, kSendWaitMs);
    if (ready == 0) return fail(Code::kTimeout, "client");
    if (ready < 0 && errno != EINTR) return fail(Code::kIo, "poll");
  }
  return {};
}

void Server::drop(base::Error why) {
  log_.warn("client_gone", {{"error", why}});
  client_.close();
  answers_.clear();
  // Whoever comes next logs in for itself.
  service_.log_out();
}

}  // namespace hsm
