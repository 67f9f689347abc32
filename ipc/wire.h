// Frames on a SOCK_SEQPACKET socket: {kind, id, body}, with descriptors beside them. Knows nothing
// of messages.
//
//   packet  one or more frames; a frame with descriptors travels alone
//   frame   u8 kind, u64 id, u32 size, then that many bytes of body (integers little-endian)
//
// A body over kInlineMax travels in a sealed memory file, which the receiver reads whole, so that
// one message is at most kBodyMax whatever a peer does. Frames that are ready together go out
// together: one system call and one wake-up for all of them.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "base/fd.h"
#include "base/result.h"
#include "ipc/buffer.h"

namespace ipc {

inline constexpr std::size_t kInlineMax = std::size_t{60} * 1024;
inline constexpr std::size_t kBodyMax = std::size_t{16} * 1024 * 1024;

enum class FrameKind : std::uint8_t { kHello = 1, kRequest = 2, kReply = 3, kError = 4 };

struct Frame {
  FrameKind kind = FrameKind::kHello;
  std::uint64_t id = 0;
  Buffer body;
  std::vector<base::Fd> fds;
};

// Frames that will travel together, as bytes.
class Packet {
 public:
  // False when there is no room: send this one first. Asserts body.size() <= kInlineMax.
  bool add(FrameKind kind, std::uint64_t id, base::ByteSpan body);
  [[nodiscard]] base::ByteSpan view() const { return bytes_; }
  [[nodiscard]] bool empty() const { return bytes_.empty(); }

 private:
  Buffer bytes_;
};

// One end of a connected socket, non-blocking or blocking as the descriptor is.
class Wire {
 public:
  Wire() = default;
  explicit Wire(base::Fd fd) : fd_(std::move(fd)) {}

  // The next frame; nullopt when a non-blocking socket has none now, or none came to a blocking one
  // in its time (SO_RCVTIMEO). kUnavailable at the end of the connection, kProtocol for what is no
  // packet.
  base::Result<std::optional<Frame>> receive();
  // Whether receive() has a frame without asking the socket: the rest of a packet.
  [[nodiscard]] bool holds_more() const { return !received_.empty(); }
  // True when sent, false when a non-blocking socket is full. `fds` stay the caller's.
  base::Result<bool> send(FrameKind kind, std::uint64_t id, base::ByteSpan body,
                          const std::vector<int>& fds);
  base::Result<bool> send(const Packet& packet);

  [[nodiscard]] int fd() const { return fd_.get(); }
  [[nodiscard]] bool valid() const { return fd_.valid(); }
  void close() {
    fd_.reset();
    received_.clear();
  }

 private:
  base::Fd fd_;
  std::deque<Frame> received_;
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
