// A life of the token with all that dies with it: the login, the object handles, the pinned
// mechanism. Made whole or not at all; thrown away whole on the first sign of trouble. Every answer
// of the module that can be checked is checked before it leaves here.
#pragma once

#include <functional>

#include "hsm/durability.h"
#include "hsm/mechanisms.h"

namespace hsm {

// Where the token is: what the configuration says.
struct Place {
  std::string parameters;  // for C_Initialize
  TokenUri token;
};

class Keyring {
 public:
  // C_Initialize, find the token (again, for a while, when it is not seen at once), log in,
  // inventory, self-test, proof of possession of every pair. kDenied/kLocked "pin"; kNotFound
  // "token"; kCorrupt.
  static base::Result<Keyring> open(const Module& module, const Place& place,
                                    const base::Secret<64>& pin);
  // Logs out and finalises; a keyring that is just dropped finalises too.
  base::Result<> close();

  [[nodiscard]] const TokenFacts& facts() const { return facts_; }
  [[nodiscard]] Mechanism mechanism() const { return inventory_.mechanism; }
  [[nodiscard]] bool holds(const ipc::KeyRef& key) const;
  [[nodiscard]] std::vector<ipc::KeyRef> keys() const;
  [[nodiscard]] std::size_t leftovers() const { return leftovers_; }
  // How many tokens a log-in that was cut off had left without their file.
  [[nodiscard]] int tokens_put_back() const { return tokens_put_back_; }
  // How many attribute types of our templates this token does not keep.
  [[nodiscard]] std::size_t unkept() const;

  // Probes and pins the mechanism; what is pinned stays.
  base::Result<Mechanism> enrol();
  // kDuplicate, kInvalid "id", kState "mechanism" before enrolment. The new key has been used once,
  // and is on disk where that is for us to say.
  base::Result<> create(const ipc::KeyRef& key);
  // Absent keys are fine. What the module says of it is believed only after a new life's inventory.
  base::Result<> destroy(const ipc::KeyRef& key);
  base::Result<> flush() { return durability_.flush(); }

  // kNotFound "shelf".
  [[nodiscard]] base::Result<SealKeys> seal_keys(ipc::ShelfId shelf) const;
  // HMAC-SHA256, computed twice and compared. kNotFound "key"; kInvalid "use" for keys that do not
  // MAC.
  base::Result<base::Secret<32>> mac(const ipc::KeyRef& key, base::ByteSpan input);
  // The same under the mechanism's own key: what binds plaintexts (hsm/shelves.h).
  base::Result<base::Secret<32>> mac_of_mechanism(base::ByteSpan input);
  // ECDSA, DER, verified under the public key that this life proved.
  base::Result<std::vector<std::uint8_t>> sign(const ipc::KeyRef& key, const base::Digest& digest);
  [[nodiscard]] base::Result<std::vector<std::uint8_t>> spki(const ipc::KeyRef& key) const;

  [[nodiscard]] Life& life() { return life_; }
  [[nodiscard]] IvWatch& ivs() { return ivs_; }

 private:
  Keyring(Life life, CK_SLOT_ID slot) : life_(std::move(life)), slot_(slot) {}
  base::Result<> take_stock();
  base::Result<> prove(const ObjectName& name);
  base::Result<> try_out(const ipc::KeyRef& key);
  base::Result<base::Secret<32>> mac_with(CK_OBJECT_HANDLE key, base::ByteSpan input);
  [[nodiscard]] base::Result<Handles> handles(const ipc::KeyRef& key) const;

  Life life_;
  CK_SLOT_ID slot_;
  TokenFacts facts_;
  Durability durability_;
  Inventory inventory_;
  std::size_t leftovers_ = 0;
  int tokens_put_back_ = 0;
  std::map<ObjectName, std::vector<std::uint8_t>> spki_;
  IvWatch ivs_;
};

// Seals and MACs with a random key that is known here too, and compares with what OpenSSL makes of
// it: a module whose arithmetic is not that of the standards does not get a number. True when the
// token takes no such key (then nothing was compared). kCorrupt "self_test".
base::Result<> self_test(Life& life, Mechanism mechanism);

}  // namespace hsm
