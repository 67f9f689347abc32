// kagikura-syslog: hands the entries of the audit log to the site's collector as RFC 5424 over TLS
// (RFC 5425). `--authorities FILE` names a PEM file (systemd credential).
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstring>
#include <ctime>
#include <string>

#include "base/log.h"
#include "base/notify.h"
#include "base/sandbox.h"
#include "config/config.h"
#include "ipc/client.h"
#include "monitor/follower.h"
#include "monitor/sandbox_table.h"
#include "monitor/tls_stream.h"

namespace {

using base::Code;
using base::fail;
using base::Result;

constexpr int kConnectMs = 5000;
constexpr int kSendSeconds = 10;
constexpr std::int64_t kCoreMs = 5000;
constexpr timespec kBetweenLooks{1, 0};
constexpr std::int64_t kRetryMinMs = 1000;
constexpr std::int64_t kRetryMaxMs = 60'000;

Result<base::Fd> connect_within(const config::Endpoint& to) {
  sockaddr_in6 address6{};
  sockaddr_in address4{};
  const auto octets = to.address.octets();
  const bool is_v4 = to.address.is_v4();
  base::Fd fd(::socket(is_v4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd.valid()) return fail(Code::kIo, "socket");
  // SO_SNDTIMEO bounds connect(2) too (socket(7)).
  TRY(monitor::set_time_outs(fd, kConnectMs / 1000));
  int done = 0;
  if (is_v4) {
    address4.sin_family = AF_INET;
    address4.sin_port = htons(to.port);
    std::memcpy(&address4.sin_addr, octets.data() + 12, 4);
    done = ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address4), sizeof address4);
  } else {
    address6.sin6_family = AF_INET6;
    address6.sin6_port = htons(to.port);
    std::memcpy(&address6.sin6_addr, octets.data(), 16);
    done = ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address6), sizeof address6);
  }
  if (done != 0) return fail(Code::kUnavailable, "collector");
  TRY(monitor::set_time_outs(fd, kSendSeconds));
  return fd;
}

// The way to the collector: made when there is something to send, made again with growing rests.
class Collector {
 public:
  Collector(const config::Config& config, const monitor::TlsContext& context,
            const base::Clock& clock, const base::Log& log)
      : config_(config), context_(context), clock_(clock), log_(log) {}

  Result<> send(const std::string& frame) {
    if (!stream_) TRY(open());
    auto sent = stream_->write(frame);
    if (!sent) lost(sent.error());
    return sent;
  }
  [[nodiscard]] bool connected() const { return stream_.has_value(); }

 private:
  Result<> open() {
    const std::int64_t now = clock_.mono().ms;
    if (now < not_before_ms_) return fail(Code::kUnavailable, "collector");
    auto fd = connect_within(*config_.collector);
    auto made = fd ? monitor::TlsStream::connect(context_, *std::move(fd), config_.collector_name)
                   : Result<monitor::TlsStream>(std::unexpected(fd.error()));
    if (!made) {
      lost(made.error());
      return std::unexpected(made.error());
    }
    stream_.emplace(*std::move(made));
    rest_ms_ = kRetryMinMs;
    log_.info("collector_connected");
    return {};
  }
  void lost(const base::Error& why) {
    stream_.reset();
    not_before_ms_ = clock_.mono().ms + rest_ms_;
    rest_ms_ = std::min(2 * rest_ms_, kRetryMaxMs);
    log_.warn("collector_lost", {{"error", why}});
  }

  const config::Config& config_;
  const monitor::TlsContext& context_;
  const base::Clock& clock_;
  const base::Log& log_;
  std::optional<monitor::TlsStream> stream_;
  std::int64_t not_before_ms_ = 0;
  std::int64_t rest_ms_ = kRetryMinMs;
};

Result<ipc::FollowLog::Reply> fetch(const std::string& socket, std::uint64_t from) {
  auto core = TRY(ipc::Client<ipc::ConsoleCore>::open(TRY(ipc::connect_to(socket)), kCoreMs));
  return core.call(ipc::FollowLog{from});
}

std::string host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return {};
  return name.data();
}

Result<> run(const config::Config& config, const std::string& authorities, const base::Log& log) {
  TRY(base::sandbox::no_dumps());
  // A peer that has gone is an error of a write, not a death.
  ::signal(SIGPIPE, SIG_IGN);
  const base::SystemClock clock;
  const auto notifier = base::Notifier::from_environment();
  const auto context = TRY(monitor::TlsContext::client(authorities));
  const std::string host = host_name();
  TRY(monitor::lock_in_syslog());
  Collector collector(config, context, clock, log);
  monitor::Follower follower(
      [&](std::uint64_t from) { return fetch(config.console_socket(), from); },
      [&](const std::string& frame) { return collector.send(frame); }, host);
  notifier.ready();
  while (true) {
    const auto done = follower.step(clock.wall());
    const std::string what = done ? std::string("following")
                                  : "waiting (" + std::string(done.error().field.view()) + ")";
    notifier.status(what + ", next " + std::to_string(follower.next()) + ", dropped " +
                    std::to_string(follower.dropped()));
    notifier.alive();
    ::nanosleep(&kBetweenLooks, nullptr);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const base::Log log("kagikura-syslog");
  const auto config = config::from_arguments(argc, argv);
  if (!config) return 1;
  if (!config->collector) {
    log.info("no_collector");
    return 0;
  }
  std::string authorities;
  for (int i = 1; i + 1 < argc; ++i) {
    if (std::strcmp(argv[i], "--authorities") == 0) authorities = argv[i + 1];
  }
  const auto done = run(*config, authorities, log);
  if (!done) log.error("stopped", {{"error", done.error()}});
  return 1;
}
