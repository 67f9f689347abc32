#include "audit/process/grants.h"

#include <sys/random.h>

#include <algorithm>

#include "audit/entry.h"

namespace audit::process {

namespace {

using base::Code;
using base::fail;
using base::GrantId;
using base::PersonId;
using base::Result;

bool same_actor(const ipc::Actor& a, const ipc::Actor& b) {
  return a.account == b.account && a.role == b.role && a.zone == b.zone && a.peer == b.peer &&
         a.session == b.session && a.tenant == b.tenant;
}

}  // namespace

Grants::Grants(const base::Clock& clock, Random random)
    : clock_(clock), random_(std::move(random)) {}

Result<GrantId> Grants::open(const ipc::OpenGrant& request) {
  if (!request.actor.account.valid()) return fail(Code::kInvalid, "account");
  if (!request.actor.session.valid()) return fail(Code::kInvalid, "session");
  Grant grant;
  grant.actor = request.actor;
  grant.act = request.act;
  grant.ref = request.ref;
  grant.reason = {request.form, request.period};
  for (const PersonId person : request.people) grant.people.push_back({person, false});
  std::ranges::sort(grant.people, {}, &Entry::person);
  if (std::ranges::adjacent_find(grant.people, {}, &Entry::person) != grant.people.end()) {
    return fail(Code::kInvalid, "people");
  }
  if (grant.act == base::StepUpAct::kReveal) {
    if (grant.people.empty() || !grant.people.front().person.valid()) {
      return fail(Code::kInvalid, "people");
    }
    // The log takes no text that looks like an Individual Number, so no reveal could be written.
    if (grant.reason.period.empty() || number_shaped(grant.reason.period.view())) {
      return fail(Code::kInvalid, "period");
    }
  }
  forget_ended();
  const auto of_session = std::ranges::count_if(grants_, [&](const auto& entry) {
    return entry.second.actor.session == request.actor.session;
  });
  if (grants_.size() >= kMax || of_session >= static_cast<std::ptrdiff_t>(kPerSessionMax)) {
    return fail(Code::kTooMany, "grants");
  }
  grant.ends = {clock_.mono().ms + std::int64_t{ipc::kGrantSeconds} * 1000};
  const GrantId id{TRY(random_())};
  // Zero means none, and an id that lives already is not given twice: 2^-55 together, so just say
  // no.
  if (!id.valid() || !grants_.emplace(id, std::move(grant)).second)
    return fail(Code::kIo, "random");
  return id;
}

// Grants that have ended stay a while, so that the answer is kExpired rather than kDenied, but
// never keep a new one out.
void Grants::forget_ended() {
  const base::MonoTime now = clock_.mono();
  std::erase_if(grants_, [now](const auto& entry) { return entry.second.ends <= now; });
}

Result<const Grants::Grant*> Grants::find(GrantId id, const ipc::Actor& actor,
                                          base::StepUpAct act) const {
  const auto it = grants_.find(id);
  if (it == grants_.end()) return fail(Code::kDenied, "grant");
  const Grant& grant = it->second;
  if (!same_actor(grant.actor, actor)) return fail(Code::kDenied, "actor");
  if (grant.act != act) return fail(Code::kDenied, "act");
  if (grant.ends <= clock_.mono()) return fail(Code::kExpired, "grant");
  return &grant;
}

Result<Grants::Reason> Grants::check_reveal(GrantId id, const ipc::Actor& actor,
                                            const ipc::NumberPlace& place) const {
  const Grant* grant = TRY(find(id, actor, base::StepUpAct::kReveal));
  // purpose_of() never gives kIntake; said again because a number on that shelf was not approved
  // yet.
  if (place.tenant != actor.tenant) return fail(Code::kDenied, "company");
  if (place.purpose == base::Purpose::kIntake ||
      place.purpose != base::purpose_of(grant->reason.form)) {
    return fail(Code::kDenied, "purpose");
  }
  const auto entry = std::ranges::lower_bound(grant->people, place.person, {}, &Entry::person);
  if (entry == grant->people.end() || entry->person != place.person) {
    return fail(Code::kDenied, "person");
  }
  if (entry->used) return fail(Code::kUsed, "person");
  return grant->reason;
}

void Grants::spend(GrantId id, PersonId person) {
  const auto it = grants_.find(id);
  ASSERT(it != grants_.end());
  const auto entry = std::ranges::lower_bound(it->second.people, person, {}, &Entry::person);
  ASSERT(entry != it->second.people.end() && entry->person == person && !entry->used);
  entry->used = true;
}

Result<> Grants::use(const ipc::UseGrant& request) {
  if (request.act == base::StepUpAct::kReveal) return fail(Code::kDenied, "act");
  TRY(find(request.grant, request.actor, request.act));
  Grant& grant = grants_.find(request.grant)->second;
  if (grant.ref != request.ref) return fail(Code::kDenied, "ref");
  if (grant.used) return fail(Code::kUsed, "grant");
  grant.used = true;
  return {};
}

Result<std::uint64_t> system_random() {
  std::uint64_t value = 0;
  if (::getrandom(&value, sizeof value, 0) != static_cast<ssize_t>(sizeof value)) {
    return fail(Code::kIo, "random");
  }
  return value;
}

}  // namespace audit::process
