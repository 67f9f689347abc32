#include "daemon/challenges.h"

namespace core {

void Challenges::make_room(const base::IpAddress& address, base::MonoTime now) {
  std::erase_if(open_, [now](const auto& entry) { return entry.second.ends <= now; });
  auto oldest = open_.end();
  auto oldest_here = open_.end();
  std::size_t here = 0;
  for (auto it = open_.begin(); it != open_.end(); ++it) {
    if (oldest == open_.end() || it->second.ends < oldest->second.ends) oldest = it;
    if (it->second.address != address) continue;
    ++here;
    if (oldest_here == open_.end() || it->second.ends < oldest_here->second.ends) oldest_here = it;
  }
  if (here >= kPerAddressMax) {
    open_.erase(oldest_here);
  } else if (open_.size() >= kMax) {
    open_.erase(oldest);
  }
}

ipc::Challenge Challenges::make(Random& random, const base::IpAddress& address,
                                base::MonoTime now) {
  make_room(address, now);
  const ipc::Challenge challenge = random.bytes<ipc::Challenge::kSize>();
  open_.insert_or_assign(challenge, Open{address, {now.ms + kLifeMs}});
  return challenge;
}

bool Challenges::take(const ipc::Challenge& challenge, const base::IpAddress& address,
                      base::MonoTime now) {
  const auto found = open_.find(challenge);
  if (found == open_.end() || found->second.address != address) return false;
  const bool in_time = now < found->second.ends;
  open_.erase(found);
  return in_time;
}

}  // namespace core
