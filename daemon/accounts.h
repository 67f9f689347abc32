// Accounts of natural persons: how one is made, and how its two factors are checked. A wrong try
// costs the same, and reads the same from outside, whether or not the account exists.
#pragma once

#include "daemon/context.h"
#include "daemon/registry/accounts.h"

namespace core {

// What a sign-in name is made of: 3 to 64 of a-z, 0-9, '.', '_', '-', '@'.
bool is_login(std::string_view text);
// As typed, without blanks at the ends and in lower case: one name is one account.
std::string canonical_login(std::string_view typed);
// Two accounts with the same key belong to the same natural person: the company, and the name
// without blanks, in lower case. People who share a name need a mark that tells them apart. Each
// company answers for its own people: duties are kept apart within it.
std::uint64_t natural_person_key(base::TenantId company, std::string_view name);

struct Invitation {
  ipc::LoginName login;
  ipc::Name name;
  base::Role role = base::Role::kNone;
  base::AccountId by;
  base::TenantId company = base::kFirm;
};
struct NewAccount {
  registry::Account account;
  base::Secret<32> key;  // the one-time enrolment key, base32
};
inline constexpr std::int64_t kEnrolmentMs = std::int64_t{24} * 3'600'000;
base::Task<base::Result<NewAccount>> new_account(Core& core, Invitation invitation);

// The stored form of an enrolment key. kInvalid when it is none.
base::Task<base::Result<ipc::Digest>> enrolment_digest(Core& core, const base::Secret<32>& key);

// What a verifier is for; keeps one kind from being taken for another.
enum class VerifierUse : std::uint8_t { kPassword = 1, kPasscode = 2 };
// salt || HMAC by the HSM over {use, owner, Argon2id(salt, secret)}.
using Verifier = ipc::Bytes<256>;
base::Task<base::Result<Verifier>> make_verifier(Core& core, VerifierUse use, std::uint64_t owner,
                                                 base::Secret<256> secret);
// False for a wrong secret, and for an empty verifier after the same work.
base::Task<base::Result<bool>> matches_verifier(Core& core, VerifierUse use, std::uint64_t owner,
                                                Verifier verifier, base::Secret<256> secret,
                                                HashFor asker);

// Recovery codes: twelve characters of base32, each of 5 random bits.
base::Secret<16> new_recovery_code(Core& core);
// What was typed, without blanks and hyphens and in capitals, when it has the form of a recovery
// code.
std::optional<base::Secret<16>> recovery_code_of(const ipc::OneTimeCode& typed);
// Its stored form. Codes are random, so that no slow hash is needed.
base::Task<base::Result<ipc::Digest>> recovery_digest(Core& core, base::AccountId owner,
                                                      const base::Secret<16>& code);

// The account's keyring, to change and put back.
registry::Keyring keyring_of(Core& core, base::AccountId account);

// Whether an account of this role works from the asker's place at all.
bool is_admitted(const Context& context, const registry::Account& account);

// Both factors of one try.
struct Factors {
  std::string login;                   // canonical; of SignIn
  base::AccountId account;             // of StepUp, instead of the login
  base::SessionId session;             // of SignIn: that a success will open
  std::optional<base::Digest> device;  // of SignIn: of the browser's cookie
  ipc::Password password;
  ipc::OneTimeCode code;
  base::Assurance least = base::Assurance::kMail;  // what the act needs
  // Something else has been shown in the password's place, rightly or not.
  std::optional<bool> instead;
  // The password is all that is asked for: nothing is opened, and a success resets no count.
  bool password_only = false;
};
// Checks, counts and logs: a success is `succeeded` (kSignedIn for instance), everything else
// `failed`. The try and its outcome are durable before the answer. kDenied "credentials", kLocked
// "account"; kDenied "assurance" for a recovery code where it does not serve, which stays good.
struct FactorsResult {
  base::AccountId account;
  base::Role role = base::Role::kNone;
  base::Assurance assurance = base::Assurance::kNone;
};
base::Task<base::Result<FactorsResult>> check_factors(Context& context, Factors factors,
                                                      std::optional<base::CoreEvent> succeeded,
                                                      base::CoreEvent failed);

}  // namespace core
