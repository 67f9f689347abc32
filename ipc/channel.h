// Both ends of an edge for event-loop processes.
//
//   Channel<Edge>   the asking end: co_await channel.call(Reveal{...}, timeout_ms)
//   serve<Edge>()   the answering end: one Service object a connection, with
//                     Task<Result<R::Reply>> handle(R) for every request R of the edge,
//                     void violated(Error)  the peer broke a rule; its connection ends after this
//                     void closed()         the connection has ended, once, in every case
//
// A service lives until its last handler has ended, also when the peer has gone. Requests over
// kInFlightMax at once are a violation: the asking end counts too.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>

#include "base/loop.h"
#include "base/task.h"
#include "ipc/edge.h"

namespace ipc {

// A non-blocking wire. What is sent in one turn of the loop goes out at its end, together; what the
// socket does not take waits.
class QueuedWire {
 public:
  QueuedWire(base::Loop& loop, base::Fd fd) : loop_(loop), wire_(std::move(fd)) {}
  // Frames that arrive go to `on_frame`; the first failure, or the end, to `on_end`, once.
  void start(std::function<void(Frame)> on_frame, std::function<void(base::Error)> on_end);
  // Keeps the frame for the end of this turn. kTooMany when the peer lets kQueueMax frames wait.
  base::Result<> send(FrameKind kind, std::uint64_t id, base::ByteSpan body,
                      const std::vector<int>& fds);
  // Sends what still waits, as far as the socket takes it, and ends the connection; on_end is
  // called with `why` unless it was before.
  void end(base::Error why);
  [[nodiscard]] bool open() const { return wire_.valid(); }

 private:
  static constexpr std::size_t kQueueMax = 4096;
  struct Waiting {  // a packet, or one frame that travels alone
    Packet packet;
    std::size_t frames = 0;
    FrameKind kind{};
    std::uint64_t id = 0;
    Buffer body;
    std::vector<base::Fd> fds;
    [[nodiscard]] bool alone() const { return packet.empty(); }
  };
  void ready(base::Ready ready);
  void flush_this_turn();
  void flush();
  base::Result<bool> send_waiting();
  base::Result<bool> send_one(const Waiting& next);
  base::Result<> queue_alone(FrameKind kind, std::uint64_t id, base::ByteSpan body,
                             const std::vector<int>& fds);

  base::Loop& loop_;
  Wire wire_;
  base::Watch watch_;
  std::deque<Waiting> queue_;
  std::size_t frames_waiting_ = 0;
  bool posted_ = false;
  bool blocked_ = false;  // the socket is full: the loop says when it is not
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  std::function<void(Frame)> on_frame_;
  std::function<void(base::Error)> on_end_;
};

template <class Edge>
class Channel {
 public:
  // Says hello on a connected socket. `on_end` hears once when the connection has ended; every call
  // that waits gets the same error first.
  static base::Result<std::unique_ptr<Channel>> open(base::Loop& loop, base::Fd fd,
                                                     std::function<void(base::Error)> on_end) {
    TRY(set_nonblocking(fd));
    auto channel = std::unique_ptr<Channel>(new Channel(loop, std::move(fd), std::move(on_end)));
    const Buffer hello = encode(hello_of<Edge>());
    TRY(channel->wire_.send(FrameKind::kHello, 0, hello, {}));
    return channel;
  }

  // kTooMany when kInFlightMax calls wait already; kTimeout after `timeout_ms` (the request may
  // still be carried out: the outcome is unknown); kUnavailable when the connection has ended.
  template <class Request>
  base::Task<base::Result<typename Request::Reply>> call(Request request, std::int64_t timeout_ms) {
    if (!wire_.open()) co_return base::fail(base::Code::kUnavailable, "peer");
    if (pending_.size() >= Edge::kInFlightMax) co_return base::fail(base::Code::kTooMany, "calls");
    const std::uint64_t id = ++last_id_;
    {
      const typename Edge::Request message(std::move(request));
      Encoder encoder;
      encoder.put(message);
      CO_CHECK(wire_.send(FrameKind::kRequest, id, encoder.view(), encoder.fds()));
    }
    base::Slot<base::Result<Frame>> slot;
    pending_.emplace(id, &slot);
    const base::Timer timer = loop_.after(
        timeout_ms, [this, id] { settle(id, base::fail(base::Code::kTimeout, "peer")); });
    auto frame = co_await slot;
    if (!frame) co_return std::unexpected(frame.error());
    if (frame->kind == FrameKind::kError) {
      CO_TRY(const base::Error error, decode<base::Error>(frame->body));
      co_return std::unexpected(error);
    }
    co_return decode<typename Request::Reply>(frame->body, &frame->fds);
  }

  [[nodiscard]] bool open() const { return wire_.open(); }
  void close() { wire_.end({base::Code::kUnavailable, "peer"}); }

 private:
  Channel(base::Loop& loop, base::Fd fd, std::function<void(base::Error)> on_end)
      : loop_(loop), wire_(loop, std::move(fd)), on_end_(std::move(on_end)) {
    wire_.start([this](Frame frame) { arrived(std::move(frame)); },
                [this](base::Error why) { ended(why); });
  }

  void settle(std::uint64_t id, base::Result<Frame> result) {
    const auto it = pending_.find(id);
    if (it == pending_.end()) return;  // timed out before: a late reply is dropped
    auto* slot = it->second;
    pending_.erase(it);
    slot->set(std::move(result));
  }
  void arrived(Frame frame) {
    if (!greeted_) {
      if (const auto ok = check_hello<Edge>(frame); !ok) return wire_.end(ok.error());
      greeted_ = true;
      return;
    }
    if (frame.kind != FrameKind::kReply && frame.kind != FrameKind::kError) {
      return wire_.end({base::Code::kProtocol, "reply"});
    }
    const std::uint64_t id = frame.id;
    settle(id, std::move(frame));
  }
  void ended(base::Error why) {
    while (!pending_.empty()) settle(pending_.begin()->first, std::unexpected(why));
    if (on_end_) on_end_(why);
  }

  base::Loop& loop_;
  QueuedWire wire_;
  std::function<void(base::Error)> on_end_;
  std::map<std::uint64_t, base::Slot<base::Result<Frame>>*> pending_;
  std::uint64_t last_id_ = 0;
  bool greeted_ = false;
};

// The answering end of one connection. Owned by itself: alive while the socket is open or a handler
// runs.
template <class Edge, class Service>
class ServerConnection : public std::enable_shared_from_this<ServerConnection<Edge, Service>> {
 public:
  ServerConnection(base::Loop& loop, base::Fd fd, std::shared_ptr<Service> service)
      : wire_(loop, std::move(fd)), service_(std::move(service)) {}

  void start() {
    self_ = this->shared_from_this();
    wire_.start([this](Frame frame) { arrived(std::move(frame)); },
                [this](base::Error why) { ended(why); });
  }
  // Ends the connection from this side, for example when its session's zone has gone.
  void close() { wire_.end({base::Code::kUnavailable, "closed"}); }
  [[nodiscard]] bool open() const { return wire_.open(); }

 private:
  void arrived(Frame frame) {
    const auto keep = this->shared_from_this();
    if (!greeted_) {
      if (const auto ok = check_hello<Edge>(frame); !ok) return wire_.end(ok.error());
      greeted_ = true;
      const Buffer hello = encode(hello_of<Edge>());
      if (const auto sent = wire_.send(FrameKind::kHello, 0, hello, {}); !sent)
        wire_.end(sent.error());
      return;
    }
    if (frame.kind != FrameKind::kRequest) return wire_.end({base::Code::kProtocol, "request"});
    if (in_flight_ >= Edge::kInFlightMax) return wire_.end({base::Code::kProtocol, "in_flight"});
    auto request = decode<typename Edge::Request>(frame.body, &frame.fds);
    if (!request) return wire_.end(request.error());
    ++in_flight_;
    std::visit([&](auto& message) { base::spawn(run(keep, frame.id, std::move(message))); },
               *request);
  }

  template <class Request>
  static base::Task<void> run(std::shared_ptr<ServerConnection> self, std::uint64_t id,
                              Request request) {
    auto reply = co_await self->service_->handle(std::move(request));
    --self->in_flight_;
    if (!self->wire_.open()) co_return;
    Encoder encoder;
    if (reply) {
      encoder.put(*reply);
    } else {
      encoder.put(reply.error());
    }
    const auto kind = reply ? FrameKind::kReply : FrameKind::kError;
    if (const auto sent = self->wire_.send(kind, id, encoder.view(), encoder.fds()); !sent) {
      self->wire_.end(sent.error());
    }
  }

  void ended(base::Error why) {
    if (why.code == base::Code::kProtocol) service_->violated(why);
    service_->closed();
    self_.reset();
  }

  QueuedWire wire_;
  std::shared_ptr<Service> service_;
  std::shared_ptr<ServerConnection> self_;
  std::size_t in_flight_ = 0;
  bool greeted_ = false;
};

template <class Edge, class Service>
std::weak_ptr<ServerConnection<Edge, Service>> serve(base::Loop& loop, base::Fd fd,
                                                     std::shared_ptr<Service> service) {
  auto connection =
      std::make_shared<ServerConnection<Edge, Service>>(loop, std::move(fd), std::move(service));
  connection->start();
  return connection;
}

}  // namespace ipc
