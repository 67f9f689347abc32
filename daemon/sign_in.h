// What follows when somebody has shown who he is: the session, and the browser that was used. And
// the checks of a passkey, which sign-in and re-authentication share.
#pragma once

#include "daemon/accounts.h"
#include "daemon/webauthn/verify.h"

namespace core {

// Where passkeys of this appliance work; none when it is known by an address only, which browsers
// take for no site (WebAuthn level 2, section 5.1.2 by way of "valid domain").
std::optional<webauthn::Site> site_of(Core& core);

// What the register knows a browser by; none without a cookie.
std::optional<base::Digest> device_of(const ipc::DeviceToken& token);

struct Browser {
  ipc::DeviceToken token;  // of its cookie; empty: none
  ipc::Device device;
  ipc::SessionToken session;  // that it had until now: it ends; empty: none
};
// Opens the session `id`. A browser that the account was never used with gets a token, a notice for
// the account's owner, and an entry, unless it is the first one at all.
base::Task<base::Result<ipc::SignedIn>> open_session(Context& context, FactorsResult who,
                                                     base::SessionId id, Browser browser);

// Which account's passkey it is, by its owner's handle and its own id; nullptr: nobody's.
struct PasskeyOwner {
  const registry::Account* account = nullptr;
  const registry::Passkey* passkey = nullptr;
};
PasskeyOwner owner_of(Core& core, const ipc::PasskeyAssertion& assertion);

// An assertion whose challenge has been taken. Counts the use; a success is `succeeded`, everything
// else `failed`, as in check_factors(). `expected`: the one whose passkey it must be, or none. Only
// under `writes`. kDenied "passkey".
base::Task<base::Result<FactorsResult>> check_passkey(
    Context& context, const ipc::PasskeyAssertion& assertion, base::AccountId expected,
    base::SessionId session, std::optional<base::CoreEvent> succeeded, base::CoreEvent failed);

}  // namespace core
