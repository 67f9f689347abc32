// Changes to accounts and settings. What a verifier or a digest is, core decides; the register
// keeps logins, enrolment keys and ids unique.
#pragma once

#include "daemon/registry/registry.h"

namespace registry {

// A copy to change and put back: accounts hold a secret, so that a plain copy does not exist.
Account copy_of(const Account& account);

// kDuplicate "login"; kConflict when the id exists.
base::Result<Change> create_account(const Registry& registry, Account account);
// Replaces all but id and login; kNotFound, kInvalid "login".
base::Result<Change> update_account(const Registry& registry, Account account);
// Replaces it, or is the first one; kNotFound "account".
base::Result<Change> save_keyring(const Registry& registry, Keyring keyring);
Change save_settings(Settings settings);

}  // namespace registry
