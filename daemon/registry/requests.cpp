#include "daemon/registry/requests.h"

#include <algorithm>

namespace registry {
namespace {

using base::Code;
using base::fail;
using base::Result;
using Purposes = ipc::List<Purpose, ipc::kPurposesMax>;

bool lacks_any(const Registry& registry, PersonId person, const Purposes& purposes) {
  return std::ranges::any_of(
      purposes, [&](Purpose purpose) { return registry.number(person, purpose) == nullptr; });
}

bool can_be_asked(const Registry& registry, const Person& person, const Purposes& purposes) {
  if (person.head.valid() || registry.in_open_disposal(person.id)) return false;
  if (registry.open_request_of(person.id) != nullptr) return false;
  if (lacks_any(registry, person.id, purposes)) return true;
  return std::ranges::any_of(registry.dependants_of(person.id), [&](const Person* dependant) {
    return lacks_any(registry, dependant->id, purposes);
  });
}

bool good_terms(const RequestTerms& terms) {
  if (terms.purposes.empty() || terms.expires_at <= terms.now) return false;
  for (std::size_t i = 0; i < terms.purposes.size(); ++i) {
    if (terms.purposes[i] == Purpose::kIntake) return false;
    for (std::size_t j = 0; j < i; ++j) {
      if (terms.purposes[i] == terms.purposes[j]) return false;
    }
  }
  return true;
}

bool takes_numbers(const Request& request) {
  return request.state == RequestState::kOpen || request.state == RequestState::kReturned;
}

}  // namespace

ToAsk people_to_ask(const Registry& registry, const std::vector<PersonId>& people,
                    const Purposes& purposes, std::size_t limit, Only only) {
  ToAsk out;
  const auto hidden = [&](const Person& person) { return only != nullptr && !(*only)(person); };
  if (people.empty()) {
    registry.each_person([&](const Person& person) {
      if (out.people.size() < limit && !hidden(person) &&
          can_be_asked(registry, person, purposes)) {
        out.people.push_back(person.id);
      }
    });
    return out;
  }
  for (const PersonId id : people) {
    const Person* person = registry.person(id);
    const bool again = std::ranges::find(out.people, id) != out.people.end();
    if (person == nullptr || hidden(*person) || again || out.people.size() >= limit ||
        !can_be_asked(registry, *person, purposes)) {
      ++out.skipped;
    } else {
      out.people.push_back(id);
    }
  }
  return out;
}

Result<Change> create_requests(const Registry& registry, const std::vector<NewRequest>& requests,
                               const RequestTerms& terms) {
  if (!good_terms(terms)) return fail(Code::kInvalid, "terms");
  Change change;
  std::vector<PersonId> seen;
  seen.reserve(requests.size());
  for (const NewRequest& one : requests) {
    const Person* person = registry.person(one.person);
    if (person == nullptr) return fail(Code::kNotFound, "person");
    if (person->head.valid()) return fail(Code::kInvalid, "person");
    if (!one.id.valid() || registry.request(one.id) != nullptr ||
        registry.request_by_link(one.link) != nullptr ||
        registry.open_request_of(one.person) != nullptr || registry.in_open_disposal(one.person)) {
      return fail(Code::kConflict, "request");
    }
    seen.push_back(one.person);
    change.put(Request{.id = one.id,
                       .tenant = person->tenant,
                       .person = one.person,
                       .purposes = terms.purposes,
                       .link = one.link,
                       .made_at = terms.now,
                       .expires_at = terms.expires_at,
                       .made_by = terms.by});
    if (person->declined_at.ms != 0) {
      Person asked = *person;
      asked.declined_at = {};
      asked.declined_reason = {};
      change.put(std::move(asked));
    }
  }
  std::ranges::sort(seen);
  if (std::ranges::adjacent_find(seen) != seen.end()) return fail(Code::kConflict, "request");
  return change;
}

Result<Change> revoke_request(const Registry& registry, RequestId request, AccountId by,
                              WallTime now) {
  const Request* found = registry.request(request);
  if (found == nullptr) return fail(Code::kNotFound, "request");
  if (!takes_numbers(*found)) return fail(Code::kState, "request");
  Request revoked = *found;
  revoked.state = RequestState::kRevoked;
  revoked.decided_at = now;
  revoked.decided_by = by;
  Change change;
  change.put(std::move(revoked));
  return change;
}

Change expire_requests(const Registry& registry, WallTime now, std::size_t limit) {
  Change change;
  for (const auto status :
       {base::CollectionStatus::kRequested, base::CollectionStatus::kReturned}) {
    const auto page = registry.requests(status, 0, static_cast<std::uint32_t>(limit));
    for (const Request* request : page.rows) {
      if (request->expires_at > now) continue;
      Request expired = *request;
      expired.state = RequestState::kExpired;
      expired.decided_at = now;
      change.put(std::move(expired));
    }
  }
  return change;
}

Result<Change> count_passcode_failure(const Registry& registry, RequestId request, WallTime now) {
  const Request* found = registry.request(request);
  if (found == nullptr) return fail(Code::kNotFound, "request");
  if (!takes_numbers(*found)) return fail(Code::kState, "request");
  Request failed = *found;
  if (++failed.passcode_failures >= kPasscodeFailuresMax) {
    failed.state = RequestState::kRevoked;
    failed.decided_at = now;
  }
  Change change;
  change.put(std::move(failed));
  return change;
}

Result<const Request*> usable_request(const Registry& registry, const ipc::Digest& link,
                                      WallTime now) {
  const Request* request = registry.request_by_link(link);
  if (request == nullptr) return fail(Code::kNotFound, "link");
  if (request->state == RequestState::kExpired) return fail(Code::kExpired, "link");
  if (!takes_numbers(*request)) return fail(Code::kUsed, "link");
  if (request->expires_at <= now) return fail(Code::kExpired, "link");
  return request;
}

std::vector<const Person*> people_of(const Registry& registry, const Request& request) {
  std::vector<const Person*> out{registry.person(request.person)};
  for (const Person* dependant : registry.dependants_of(request.person)) {
    if (out.size() <= ipc::kDependantsMax) out.push_back(dependant);
  }
  return out;
}

}  // namespace registry
