// Frames on a SOCK_SEQPACKET socket: {kind, id, body}, with descriptors beside them. Knows nothing
// of messages. A body over kInlineMax travels in a sealed memory file, which the receiver reads
// whole, so that one message is at most kBodyMax whatever a peer does.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/fd.h"
#include "base/result.h"
#include "ipc/buffer.h"

namespace ipc {

inline constexpr std::size_t kInlineMax = 60 * 1024;
inline constexpr std::size_t kBodyMax = 16 * 1024 * 1024;

enum class FrameKind : std::uint8_t { kHello = 1, kRequest = 2, kReply = 3, kError = 4 };

struct Frame {
  FrameKind kind = FrameKind::kHello;
  std::uint64_t id = 0;
  Buffer body;
  std::vector<base::Fd> fds;
};

// One end of a connected socket, non-blocking or blocking as the descriptor is.
class Wire {
 public:
  Wire() = default;
  explicit Wire(base::Fd fd) : fd_(std::move(fd)) {}

  // One frame; nullopt when a non-blocking socket has none now. kUnavailable at the end of the
  // connection or after a time-out (SO_RCVTIMEO) of a blocking one, kProtocol for what is no frame.
  base::Result<std::optional<Frame>> receive();
  // True when sent, false when a non-blocking socket is full. `fds` stay the caller's.
  base::Result<bool> send(FrameKind kind, std::uint64_t id, base::ByteSpan body,
                          const std::vector<int>& fds);

  [[nodiscard]] int fd() const { return fd_.get(); }
  [[nodiscard]] bool valid() const { return fd_.valid(); }
  void close() { fd_.reset(); }

 private:
  base::Fd fd_;
};

// A listening socket at `path` (an old one is removed), mode 0660; non-blocking.
base::Result<base::Fd> listen_at(const std::string& path);
// The listening socket that systemd passed under `name` (LISTEN_FDNAMES), or a new one at `path`.
base::Result<base::Fd> listener(const std::string& name, const std::string& path);
// A blocking connected socket; kUnavailable when nobody listens.
base::Result<base::Fd> connect_to(const std::string& path);
// Accepts one connection (non-blocking, close-on-exec); nullopt when none waits.
base::Result<std::optional<base::Fd>> accept_from(const base::Fd& listener);
// A connected pair, both ends close-on-exec and blocking.
base::Result<std::pair<base::Fd, base::Fd>> socket_pair();
base::Result<> set_nonblocking(const base::Fd& fd);
// The uid at the other end (SO_PEERCRED).
base::Result<std::uint32_t> peer_uid(const base::Fd& fd);
// Whether the process at the other end runs as one of `users`; as our own user when that is empty.
bool peer_is_one_of(const base::Fd& fd, const std::vector<std::uint32_t>& users);

}  // namespace ipc
