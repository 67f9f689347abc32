#include "daemon/outbox.h"

#include <algorithm>

namespace core {

const registry::Mail* Outbox::take(const registry::Registry& registry, base::MonoTime now) {
  const registry::Mail* oldest = nullptr;
  for (const auto& [id, mail] : registry.mails()) {
    const auto wait = waits_.find(id);
    if (wait != waits_.end() && wait->second.until > now) continue;
    if (oldest == nullptr || mail.made_at < oldest->made_at) oldest = &mail;
  }
  if (oldest != nullptr) waits_[oldest->id].until = {now.ms + kLeaseMs};
  return oldest;
}

void Outbox::later(ipc::MailId id, base::MonoTime now) {
  const auto wait = waits_.find(id);
  if (wait == waits_.end()) return;
  const auto doublings = std::min<std::uint32_t>(wait->second.failures++, 16);
  wait->second.until = {now.ms + std::min(kFirstRestMs << doublings, kLongestRestMs)};
}

}  // namespace core
