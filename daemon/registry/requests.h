// Changes to requests for numbers (提供依頼). A link's token is never stored; callers pass its
// digest.
#pragma once

#include "daemon/registry/registry.h"

namespace registry {

// Who of `people` can be asked: not a dependant (their head is asked), no open request, and a
// purpose left that they or a dependant hold no number for. Empty `people`: everybody, in the
// register's order. Whom `only` leaves out is not there.
struct ToAsk {
  std::vector<PersonId> people;  // at most `limit`
  std::uint32_t skipped = 0;     // of those named
};
ToAsk people_to_ask(const Registry& registry, const std::vector<PersonId>& people,
                    const ipc::List<Purpose, ipc::kPurposesMax>& purposes, std::size_t limit,
                    Only only = nullptr);

struct NewRequest {
  RequestId id;  // from Registry::new_id()
  PersonId person;
  ipc::Digest link;
};
struct RequestTerms {
  ipc::List<Purpose, ipc::kPurposesMax> purposes;  // none is kIntake, none twice, at least one
  AccountId by;
  WallTime now;
  WallTime expires_at;
};
// kNotFound, kConflict (an open request exists), kInvalid (terms).
base::Result<Change> create_requests(const Registry& registry,
                                     const std::vector<NewRequest>& requests,
                                     const RequestTerms& terms);
// kNotFound; kState unless open or returned.
base::Result<Change> revoke_request(const Registry& registry, RequestId request, AccountId by,
                                    WallTime now);
// Ends every open or returned request that is over by `now`; empty when there is none.
Change expire_requests(const Registry& registry, WallTime now, std::size_t limit = 10'000);
// Counts a wrong passcode; at kPasscodeFailuresMax the request is revoked.
base::Result<Change> count_passcode_failure(const Registry& registry, RequestId request,
                                            WallTime now);
inline constexpr std::uint16_t kPasscodeFailuresMax = 10;

// The request that a link opens now: kNotFound, kExpired, kUsed (submitted, approved, declined,
// revoked).
base::Result<const Request*> usable_request(const Registry& registry, const ipc::Digest& link,
                                            WallTime now);
// Whose numbers it asks for: the person and their dependants, at most kDependantsMax + 1.
std::vector<const Person*> people_of(const Registry& registry, const Request& request);

}  // namespace registry
