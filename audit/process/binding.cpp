// What sealed bytes are bound to (G6): alone here, so that it can be read in one look, and left
// out by the planted program that proves that tests would notice.
#include "audit/process/service.h"
#include "ipc/codec.h"

namespace audit::process {

namespace {

using base::Purpose;
using ipc::KeyUse;

// The label says what the bytes are, so that no ciphertext can stand for another kind.
struct NumberAad {
  base::Text<32> label = base::Text<32>::literal("kagikura-number-1");
  ipc::NumberPlace place;
  ipc::KeyRef key;
};
struct SaltAad {
  base::Text<32> label = base::Text<32>::literal("kagikura-salt-1");
  base::TenantId tenant;
  Purpose purpose = Purpose::kIntake;
  ipc::KeyRef key;
};

template <class T>
ipc::Aad aad_of(const T& fields) {
  auto aad = ipc::Aad::from(ipc::encode(fields));
  ASSERT(aad.has_value());  // every field has a fixed size
  return *std::move(aad);
}

}  // namespace

ipc::Aad number_aad(const ipc::NumberPlace& place) {
  return aad_of(NumberAad{.place = place, .key = {KeyUse::kShelf, place.shelf.value}});
}

ipc::Aad salt_aad(base::TenantId tenant, Purpose purpose, base::ShelfId shelf) {
  return aad_of(
      SaltAad{.tenant = tenant, .purpose = purpose, .key = {KeyUse::kShelf, shelf.value}});
}

}  // namespace audit::process
