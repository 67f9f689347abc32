#include "hsm/enrolment.h"

#include "base/secret_access.h"
#include "hsm/durability.h"
#include "hsm/software.h"

namespace hsm {

namespace {

using base::Code;
using base::fail;
using base::Result;

Result<> set_user_pin(Life& life, CK_SLOT_ID slot, const base::Secret<64>& so_pin,
                      const base::Secret<64>& pin) {
  TRY(life.open_session(slot));
  TRY(life.login(CKU_SO, so_pin));
  return life.init_pin(pin);
}

bool is_embedded(const CK_TOKEN_INFO& info) {
  return std::string_view(reinterpret_cast<const char*>(info.manufacturerID),
                          sizeof info.manufacturerID)
      .starts_with("SoftHSM project ");
}

enum class Lacks : std::uint8_t { kNothing, kPin, kToken };

// What the embedded module lacks; nothing when the module is another, or has another token.
Result<Lacks> what_lacks(Life& life, const TokenUri& wanted) {
  const auto there = life.find_token(wanted);
  if (there) {
    const auto info = TRY(life.token_info(*there));
    const bool half = is_embedded(info) && (info.flags & CKF_USER_PIN_INITIALIZED) == 0;
    return half ? Lacks::kPin : Lacks::kNothing;
  }
  if (there.error().code != Code::kNotFound || wanted.token.empty()) return Lacks::kNothing;
  bool blank = false;
  for (const CK_SLOT_ID slot : TRY(life.slots())) {
    const auto info = TRY(life.token_info(slot));
    if (!is_embedded(info) || (info.flags & CKF_TOKEN_INITIALIZED) != 0) return Lacks::kNothing;
    blank = true;
  }
  return blank ? Lacks::kToken : Lacks::kNothing;
}

}  // namespace

Result<> set_token_up(const Module& module, const std::string& parameters, const std::string& label,
                      const base::Secret<64>& so_pin, const base::Secret<64>& pin) {
  TokenUri wanted;
  wanted.token = label;
  CK_SLOT_ID slot = 0;
  {
    auto life = TRY(Life::begin(module, parameters));
    const auto there = life.find_token(wanted);
    if (there || there.error().code == Code::kConflict) return fail(Code::kConflict, "token");
    bool found = false;
    for (const CK_SLOT_ID candidate : TRY(life.slots())) {
      const auto info = TRY(life.token_info(candidate));
      if ((info.flags & CKF_TOKEN_INITIALIZED) != 0) continue;
      slot = candidate;
      found = true;
      break;
    }
    if (!found) return fail(Code::kNotFound, "slot");
    TRY(life.init_token(slot, so_pin, label));
  }
  // A new life: SoftHSM gives the token another slot from now on.
  auto life = TRY(Life::begin(module, parameters));
  slot = TRY(life.find_token(wanted));
  TRY(set_user_pin(life, slot, so_pin, pin));
  return life.end(slot);
}

Result<base::Secret<64>> so_pin_of(const base::Secret<64>& pin) {
  if (pin.size() < kPinMin) return fail(Code::kInvalid, "pin");
  const auto mac =
      software::hmac(base::as_bytes("kagikura-so-pin"), {pin.read(base::secret_access())});
  std::string hex = base::to_hex(mac.view());
  auto out = base::Secret<64>::from(base::as_bytes(hex), "so_pin");
  base::wipe(hex.data(), hex.size());
  return out;
}

Result<bool> set_embedded_token_up(const Module& module, const Place& place,
                                   const base::Secret<64>& pin) {
  Lacks lacks = Lacks::kNothing;
  {
    auto life = TRY(Life::begin(module, place.parameters));
    lacks = TRY(what_lacks(life, place.token));
    if (lacks == Lacks::kNothing) return false;
    const auto so_pin = TRY(so_pin_of(pin));
    if (lacks == Lacks::kPin) {
      const CK_SLOT_ID slot = TRY(life.find_token(place.token));
      TRY(set_user_pin(life, slot, so_pin, pin));
      TRY(life.end(slot));
    }
  }
  if (lacks == Lacks::kToken) {
    TRY(set_token_up(module, place.parameters, place.token.token, TRY(so_pin_of(pin)), pin));
  }
  Durability durability = TRY(Durability::of("SoftHSM project"));
  TRY(durability.flush());
  return true;
}

}  // namespace hsm
