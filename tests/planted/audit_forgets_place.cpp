#include "audit/process/service.h"
#include "ipc/codec.h"

// Planted: sealed bytes are bound to nothing but their key.
namespace audit::process {

ipc::Aad number_aad(const ipc::NumberPlace& place) {
  return *ipc::Aad::from(ipc::encode(ipc::KeyRef{ipc::KeyUse::kShelf, place.shelf.value}));
}

ipc::Aad salt_aad(base::TenantId /*tenant*/, base::Purpose /*purpose*/, base::ShelfId shelf) {
  return *ipc::Aad::from(ipc::encode(ipc::KeyRef{ipc::KeyUse::kShelf, shelf.value}));
}

}  // namespace audit::process
