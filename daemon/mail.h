// What core tells people by mail: composed here, in Japanese and English, and put beside the change
// that is its reason, so that the two are durable together. Never an Individual Number; a secret
// only where a mail exists to carry one (a code, a key).
#pragma once

#include <string_view>

#include "daemon/core.h"

namespace core {

enum class MailKind : std::uint8_t {
  kConfirmAddress,  // `secret`: the code to type
  kAddressChanged,  // to the old address
  kNewDevice,       // `detail`: browser, system and address
  kFactorsChanged,  // `detail`: which, in both languages
  kSignInCode,      // `secret`
  kReminder,        // `secret`: the key
  kEnrolmentKey,    // `detail`: the login ID; `secret`: the key
  kLast = kEnrolmentKey,
};
std::string_view name(MailKind kind);

struct Letter {
  MailKind kind = MailKind::kNewDevice;
  base::AccountId account;
  base::TenantId company;                    // whose name stands in it; 0: the account's
  std::string_view to;                       // an address; empty: nothing is sent
  std::string_view detail;                   // harmless text
  const base::Secret<32>* secret = nullptr;  // ASCII
};

// Nothing where there is no relay, no address, or no room: a mail is a courtesy, and what waits for
// it must not fail.
registry::Change mail(Core& core, const Letter& letter);

// To the account's own address, if it has one: "your password was changed".
registry::Change mail_factors_changed(Core& core, base::AccountId account, std::string_view detail);

// "Firefox, Windows".
std::string words_of(const ipc::Device& device);

}  // namespace core
