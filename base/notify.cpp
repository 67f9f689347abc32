#include "base/notify.h"
#include "base/writable.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <charconv>
#include <cstdlib>
#include <cstring>
#include <string>

namespace base {

Notifier Notifier::from_environment() {
  Notifier out;
  if (const char* usec = std::getenv("WATCHDOG_USEC"); usec != nullptr) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(usec, usec + std::strlen(usec), value);
    if (error == std::errc{} && *end == 0 && value > 0) out.watchdog_ms_ = value / 1000;
  }
  const char* path = std::getenv("NOTIFY_SOCKET");
  if (path == nullptr) return out;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::size_t length = std::strlen(path);
  if (length == 0 || length >= sizeof address.sun_path) return out;
  std::memcpy(address.sun_path, path, length);
  // A leading @ means the abstract namespace (sd_notify(3)).
  if (path[0] == '@') address.sun_path[0] = 0;
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + length);
  Fd fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (fd.valid() && ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), size) == 0) {
    out.socket_ = std::move(fd);
  }
  return out;
}

void Notifier::status(std::string_view text) const {
  send("STATUS=" + std::string(text.substr(0, 200)));
}

void Notifier::send(std::string_view message) const {
  if (!socket_.valid()) return;
  const ByteSpan bytes = as_bytes(message);
  iovec part{writable(bytes.data()), bytes.size()};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  // sendmsg, which every program's table allows anyhow. A manager that does not listen is its own
  // problem.
  static_cast<void>(::sendmsg(socket_.get(), &header, MSG_NOSIGNAL | MSG_DONTWAIT));
}

}  // namespace base
