#include "web/acceptor_listen.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "ipc/wire.h"

namespace web {

namespace {

using base::Code;
using base::fail;
using base::Fd;
using base::Result;

constexpr int kBacklog = 1024;
constexpr int kFirstPassed = 3;  // SD_LISTEN_FDS_START
constexpr std::string_view kPagesName = "https";
constexpr std::string_view kApiName = "api";

template <class T>
Result<T> number_in(const char* text) {
  T out{};
  const std::string_view view = text == nullptr ? "" : text;
  const auto [end, error] = std::from_chars(view.data(), view.data() + view.size(), out);
  if (error != std::errc{} || end != view.data() + view.size())
    return fail(Code::kInvalid, "listen");
  return out;
}

std::vector<ListeningSocket> passed_by_systemd() {
  std::vector<ListeningSocket> out;
  const auto pid = number_in<pid_t>(std::getenv("LISTEN_PID"));
  const auto count = number_in<int>(std::getenv("LISTEN_FDS"));
  const char* names = std::getenv("LISTEN_FDNAMES");
  if (!pid || *pid != ::getpid() || !count || names == nullptr) return out;
  std::string_view left = names;
  for (int i = 0; i < *count && out.size() < kListenersMax; ++i) {
    const auto colon = left.find(':');
    const std::string_view name = left.substr(0, colon);
    if (name == kPagesName || name == kApiName) {
      Fd fd(kFirstPassed + i);
      if (::fcntl(fd.get(), F_SETFD, FD_CLOEXEC) == 0 && ipc::set_nonblocking(fd)) {
        out.push_back(
            {std::move(fd), name == kApiName ? base::Listener::kApi : base::Listener::kPages});
      }
    }
    left = colon == std::string_view::npos ? std::string_view() : left.substr(colon + 1);
  }
  return out;
}

Result<> bind_to(const Fd& fd, const config::Endpoint& endpoint) {
  const auto& octets = endpoint.address.octets();
  sockaddr_storage storage{};
  socklen_t size = 0;
  if (endpoint.address.is_v4()) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(endpoint.port);
    std::memcpy(&address.sin_addr, octets.data() + 12, 4);
    size = sizeof address;
    std::memcpy(&storage, &address, size);
  } else {
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(endpoint.port);
    std::memcpy(&address.sin6_addr, octets.data(), 16);
    size = sizeof address;
    std::memcpy(&storage, &address, size);
  }
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&storage), size) != 0) {
    return fail(Code::kIo, "bind");
  }
  return {};
}

Result<Fd> listen_on(const config::Endpoint& endpoint) {
  const bool v4 = endpoint.address.is_v4();
  Fd fd(::socket(v4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd.valid()) return fail(Code::kIo, "socket");
  const int on = 1;
  if (::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
      (!v4 && ::setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) != 0)) {
    return fail(Code::kIo, "socket");
  }
  TRY(bind_to(fd, endpoint));
  if (::listen(fd.get(), kBacklog) != 0) return fail(Code::kIo, "listen");
  return fd;
}

}  // namespace

Result<std::vector<ListeningSocket>> listen_all(std::span<const config::Endpoint> pages,
                                                std::span<const config::Endpoint> api) {
  std::vector<ListeningSocket> out = passed_by_systemd();
  if (!out.empty()) return out;
  if (pages.empty()) return fail(Code::kMissing, "listen");
  if (pages.size() + api.size() > kListenersMax) return fail(Code::kTooMany, "listen");
  for (const auto& endpoint : pages) {
    out.push_back({TRY(listen_on(endpoint)), base::Listener::kPages});
  }
  for (const auto& endpoint : api) {
    out.push_back({TRY(listen_on(endpoint)), base::Listener::kApi});
  }
  return out;
}

}  // namespace web
