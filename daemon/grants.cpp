#include "daemon/grants.h"

namespace core {

using policy::StepUpState;

namespace {
// How long a grant that has ended is remembered, to say that it is expired and not unknown.
constexpr std::int64_t kRememberMs = 600'000;
}  // namespace

void Grants::add(base::GrantId id, Grant grant, base::MonoTime now) {
  std::erase_if(
      grants_, [now](const auto& entry) { return now.ms - entry.second.expires.ms > kRememberMs; });
  while (grants_.size() >= kGrantsMax) {
    auto first = grants_.begin();
    for (auto it = grants_.begin(); it != grants_.end(); ++it) {
      if (it->second.expires < first->second.expires) first = it;
    }
    grants_.erase(first);
  }
  grants_.insert_or_assign(id, std::move(grant));
}

StepUpState Grants::check(base::GrantId id, base::SessionId session, base::StepUpAct act,
                          std::uint64_t ref, base::MonoTime now) const {
  const auto* grant = find(id);
  if (grant == nullptr) return StepUpState::kMissing;
  if (grant->session != session || grant->act != act || grant->ref != ref) {
    return StepUpState::kOtherAct;
  }
  if (grant->spent) return StepUpState::kUsed;
  return now < grant->expires ? StepUpState::kValid : StepUpState::kExpired;
}

StepUpState Grants::check_reveal(base::GrantId id, base::SessionId session, base::PersonId person,
                                 base::MonoTime now) const {
  const auto* grant = find(id);
  if (grant == nullptr) return StepUpState::kMissing;
  if (grant->session != session || grant->act != base::StepUpAct::kReveal) {
    return StepUpState::kOtherAct;
  }
  if (grant->used.contains(person)) return StepUpState::kUsed;
  if (!grant->people.contains(person)) return StepUpState::kOtherAct;
  return now < grant->expires ? StepUpState::kValid : StepUpState::kExpired;
}

const Grant* Grants::find(base::GrantId id) const {
  const auto it = grants_.find(id);
  return it == grants_.end() ? nullptr : &it->second;
}

void Grants::spend(base::GrantId id) {
  if (const auto it = grants_.find(id); it != grants_.end()) it->second.spent = true;
}

void Grants::spend_person(base::GrantId id, base::PersonId person) {
  const auto it = grants_.find(id);
  if (it == grants_.end() || it->second.people.erase(person) == 0) return;
  it->second.used.insert(person);
}

void Grants::end_session(base::SessionId session) {
  std::erase_if(grants_, [session](const auto& entry) { return entry.second.session == session; });
}

}  // namespace core
