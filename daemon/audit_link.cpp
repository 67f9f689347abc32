#include "daemon/audit_link.h"

#include <algorithm>

namespace core {

AuditLink::AuditLink(base::Loop& loop, const base::Log& log, Connect connect)
    : loop_(loop), log_(log), connect_(std::move(connect)) {}

void AuditLink::start(std::function<void()> on_up, std::function<void()> on_down) {
  on_up_ = std::move(on_up);
  on_down_ = std::move(on_down);
  connect();
}

void AuditLink::connect() {
  auto fd = connect_();
  if (fd) {
    auto channel = ipc::Channel<ipc::CoreAudit>::open(loop_, *std::move(fd),
                                                      [this](base::Error why) { lost(why); });
    if (channel) {
      channel_ = *std::move(channel);
      retry_ms_ = kRetryMinMs;
      on_up_();
      return;
    }
  }
  retry_ = loop_.after(retry_ms_, [this] { connect(); });
  retry_ms_ = std::min(retry_ms_ * 2, kRetryMaxMs);
}

void AuditLink::lost(base::Error why) {
  log_.warn("audit_lost", {{"error", why}});
  // The channel is still on the stack here; it goes, and the next one comes, from the loop.
  loop_.post([this] {
    channel_.reset();
    on_down_();
    retry_ = loop_.after(retry_ms_, [this] { connect(); });
    retry_ms_ = std::min(retry_ms_ * 2, kRetryMaxMs);
  });
}

}  // namespace core
