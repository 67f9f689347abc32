// Numbers and salts on shelves. What is sealed is not the bare number but
//
//   length (1) | bytes, zero-padded (14 for numbers, 46 for salts) | check value (16)
//
// so that every sealed number has the same size, and an answer of the token is believed only when
// its check value fits: HMAC-SHA256 under a key that the token derives once a life, over what the
// plaintext is, the AAD and the padded bytes. A module that says "OK" and hands out other bytes, or
// the bytes of another place, is found out here.
//
// Duplicate tags are HMAC-SHA256 under a shelf's tag key, which is the token's HMAC of the shelf's
// salt. The salt is sealed on the shelf: when the shelf's key is gone, so are all of its tags'
// meanings.
//
// Plaintext lives here for the length of a call and crosses no IPC but Open's answer.
#pragma once

#include <map>

#include "hsm/keyring.h"
#include "hsm/software.h"

namespace hsm {

class Shelves {
 public:
  // What a new life has to give: the check key. kUnavailable "check_key" when it is not the one of
  // the life before (the token was exchanged, or lies).
  base::Result<> begin(Keyring& keyring);
  // Wipes the tag keys and the check key.
  void forget();
  void forget(ipc::ShelfId shelf) { tag_keys_.erase(shelf); }

  // Makes a salt, seals it, remembers its tag key. kDuplicate "salt" when the shelf has one.
  base::Result<base::Bytes<128>> seal_salt(Keyring& keyring, const ipc::SealSalt& request);
  base::Result<> load_salts(Keyring& keyring, const ipc::LoadSalts& request);
  // Seals, opens again, compares, tags. kState "salt" for a shelf whose salt was not loaded.
  base::Result<ipc::Seal::Reply> seal(Keyring& keyring, const ipc::Seal& request);
  // kCorrupt "sealed" for what was not sealed so: moved, changed, of another shelf.
  base::Result<ipc::Digits> open(Keyring& keyring, const ipc::Open& request);
  // As open() and seal(), each new seal opened again: the old key dies after this.
  base::Result<ipc::Reseal::Reply> reseal(Keyring& keyring, const ipc::Reseal& request);

 private:
  template <std::size_t kPayload, std::size_t N>
  base::Result<std::vector<std::uint8_t>> seal_bytes(Keyring& keyring, ipc::ShelfId shelf,
                                                     base::ByteSpan aad,
                                                     const base::Secret<N>& bytes);
  template <std::size_t kPayload, std::size_t N>
  base::Result<base::Secret<N>> open_bytes(Keyring& keyring, ipc::ShelfId shelf, base::ByteSpan aad,
                                           base::ByteSpan sealed);
  base::Result<> open_plain(Keyring& keyring, ipc::ShelfId shelf, base::ByteSpan aad,
                            base::ByteSpan sealed, std::span<std::uint8_t> out) const;
  void check_value(base::ByteSpan aad, base::ByteSpan payload, std::span<std::uint8_t> out) const;
  [[nodiscard]] base::Result<ipc::DuplicateTag> tag(ipc::ShelfId shelf,
                                                    const ipc::Digits& number) const;
  base::Result<> remember(Keyring& keyring, ipc::ShelfId shelf, const base::Secret<32>& salt);

  base::Secret<32> check_key_;  // to compare lives by
  std::optional<software::Hmac> check_;
  std::map<ipc::ShelfId, software::Hmac> tag_keys_;
};

}  // namespace hsm
