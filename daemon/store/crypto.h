// The cryptography of the store, on OpenSSL's EVP: sealing records, the keyed digest of a set of
// records, the MAC of the state. Used by store/ only. Never writes a key anywhere.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"

namespace store {

inline constexpr std::size_t kNonceSize = 12;
inline constexpr std::size_t kTagSize = 16;
inline constexpr std::size_t kSealOverhead = kNonceSize + kTagSize;

// The sum modulo 2^256 of a keyed hash of every record (MSet-Add-Hash of Clarke and others, 2003):
// a record enters and leaves in constant time, and without the key nobody finds two sets that
// agree. Its value is never stored in the clear: differences of sums would tell hashes of single
// records.
class SetDigest {
 public:
  SetDigest() = default;
  explicit SetDigest(base::ByteSpan little_endian_32);
  void add(const base::Digest& hash);
  void remove(const base::Digest& hash);
  [[nodiscard]] base::Digest bytes() const;
  friend bool operator==(const SetDigest&, const SetDigest&) = default;

 private:
  std::array<std::uint64_t, 4> words_{};
};

// Keys derived from the register key, with their OpenSSL contexts kept warm.
class RecordCipher {
 public:
  // kInvalid unless the key has 32 bytes; kInternal when OpenSSL has no memory.
  static base::Result<RecordCipher> make(const base::Secret<32>& register_key);
  RecordCipher(RecordCipher&&) noexcept;
  RecordCipher& operator=(RecordCipher&&) noexcept;
  RecordCipher(const RecordCipher&) = delete;  // holds keys
  RecordCipher& operator=(const RecordCipher&) = delete;
  ~RecordCipher();

  // nonce || ciphertext || tag of `plain`, with `key` as AAD and a fresh random nonce.
  base::Result<std::vector<std::uint8_t>> seal(base::ByteSpan key, base::ByteSpan plain);
  // kCorrupt when it is not what seal() made for this key. The span lives until the next open().
  base::Result<base::ByteSpan> open(base::ByteSpan key, base::ByteSpan sealed);
  // Of a stored record: HMAC-SHA256 over the key's length, the key and the sealed value.
  base::Result<base::Digest> hash(base::ByteSpan key, base::ByteSpan sealed);

 private:
  struct Parts;
  explicit RecordCipher(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

// HMAC-SHA256.
base::Result<base::Digest> mac(const base::Secret<32>& key, base::ByteSpan bytes);

}  // namespace store
