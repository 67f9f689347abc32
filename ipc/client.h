// The blocking client of an edge, for programs that do one thing at a time: web workers, the
// console, the command line. Event-loop processes use ipc/channel.h.
#pragma once

#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "ipc/edge.h"

namespace ipc {

template <class Edge>
class Client {
 public:
  // Says hello on a connected, blocking socket and waits for the answer. `timeout_ms` holds for
  // this and for every call.
  static base::Result<Client> open(base::Fd fd, std::int64_t timeout_ms) {
    timeval limit{timeout_ms / 1000, static_cast<suseconds_t>(timeout_ms % 1000 * 1000)};
    if (::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) != 0 ||
        ::setsockopt(fd.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) != 0) {
      return base::fail(base::Code::kIo, "socket");
    }
    Client client(std::move(fd));
    const Buffer hello = encode(hello_of<Edge>());
    if (!TRY(client.wire_.send(FrameKind::kHello, 0, hello, {}))) {
      return base::fail(base::Code::kTimeout, "peer");
    }
    const auto answer = TRY(client.wire_.receive());
    if (!answer) return base::fail(base::Code::kTimeout, "peer");
    TRY(check_hello<Edge>(*answer));
    return client;
  }

  // Sends the request and waits for its reply, or the error that the other end decided on. After
  // kTimeout, kUnavailable or kProtocol the client is closed and every further call fails. A
  // request that takes longer than others says so as kWaitMs.
  template <class Request>
  base::Result<typename Request::Reply> call(const Request& request) {
    if (!wire_.valid()) return base::fail(base::Code::kUnavailable, "peer");
    Encoder encoder;
    encoder.put(static_cast<std::uint8_t>(
        index_of<Request>(static_cast<typename Edge::Request*>(nullptr))));
    encoder.put(request);
    const std::uint64_t id = ++last_id_;
    auto frame = exchange(id, encoder, wait_ms_of<Request>());
    if (!frame) {
      wire_.close();
      return std::unexpected(frame.error());
    }
    if (frame->kind == FrameKind::kError) {
      return std::unexpected(TRY(decode<base::Error>(frame->body)));
    }
    return decode<typename Request::Reply>(frame->body, &frame->fds);
  }

 private:
  explicit Client(base::Fd fd) : wire_(std::move(fd)) {}

  template <class Request>
  static consteval int wait_ms_of() {
    if constexpr (requires { Request::kWaitMs; }) return Request::kWaitMs;
    return 0;
  }

  template <class Request, class... Requests>
  static constexpr std::size_t index_of(const std::variant<Requests...>* /*edge*/) {
    static_assert((std::is_same_v<Request, Requests> || ...), "this edge has no such request");
    std::size_t index = 0;
    static_cast<void>(((std::is_same_v<Request, Requests> || (++index, false)) || ...));
    return index;
  }

  base::Result<Frame> exchange(std::uint64_t id, const Encoder& encoder, int wait_ms) {
    if (!TRY(wire_.send(FrameKind::kRequest, id, encoder.view(), encoder.fds()))) {
      return base::fail(base::Code::kTimeout, "peer");
    }
    // Beyond the socket's own time-out, which starts again in receive().
    pollfd waiting{wire_.fd(), POLLIN, 0};
    if (wait_ms > 0) static_cast<void>(::poll(&waiting, 1, wait_ms));
    auto frame = TRY(wire_.receive());
    if (!frame) return base::fail(base::Code::kTimeout, "peer");
    const bool answers = frame->kind == FrameKind::kReply || frame->kind == FrameKind::kError;
    if (!answers || frame->id != id) return base::fail(base::Code::kProtocol, "reply");
    return std::move(*frame);
  }

  Wire wire_;
  std::uint64_t last_id_ = 0;
};

}  // namespace ipc
