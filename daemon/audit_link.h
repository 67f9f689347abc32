// Core's connection to the audit process: calls that wait, and a connection that is made again when
// it breaks. A call fails with kUnavailable while there is none; nothing is queued or repeated,
// because only the handler that asked knows whether asking again is right.
#pragma once

#include <functional>
#include <memory>

#include "base/log.h"
#include "ipc/channel.h"
#include "ipc/core_audit.h"

namespace core {

class AuditLink {
 public:
  using Connect = std::function<base::Result<base::Fd>()>;
  static constexpr std::int64_t kCallMs = 15'000;
  static constexpr std::int64_t kLongMs = 120'000;  // set-up, re-shelving, exports

  AuditLink(base::Loop& loop, const base::Log& log, Connect connect);
  // Connects now and keeps connecting. `on_up` and `on_down` run for each change, from the loop.
  void start(std::function<void()> on_up, std::function<void()> on_down);

  [[nodiscard]] bool up() const { return channel_ != nullptr && channel_->open(); }

  template <class Request>
  base::Task<base::Result<typename Request::Reply>> call(Request request,
                                                         std::int64_t timeout_ms = kCallMs) {
    if (!up()) co_return base::fail(base::Code::kUnavailable, "audit");
    co_return co_await channel_->call(std::move(request), timeout_ms);
  }

 private:
  static constexpr std::int64_t kRetryMinMs = 50;
  static constexpr std::int64_t kRetryMaxMs = 2000;
  void connect();
  void lost(base::Error why);

  base::Loop& loop_;
  const base::Log& log_;
  Connect connect_;
  std::function<void()> on_up_;
  std::function<void()> on_down_;
  std::unique_ptr<ipc::Channel<ipc::CoreAudit>> channel_;
  base::Timer retry_;
  std::int64_t retry_ms_ = kRetryMinMs;
};

}  // namespace core
