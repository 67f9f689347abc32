#include "ipc/channel.h"

#include <fcntl.h>

namespace ipc {

void QueuedWire::start(std::function<void(Frame)> on_frame,
                       std::function<void(base::Error)> on_end) {
  on_frame_ = std::move(on_frame);
  on_end_ = std::move(on_end);
  watch_ = loop_.watch(wire_.fd(), [this](base::Ready r) { ready(r); });
}

void QueuedWire::ready(base::Ready ready) {
  // Either callback may end the connection and free this object.
  const std::weak_ptr<bool> alive = alive_;
  if (ready.writable) {
    blocked_ = false;
    watch_.want_write(false);
    flush();
  }
  if (alive.expired() || !ready.readable || !wire_.valid()) return;
  // One packet a turn: a flooding peer waits for the others.
  do {
    auto frame = wire_.receive();
    if (!frame) return end(frame.error());
    if (!*frame) return;
    on_frame_(std::move(**frame));
  } while (!alive.expired() && wire_.valid() && wire_.holds_more());
}

base::Result<> QueuedWire::send(FrameKind kind, std::uint64_t id, base::ByteSpan body,
                                const std::vector<int>& fds) {
  if (!wire_.valid()) return base::fail(base::Code::kUnavailable, "peer");
  if (frames_waiting_ >= kQueueMax) return base::fail(base::Code::kTooMany, "queue");
  if (!fds.empty() || body.size() > kInlineMax) {
    TRY(queue_alone(kind, id, body, fds));
  } else if (queue_.empty() || queue_.back().alone() || !queue_.back().packet.add(kind, id, body)) {
    Waiting fresh;
    ASSERT(fresh.packet.add(kind, id, body));
    queue_.push_back(std::move(fresh));
  }
  ++queue_.back().frames;
  ++frames_waiting_;
  flush_this_turn();
  return {};
}

base::Result<> QueuedWire::queue_alone(FrameKind kind, std::uint64_t id, base::ByteSpan body,
                                       const std::vector<int>& fds) {
  Waiting alone;
  alone.kind = kind;
  alone.id = id;
  alone.body.assign(body.begin(), body.end());
  for (const int fd : fds) {
    alone.fds.emplace_back(::fcntl(fd, F_DUPFD_CLOEXEC, 0));
    if (!alone.fds.back().valid()) return base::fail(base::Code::kIo, "dup");
  }
  queue_.push_back(std::move(alone));
  return {};
}

void QueuedWire::flush_this_turn() {
  if (posted_ || blocked_) return;
  posted_ = true;
  loop_.post([this, alive = std::weak_ptr<bool>(alive_)] {
    if (alive.expired()) return;
    posted_ = false;
    flush();
  });
}

void QueuedWire::flush() {
  if (!wire_.valid() || blocked_) return;
  const auto sent = send_waiting();
  if (!sent) return end(sent.error());
  if (*sent) return;
  blocked_ = true;
  watch_.want_write(true);
}

// False when the socket is full before all is sent.
base::Result<bool> QueuedWire::send_waiting() {
  while (!queue_.empty()) {
    if (!TRY(send_one(queue_.front()))) return false;
    frames_waiting_ -= queue_.front().frames;
    queue_.pop_front();
  }
  return true;
}

base::Result<bool> QueuedWire::send_one(const Waiting& next) {
  if (!next.alone()) return wire_.send(next.packet);
  std::vector<int> fds;
  fds.reserve(next.fds.size());
  for (const auto& fd : next.fds) fds.push_back(fd.get());
  return wire_.send(next.kind, next.id, next.body, fds);
}

void QueuedWire::end(base::Error why) {
  if (!wire_.valid()) return;
  // What was answered before the end may still matter to the peer; nothing waits for it.
  static_cast<void>(send_waiting());
  watch_.end();
  wire_.close();
  queue_.clear();
  frames_waiting_ = 0;
  // Moved out first: the call may free this object.
  const auto on_end = std::move(on_end_);
  if (on_end) on_end(why);
}

}  // namespace ipc
