// The connection to kagikura-hsm: kept alive with bounded back-off, logged in again with the kept
// PIN after a restart of that process, never again after a refused PIN. Requests are pipelined;
// each has a time-out, after which the connection is dropped, because its outcome is unknown. Used
// by the service alone. It decides nothing: whoever asks it has written to the log before.
#pragma once

#include <functional>
#include <memory>
#include <set>

#include "base/loop.h"
#include "ipc/audit_hsm.h"
#include "ipc/channel.h"

namespace audit::process {

struct KeyOrder {
  bool operator()(const ipc::KeyRef& a, const ipc::KeyRef& b) const {
    return a.use != b.use ? a.use < b.use : a.id < b.id;
  }
};
using KeySet = std::set<ipc::KeyRef, KeyOrder>;

class HsmLink {
 public:
  static constexpr std::int64_t kBackOffFirstMs = 20;
  static constexpr std::int64_t kBackOffMaxMs = 2000;

  struct Options {
    std::function<base::Result<base::Fd>()> connect;  // one try, a connected socket
    std::int64_t call_timeout_ms = 5000;          // what the hsm process allows one PKCS#11 call
    std::function<void(base::Error)> on_fault;    // the connection broke, or a call timed out
    std::function<void()> on_back;                // logged in again by itself after a fault
    std::function<void(base::Error)> on_refused;  // ... and refused: the PIN is forgotten
  };

  HsmLink(base::Loop& loop, Options options);
  HsmLink(const HsmLink&) = delete;  // its callbacks point here
  HsmLink& operator=(const HsmLink&) = delete;
  ~HsmLink();

  // Connects, and goes on trying for as long as this object lives.
  void start();

  // Logs in and keeps the PIN. kDenied: a wrong one, nothing is kept. kUnavailable, kTimeout,
  // kCorrupt, kConflict (a login is under way).
  // `make` at set-up: see ipc::Login.
  base::Task<base::Result<>> login(base::Secret<64> pin, bool make = false);
  // Forgets the PIN, whatever the hsm process answers.
  base::Task<base::Result<>> logout();
  // Whether `pin` is the kept one; false when none is.
  [[nodiscard]] bool is_pin(const base::Secret<64>& pin) const;

  // Asks. kUnavailable when not logged in.
  template <class Request>
  base::Task<base::Result<typename Request::Reply>> ask(Request request) {
    if (!ready_) co_return base::fail(base::Code::kUnavailable, "hsm");
    co_return co_await exchange(std::move(request));
  }
  // Destroys keys, with the kept PIN for the new life that proves them gone. Idempotent.
  base::Task<base::Result<>> destroy(std::vector<ipc::KeyRef> keys);
  // Creates a key and remembers it. kConflict when it exists.
  base::Task<base::Result<>> create(ipc::KeyRef key);
  // Pins the mechanism, before the first keys.
  base::Task<base::Result<>> enrol();

  [[nodiscard]] bool ready() const { return ready_; }  // logged in and answering
  [[nodiscard]] bool wanted() const {
    return !pin_.empty();
  }  // unlocked, perhaps not answering now
  [[nodiscard]] bool has(ipc::KeyRef key) const { return keys_.contains(key); }
  [[nodiscard]] const KeySet& keys() const { return keys_; }
  [[nodiscard]] const base::Text<64>& model() const { return model_; }
  [[nodiscard]] const base::Text<32>& mechanism() const { return mechanism_; }

 private:
  using Channel = ipc::Channel<ipc::AuditHsm>;

  // The channel is shared with the calls that wait on it: the last one to leave frees it.
  template <class Request>
  base::Task<base::Result<typename Request::Reply>> exchange(Request request) {
    const std::shared_ptr<Channel> channel = channel_;
    if (!channel) co_return base::fail(base::Code::kUnavailable, "hsm");
    const std::int64_t limit = time_for(request);
    auto reply = co_await channel->call(std::move(request), limit);
    if (!reply && reply.error().code == base::Code::kTimeout) channel->close();
    co_return reply;
  }

  template <class Request>
  [[nodiscard]] std::int64_t time_for(const Request& request) const {
    constexpr std::int64_t kTravelMs = 1000;
    constexpr std::int64_t kItemMs = 20;  // of a slow network HSM
    if constexpr (requires { request.items.size(); }) {
      return options_.call_timeout_ms + kTravelMs + kItemMs * std::int64_t(request.items.size());
    } else if constexpr (std::is_same_v<Request, ipc::Login> ||
                         std::is_same_v<Request, ipc::DestroyKeys> ||
                         std::is_same_v<Request, ipc::Enrol>) {
      return 4 * options_.call_timeout_ms + kTravelMs;  // a whole PKCS#11 life, many calls
    } else {
      return options_.call_timeout_ms + kTravelMs;
    }
  }

  void connect();
  void retry();
  void ended(base::Error why);
  base::Task<base::Result<>> login_now(bool make = false);
  base::Task<void> log_in_again();

  base::Loop& loop_;
  Options options_;
  std::shared_ptr<Channel> channel_;
  base::Timer retry_timer_;
  std::int64_t back_off_ms_ = kBackOffFirstMs;
  base::Secret<64> pin_;
  KeySet keys_;
  base::Text<64> model_;
  base::Text<32> mechanism_;
  bool ready_ = false;
  bool logging_in_ = false;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace audit::process
