#include "hsm/enrolment.h"

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

}  // namespace hsm
