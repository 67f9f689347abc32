// The acceptor: takes connections, asks core about each peer, and gives an admitted one to a worker
// process of its own. It never reads or writes a byte of a connection; the peer's address is the
// kernel's word.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/log.h"
#include "base/loop.h"
#include "ipc/channel.h"
#include "ipc/messages.h"
#include "web/acceptor_listen.h"

namespace web {

// Counts connections by source and remembers sources whose workers crashed. A source is an IPv4
// address or an IPv6 /64, which is what one subscriber has.
class Sources {
 public:
  using Source = std::array<std::uint8_t, 16>;
  static Source of(const base::IpAddress& address);

  explicit Sources(std::uint32_t max_each) : max_each_(max_each) {}
  // False when the source has too many or is in its penalty.
  bool enter(const Source& source, base::MonoTime now);
  void leave(const Source& source);
  // A worker died of a signal: this source waits, longer each time, until it was quiet for
  // kPardonMs.
  void penalise(const Source& source, base::MonoTime now);
  [[nodiscard]] std::size_t size() const { return entries_.size(); }

  static constexpr std::int64_t kPenaltyMs = 5'000;
  static constexpr std::int64_t kPenaltyMsMax = 300'000;
  static constexpr std::int64_t kPardonMs = 3'600'000;

 private:
  static constexpr std::size_t kEntriesMax = 65'536;
  struct Entry {
    std::uint32_t connections = 0;
    std::uint32_t crashes = 0;
    base::MonoTime refused_until;
  };
  void forget_quiet(base::MonoTime now);

  std::uint32_t max_each_;
  std::map<Source, Entry> entries_;
};

class Acceptor {
 public:
  struct Options {
    std::vector<ListeningSocket> listeners;
    base::Fd worker_program;  // kagikura-web-worker, opened before the sandbox
    std::string core_socket;
    std::uint32_t workers_max = 0;
    std::uint32_t per_source_max = 0;
  };
  Acceptor(base::Loop& loop, const base::Log& log, Options options);

  // Begins to serve on the loop. Without core every connection is closed at once, and core is
  // looked for again, more slowly each time up to kRetryMsMax.
  void start();
  [[nodiscard]] bool has_core() const { return core_up_; }
  [[nodiscard]] std::size_t workers() const { return workers_.size(); }

 private:
  static constexpr int kAcceptsATurn = 32;
  static constexpr std::int64_t kAdmitMs = 5'000;
  static constexpr std::int64_t kRetryMs = 50;
  static constexpr std::int64_t kRetryMsMax = 2'000;

  struct Peer {
    base::Fd connection;
    base::IpAddress address;
    std::uint16_t port = 0;
    base::Listener listener = base::Listener::kPages;
  };
  struct Running {
    base::Fd pidfd;
    base::Watch watch;
    Sources::Source source{};
  };

  void connect_core();
  void lost_core(base::Error why);
  void listen(bool wanted);
  void accept_some(const ListeningSocket& listener);
  void take(Peer peer);
  base::Task<void> admit(Peer peer);
  void start_worker(Peer peer, const base::Fd& channel);
  void reap(int pid);
  [[nodiscard]] bool full() const;

  base::Loop& loop_;
  const base::Log& log_;
  Options options_;
  Sources sources_;
  std::unique_ptr<ipc::Channel<ipc::AcceptorCore>> core_;
  bool core_up_ = false;
  std::int64_t retry_ms_ = kRetryMs;
  base::Timer retry_;
  std::vector<base::Watch> watches_;
  std::map<int, Running> workers_;  // by process id
  std::size_t asking_ = 0;
};

}  // namespace web
