// Other systems of the firm (API clients): who a connection is by its certificate, what may be
// enrolled, and what each enrolment, renewal and revocation changes. Used by core alone. Whether a
// system may do something is policy's to say; nothing here gives anybody a number.
#pragma once

#include "daemon/accounts.h"
#include "daemon/client_authority.h"
#include "daemon/context.h"

namespace core {

// The longest that a system is let in for: a year, and a month to renew it in.
inline constexpr std::int32_t kClientDaysMax = 396;

// Who is at the other end, as the register has it at this moment.
struct KnownClient {
  const registry::ApiClient* client = nullptr;  // also of one that is expired
  policy::CertificateState state = policy::CertificateState::kNone;
};
KnownClient client_of(Core& core, const Peer& peer);

ipc::ClientRow row_of(Core& core, const registry::ApiClient& client);
// As it will be when the proposal is carried out; none for other kinds.
std::optional<ipc::ClientRow> row_of(Core& core, const registry::ProposalContent& content);

// Whether these could be carried out now. kMissing "client_authority" when the configuration names
// none; the errors of ClientAuthority; kDuplicate "certificate" when the certificate or its key is
// enrolled for another; kTooMany "clients"; kMissing or kInvalid "rights", "kinds",
// "purposes", "groups" or "last".
base::Result<> check_client(Core& core, const registry::ProposalContent& content);

// The change of one that has been checked.
struct ClientChange {
  registry::Change change;
  base::AccountId client;
};
base::Result<ClientChange> change_of(Core& core, const registry::ProposalContent& content);

// ---- what a system asked for twice under one key of its choice
inline constexpr std::int64_t kDoneOnceMs = std::int64_t{24} * 3'600'000;
// What it did, when the same was asked for before; nothing when it was not. kMissing
// "idempotency_key" for an empty key of a system, kConflict "idempotency_key" when the key was used
// for something else, kTooMany "idempotency_key" when it used too many today. A person needs none.
base::Result<std::optional<registry::DoneOnce>> done_before(Context& context,
                                                            const ipc::IdempotencyKey& key,
                                                            const base::Digest& content);
// Remembers it in the same change; nothing for a person.
void remember(Context& context, const ipc::IdempotencyKey& key, const base::Digest& content,
              std::uint32_t first, std::uint32_t second, registry::Change& change);

}  // namespace core
