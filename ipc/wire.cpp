#include "ipc/wire.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <span>
#include <string_view>

#include "base/writable.h"
#include "ipc/codec.h"

namespace ipc {

namespace {

using base::Code;
using base::fail;
using base::Fd;
using base::Result;

constexpr std::size_t kHeader = 13;
constexpr std::size_t kPacketMax = kHeader + kInlineMax;
constexpr std::uint8_t kInMemfd = 0x80;  // the body is in the last descriptor
constexpr std::size_t kFdSlots = kFdsMax + 1;
constexpr auto kKindLast = static_cast<unsigned>(FrameKind::kError);

template <class Integer>
void put(Integer value, std::span<std::uint8_t> out) {
  for (std::size_t i = 0; i < sizeof(Integer); ++i) {
    out[i] = static_cast<std::uint8_t>(value >> (8 * i));
  }
}
template <class Integer>
Integer get(base::ByteSpan bytes) {
  Integer value = 0;
  for (std::size_t i = 0; i < sizeof(Integer); ++i) value |= Integer{bytes[i]} << (8 * i);
  return value;
}

std::array<std::uint8_t, kHeader> header_of(std::uint8_t tag, std::uint64_t id, std::size_t size) {
  std::array<std::uint8_t, kHeader> header{tag};
  put(id, std::span(header).subspan(1, 8));
  put(static_cast<std::uint32_t>(size), std::span(header).subspan(9, 4));
  return header;
}

std::vector<Fd> take_fds(msghdr& message) {
  std::vector<Fd> out;
  for (cmsghdr* c = CMSG_FIRSTHDR(&message); c != nullptr; c = CMSG_NXTHDR(&message, c)) {
    if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS) continue;
    const std::size_t count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof fd);
      out.emplace_back(fd);
    }
  }
  return out;
}

// Takes one frame off the front of `bytes`.
Result<Frame> parse(base::ByteSpan& bytes, std::vector<Fd> fds) {
  if (bytes.size() < kHeader) return fail(Code::kProtocol, "frame");
  Frame frame;
  const unsigned kind = bytes[0] & ~unsigned{kInMemfd};
  if (kind < 1 || kind > kKindLast) return fail(Code::kProtocol, "frame");
  frame.kind = static_cast<FrameKind>(kind);
  frame.id = get<std::uint64_t>(bytes.subspan(1));
  const std::size_t size = get<std::uint32_t>(bytes.subspan(9));
  if (size > bytes.size() - kHeader) return fail(Code::kProtocol, "frame");
  if ((bytes[0] & kInMemfd) != 0) {
    if (fds.empty() || size != 0) return fail(Code::kProtocol, "memfd");
    auto large = TRY(base::read_sealed(fds.back(), kBodyMax));
    fds.pop_back();
    frame.body.assign(large.begin(), large.end());
    base::wipe(large.data(), large.size());
  } else {
    const base::ByteSpan body = bytes.subspan(kHeader, size);
    frame.body.assign(body.begin(), body.end());
  }
  if (fds.size() > kFdsMax) return fail(Code::kProtocol, "fds");
  frame.fds = std::move(fds);
  bytes = bytes.subspan(kHeader + size);
  return frame;
}

Result<std::deque<Frame>> parse_packet(base::ByteSpan bytes, std::vector<Fd> fds) {
  std::deque<Frame> out;
  const bool alone = !fds.empty();
  out.push_back(TRY(parse(bytes, std::move(fds))));
  if (alone && !bytes.empty()) return fail(Code::kProtocol, "fds");
  while (!bytes.empty()) out.push_back(TRY(parse(bytes, {})));
  return out;
}

// Sends what `message` says; false when a non-blocking socket is full.
Result<bool> send_message(const Fd& fd, const msghdr& message) {
  ssize_t size = 0;
  do {
    size = ::sendmsg(fd.get(), &message, MSG_NOSIGNAL);
  } while (size < 0 && errno == EINTR);
  if (size >= 0) return true;
  if (errno == EAGAIN || errno == EWOULDBLOCK) return false;
  return fail(Code::kUnavailable, "peer");
}

}  // namespace

bool Packet::add(FrameKind kind, std::uint64_t id, base::ByteSpan body) {
  ASSERT(body.size() <= kInlineMax);
  if (bytes_.size() + kHeader + body.size() > kPacketMax) return false;
  const auto header = header_of(static_cast<std::uint8_t>(kind), id, body.size());
  bytes_.insert(bytes_.end(), header.begin(), header.end());
  bytes_.insert(bytes_.end(), body.begin(), body.end());
  return true;
}

Result<std::optional<Frame>> Wire::receive() {
  if (received_.empty()) {
    // One spare byte: a longer packet is a violation, not something to cut.
    __attribute__((uninitialized)) std::array<std::uint8_t, kPacketMax + 1> buffer;
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int) * kFdSlots)> control{};
    iovec part{buffer.data(), buffer.size()};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    ssize_t size = 0;
    do {
      size = ::recvmsg(fd_.get(), &message, MSG_CMSG_CLOEXEC);
    } while (size < 0 && errno == EINTR);
    if (size < 0) {
      if (errno == EAGAIN || errno == EWOULDBLOCK) return std::nullopt;
      return fail(Code::kUnavailable, "peer");
    }
    auto fds = take_fds(message);
    if (size == 0) return fail(Code::kUnavailable, "peer");
    if ((message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0) return fail(Code::kProtocol, "frame");
    const auto used = static_cast<std::size_t>(size);
    auto frames = parse_packet({buffer.data(), used}, std::move(fds));
    base::wipe(buffer.data(), used);
    received_ = TRY(std::move(frames));
  }
  Frame frame = std::move(received_.front());
  received_.pop_front();
  return frame;
}

Result<bool> Wire::send(const Packet& packet) {
  const base::ByteSpan bytes = packet.view();
  iovec part{base::writable(bytes.data()), bytes.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  return send_message(fd_, message);
}

Result<bool> Wire::send(FrameKind kind, std::uint64_t id, base::ByteSpan body,
                        const std::vector<int>& fds) {
  if (body.size() > kBodyMax) return fail(Code::kTooLong, "message");
  if (fds.size() > kFdsMax) return fail(Code::kTooMany, "fds");
  std::vector<int> all = fds;
  Fd large;
  auto tag = static_cast<std::uint8_t>(kind);
  if (body.size() > kInlineMax) {
    large = TRY(base::sealed_memfd("kagikura-message", body));
    all.push_back(large.get());
    tag |= kInMemfd;
    body = {};
  }
  auto header = header_of(tag, id, body.size());
  std::array<iovec, 2> parts{};
  parts[0] = {header.data(), header.size()};
  parts[1] = {base::writable(body.data()), body.size()};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int) * kFdSlots)> control{};
  msghdr message{};
  message.msg_iov = parts.data();
  message.msg_iovlen = body.empty() ? 1 : 2;
  if (!all.empty()) {
    message.msg_control = control.data();
    message.msg_controllen = CMSG_SPACE(sizeof(int) * all.size());
    cmsghdr* c = CMSG_FIRSTHDR(&message);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(sizeof(int) * all.size());
    std::memcpy(CMSG_DATA(c), all.data(), sizeof(int) * all.size());
  }
  return send_message(fd_, message);
}

namespace {

Result<sockaddr_un> address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return fail(Code::kTooLong, "socket");
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return address;
}

}  // namespace

Result<Fd> listen_at(const std::string& path) {
  const sockaddr_un address = TRY(address_of(path));
  Fd fd(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd.valid()) return fail(Code::kIo, "socket");
  ::unlink(path.c_str());
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::chmod(path.c_str(), 0660) != 0 || ::listen(fd.get(), 128) != 0) {
    return fail(Code::kIo, "socket");
  }
  return fd;
}

Result<Fd> listener(const std::string& name, const std::string& path) {
  // sd_listen_fds_with_names(3), without the library: descriptors from 3 on, names split by colons.
  const char* pid = std::getenv("LISTEN_PID");
  const char* names = std::getenv("LISTEN_FDNAMES");
  if (pid == nullptr || names == nullptr || std::string_view(pid) != std::to_string(::getpid())) {
    return listen_at(path);
  }
  std::string_view left = names;
  for (int fd = 3; !left.empty(); ++fd) {
    const std::size_t colon = left.find(':');
    if (left.substr(0, colon) == name) {
      Fd found(fd);
      ::fcntl(fd, F_SETFD, FD_CLOEXEC);
      TRY(set_nonblocking(found));
      return found;
    }
    left = colon == std::string_view::npos ? std::string_view() : left.substr(colon + 1);
  }
  return listen_at(path);
}

Result<Fd> connect_to(const std::string& path) {
  const sockaddr_un address = TRY(address_of(path));
  Fd fd(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
  if (!fd.valid()) return fail(Code::kIo, "socket");
  if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return fail(Code::kUnavailable, "socket");
  }
  return fd;
}

Result<std::optional<Fd>> accept_from(const Fd& listener) {
  Fd fd(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (fd.valid()) return fd;
  if (errno == EAGAIN || errno == EINTR || errno == ECONNABORTED) return std::nullopt;
  return fail(Code::kIo, "accept");
}

Result<std::pair<Fd, Fd>> socket_pair() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return fail(Code::kIo, "socketpair");
  }
  return std::pair{Fd(ends[0]), Fd(ends[1])};
}

Result<> set_nonblocking(const Fd& fd) {
  const int flags = ::fcntl(fd.get(), F_GETFL);
  if (flags < 0 || ::fcntl(fd.get(), F_SETFL, flags | O_NONBLOCK) != 0)
    return fail(Code::kIo, "fcntl");
  return {};
}

Result<std::uint32_t> peer_uid(const Fd& fd) {
  ucred credentials{};
  socklen_t size = sizeof credentials;
  if (::getsockopt(fd.get(), SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) {
    return fail(Code::kIo, "peer");
  }
  return credentials.uid;
}

bool peer_is_one_of(const Fd& fd, const std::vector<std::uint32_t>& users) {
  const auto uid = peer_uid(fd);
  if (!uid) return false;
  if (users.empty()) return *uid == ::geteuid();
  return std::ranges::find(users, *uid) != users.end();
}

}  // namespace ipc
