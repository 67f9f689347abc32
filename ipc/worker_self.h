// The part of WorkerCore that is about one's own account: ways to sign in, passkeys, sessions. The
// edge itself is in ipc/worker_core.h.
#pragma once

#include "base/mail_address.h"
#include "ipc/values.h"

namespace ipc {

using DeviceToken = Secret<32>;    // random for a browser, in a long-lived cookie; core has digests
using Challenge = FixedBytes<32>;  // what a passkey signs; accepted once
using PasskeyId = base::Id<struct PasskeyTag>;
using MailId = base::Id<struct MailTag>;

using MailAddress = Text<base::kMailAddressMax>;  // base::is_mail_address, or empty

inline constexpr std::size_t kPasskeysMax = 8;
inline constexpr std::size_t kRecoveryCodes = 10;
inline constexpr std::size_t kRecoveryCodeChars = 12;
inline constexpr std::size_t kSessionsMax = 8;
inline constexpr std::size_t kNoticesMax = 8;
inline constexpr std::size_t kCredentialIdMax = 1023;  // WebAuthn level 2, section 4

// What a browser says that it is: a claim, for its owner to recognise. No text of the network goes
// further than the worker.
enum class Browser : std::uint8_t { kOther, kFirefox, kChrome, kEdge, kSafari, kLast = kSafari };
enum class System : std::uint8_t {
  kOther,
  kWindows,
  kMac,
  kLinux,
  kAndroid,
  kIphone,
  kLast = kIphone
};
struct Device {
  Browser browser = Browser::kOther;
  System system = System::kOther;
};

struct SignedIn {
  SessionToken token;
  CsrfToken csrf;
  Name name;
  base::Role role = base::Role::kNone;
  DeviceToken device_token;  // empty when the browser has one that is known
};

// What an authenticator answers to a challenge (WebAuthn level 2, section 7.2), as it came.
struct PasskeyAssertion {
  Bytes<kCredentialIdMax> credential;
  Bytes<64> user;  // of whom the authenticator says that it is
  Bytes<2048> client_data;
  Bytes<1024> authenticator_data;
  Bytes<512> signature;
};

// A challenge for somebody who is not signed in. Bound to the address, good for five minutes.
struct BeginPasskeySignIn {
  struct Reply {
    Challenge challenge;
    bool possible = false;  // no: this site is known by an address only, not by a name
  };
};

struct SignInWithPasskey {
  using Reply = SignedIn;
  PasskeyAssertion assertion;
  DeviceToken device_token;
  Device device;
  SessionToken ends;  // as SignIn's
};

// A code by mail to who knows the password and has chosen so. The answer is the same for everybody
// else whose password is right; a wrong one, or no account, is kDenied "credentials" as at SignIn.
struct RequestMailCode {
  using Reply = Done;
  LoginName login;
  Password password;
  DeviceToken device_token;
};

// A key for a new password, by mail to the account's address. One answer, whoever asks for whom.
struct RequestReminder {
  using Reply = Done;
  LoginName login;
};

// With that key and a second factor. kDenied "credentials" whatever was wrong.
struct ResetPassword {
  using Reply = Done;
  LoginName login;
  Secret<32> key;
  OneTimeCode code;  // of the authenticator app, or a recovery code
  Password password;
};

struct SessionRow {
  SessionId id;
  Device device;
  Text<45> peer;
  WallTime opened_at;
  std::uint32_t idle_s = 0;
  base::Assurance assurance = base::Assurance::kNone;
  bool current = false;
};

struct PasskeyRow {
  PasskeyId id;
  Text<64> label;
  WallTime made_at;
  WallTime used_at;  // 0: never
  Bytes<kCredentialIdMax> credential;
};

// A sign-in with a browser that was new to the account.
struct DeviceNotice {
  WallTime at;
  Device device;
  Text<45> peer;
};

struct GetMyAccount {
  struct Reply {
    LoginName login;
    AccountId account;
    WallTime last_sign_in;
    List<SessionRow, kSessionsMax> sessions;
    List<PasskeyRow, kPasskeysMax> passkeys;
    bool passkeys_possible = false;
    std::uint8_t recovery_codes_left = 0;
    WallTime recovery_codes_made_at;
    List<DeviceNotice, kNoticesMax> new_devices;
    MailAddress mail;            // empty: none
    bool mail_possible = false;  // there is a relay
    bool mail_codes = false;
  };
  SessionToken token;
};

// One of the asker's own sessions; none: all but the one that asks.
struct EndMySession {
  using Reply = Done;
  Auth auth;
  SessionId session;
};

// Ends all other sessions of the account.
struct ChangePassword {
  using Reply = Done;
  Auth auth;
  GrantId grant;
  Password password;  // the new one
};

// New ones; the old ones are good no more. Told once, here.
struct MakeRecoveryCodes {
  struct Reply {
    List<Secret<16>, kRecoveryCodes> codes;
  };
  Auth auth;
  GrantId grant;
};

// First half: a new secret, kept with the session until the second half has shown that the app has
// it. The old one stays good until then.
struct BeginAuthenticator {
  struct Reply {
    LoginName login;
    Secret<20> totp_secret;
  };
  Auth auth;
  GrantId grant;
};

struct FinishAuthenticator {
  using Reply = Done;
  Auth auth;
  OneTimeCode code;
};

struct AddPasskey {
  using Reply = Done;
  Auth auth;
  GrantId grant;
  Text<64> label;
  Bytes<2048> client_data;
  Bytes<4096> attestation;
};

struct RemovePasskey {
  using Reply = Done;
  Auth auth;
  GrantId grant;
  PasskeyId passkey;
};

// First half: a code is sent to the new address, and the old one is told. Empty: no address any
// more, at once.
struct SetMail {
  using Reply = Done;
  Auth auth;
  GrantId grant;
  MailAddress mail;
  bool codes = false;  // as Keyring::mail_codes
};

// Second half: the code that arrived, as typed.
struct ConfirmMail {
  using Reply = Done;
  Auth auth;
  OneTimeCode code;
};

struct ConfirmDevices {
  using Reply = Done;
  Auth auth;
};

}  // namespace ipc
