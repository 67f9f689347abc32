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
  if (ready.writable) flush();
  for (int i = 0; i < kFramesATurn && !alive.expired() && ready.readable && wire_.valid(); ++i) {
    auto frame = wire_.receive();
    if (!frame) return end(frame.error());
    if (!*frame) return;
    on_frame_(std::move(**frame));
  }
}

base::Result<> QueuedWire::send(FrameKind kind, std::uint64_t id, base::ByteSpan body,
                                const std::vector<int>& fds) {
  if (!wire_.valid()) return base::fail(base::Code::kUnavailable, "peer");
  if (queue_.empty() && TRY(wire_.send(kind, id, body, fds))) return {};
  if (queue_.size() >= kQueueMax) return base::fail(base::Code::kTooMany, "queue");
  Waiting waiting{kind, id, Buffer(body.begin(), body.end()), {}};
  for (const int fd : fds) {
    waiting.fds.emplace_back(::fcntl(fd, F_DUPFD_CLOEXEC, 0));
    if (!waiting.fds.back().valid()) return base::fail(base::Code::kIo, "dup");
  }
  queue_.push_back(std::move(waiting));
  watch_.want_write(true);
  return {};
}

void QueuedWire::flush() {
  while (!queue_.empty()) {
    const Waiting& next = queue_.front();
    std::vector<int> fds;
    fds.reserve(next.fds.size());
    for (const auto& fd : next.fds) fds.push_back(fd.get());
    const auto sent = wire_.send(next.kind, next.id, next.body, fds);
    if (!sent) return end(sent.error());
    if (!*sent) return;
    queue_.pop_front();
  }
  watch_.want_write(false);
}

void QueuedWire::end(base::Error why) {
  if (!wire_.valid()) return;
  watch_.end();
  wire_.close();
  queue_.clear();
  // Moved out first: the call may free this object.
  const auto on_end = std::move(on_end_);
  if (on_end) on_end(why);
}

}  // namespace ipc
