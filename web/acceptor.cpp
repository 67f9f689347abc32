#include "web/acceptor.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "web/acceptor_spawn.h"

namespace web {

namespace {

// The peer as the kernel knows it; nullopt for a family that we do not listen on.
std::optional<std::pair<base::IpAddress, std::uint16_t>> peer_of(const sockaddr_storage& storage) {
  if (storage.ss_family == AF_INET) {
    sockaddr_in address{};
    std::memcpy(&address, &storage, sizeof address);
    std::array<std::uint8_t, 4> octets{};
    std::memcpy(octets.data(), &address.sin_addr, octets.size());
    return std::pair{base::IpAddress::v4(octets), ntohs(address.sin_port)};
  }
  if (storage.ss_family == AF_INET6) {
    sockaddr_in6 address{};
    std::memcpy(&address, &storage, sizeof address);
    std::array<std::uint8_t, 16> octets{};
    std::memcpy(octets.data(), &address.sin6_addr, octets.size());
    return std::pair{base::IpAddress::v6(octets), ntohs(address.sin6_port)};
  }
  return std::nullopt;
}

}  // namespace

// ---- sources

Sources::Source Sources::of(const base::IpAddress& address) {
  Source out = address.octets();
  if (!address.is_v4()) std::fill(out.begin() + 8, out.end(), std::uint8_t{0});
  return out;
}

bool Sources::enter(const Source& source, base::MonoTime now) {
  if (entries_.size() >= kEntriesMax) forget_quiet(now);
  if (entries_.size() >= kEntriesMax && !entries_.contains(source)) return false;
  Entry& entry = entries_[source];
  if (entry.connections >= max_each_ || now < entry.refused_until) return false;
  if (now.ms - entry.refused_until.ms > kPardonMs) entry.crashes = 0;
  ++entry.connections;
  return true;
}

void Sources::leave(const Source& source) {
  const auto it = entries_.find(source);
  if (it == entries_.end()) return;
  if (it->second.connections > 0) --it->second.connections;
  if (it->second.connections == 0 && it->second.crashes == 0) entries_.erase(it);
}

void Sources::penalise(const Source& source, base::MonoTime now) {
  if (entries_.size() >= kEntriesMax && !entries_.contains(source)) return;
  Entry& entry = entries_[source];
  const std::uint32_t doublings = std::min<std::uint32_t>(entry.crashes++, 16);
  entry.refused_until = {now.ms + std::min(kPenaltyMs << doublings, kPenaltyMsMax)};
}

void Sources::forget_quiet(base::MonoTime now) {
  std::erase_if(entries_, [&](const auto& item) {
    return item.second.connections == 0 && item.second.refused_until <= now;
  });
}

// ---- acceptor

Acceptor::Acceptor(base::Loop& loop, const base::Log& log, Options options)
    : loop_(loop), log_(log), options_(std::move(options)), sources_(options_.per_source_max) {}

void Acceptor::start() {
  connect_core();
  listen(/*wanted=*/true);
}

void Acceptor::connect_core() {
  core_.reset();
  if (auto fd = ipc::connect_to(options_.core_socket)) {
    auto channel = ipc::Channel<ipc::AcceptorCore>::open(
        loop_, *std::move(fd), [this](base::Error why) { lost_core(why); });
    if (channel) {
      core_ = *std::move(channel);
      core_up_ = true;
      return;
    }
  }
  retry_ = loop_.after(retry_ms_, [this] { connect_core(); });
  retry_ms_ = std::min(retry_ms_ * 2, kRetryMsMax);
}

void Acceptor::lost_core(base::Error why) {
  if (core_up_) log_.warn("core.lost", {{"error", why}});
  core_up_ = false;
  // Not from inside the channel's own callback.
  retry_ = loop_.after(retry_ms_, [this] { connect_core(); });
  retry_ms_ = std::min(retry_ms_ * 2, kRetryMsMax);
}

// Connections wait in the kernel's queue while as many as core takes at once are being asked about.
void Acceptor::listen(bool wanted) {
  if (!wanted) {
    watches_.clear();
    return;
  }
  if (!watches_.empty()) return;
  for (const ListeningSocket& listener : options_.listeners) {
    watches_.push_back(loop_.watch(
        listener.fd.get(), [this, &listener](base::Ready /*ready*/) { accept_some(listener); }));
  }
}

bool Acceptor::full() const { return asking_ >= ipc::AcceptorCore::kInFlightMax; }

void Acceptor::accept_some(const ListeningSocket& listener) {
  for (int i = 0; i < kAcceptsATurn && !full(); ++i) {
    sockaddr_storage storage{};
    socklen_t size = sizeof storage;
    base::Fd connection(::accept4(listener.fd.get(), reinterpret_cast<sockaddr*>(&storage), &size,
                                  SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!connection.valid()) {
      if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED) {
        log_.error("accept.failed", {{"errno", std::int64_t{errno}}});
      }
      break;
    }
    if (auto peer = peer_of(storage)) {
      take({std::move(connection), peer->first, peer->second, listener.listener});
    }
  }
  if (full()) listen(/*wanted=*/false);
}

// Refusal is a closed connection: not a byte is spent on it.
void Acceptor::take(Peer peer) {
  if (!core_up_ || workers_.size() + asking_ >= options_.workers_max) return;
  if (!sources_.enter(Sources::of(peer.address), loop_.clock().mono())) return;
  ++asking_;
  base::spawn(admit(std::move(peer)));
}

base::Task<void> Acceptor::admit(Peer peer) {
  ipc::Admit question;
  question.address = ipc::FixedBytes<16>(peer.address.octets());
  question.port = peer.port;
  question.listener = peer.listener;
  const auto source = Sources::of(peer.address);
  auto answer = co_await core_->call(std::move(question), kAdmitMs);
  --asking_;
  if (!full()) listen(/*wanted=*/true);
  if (answer) {
    retry_ms_ = kRetryMs;
    start_worker(std::move(peer), answer->channel);
  } else {
    sources_.leave(source);
  }
}

void Acceptor::start_worker(Peer peer, const base::Fd& channel) {
  const auto source = Sources::of(peer.address);
  auto spawned = spawn_worker(options_.worker_program, peer.connection, channel);
  if (!spawned) {
    log_.error("worker.not_started", {{"error", spawned.error()}});
    sources_.leave(source);
    return;
  }
  const int pid = spawned->pid;
  Running running{std::move(spawned->pidfd), {}, source};
  running.watch =
      loop_.watch(running.pidfd.get(), [this, pid](base::Ready /*ready*/) { reap(pid); });
  workers_.emplace(pid, std::move(running));
}

void Acceptor::reap(int pid) {
  int status = 0;
  if (::waitpid(pid, &status, WNOHANG) != pid) return;
  const auto it = workers_.find(pid);
  if (it == workers_.end()) return;
  const auto source = it->second.source;
  workers_.erase(it);
  sources_.leave(source);
  if (WIFSIGNALED(status)) {
    log_.error("worker.crashed", {{"signal", std::int64_t{WTERMSIG(status)}}});
    sources_.penalise(source, loop_.clock().mono());
  } else if (WEXITSTATUS(status) != 0) {
    log_.warn("worker.failed", {{"status", std::int64_t{WEXITSTATUS(status)}}});
  }
}

}  // namespace web
