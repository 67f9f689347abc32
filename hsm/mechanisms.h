// The ways to seal that the product knows, what each makes of a plaintext, and the probe that
// chooses one at enrolment. The choice is pinned in the token (hsm/objects.h) and never made again.
//
//   sealed bytes   mechanism's number (1) | IV (12 or 16) | ciphertext | tag or MAC (16 or 32)
//
// The IV comes from the operating system (or the token), is looked at, and never used twice in a
// life. AAD is never empty, tags have 128 bits, ulIvBits is filled in: some tokens take, or need,
// less.
#pragma once

#include <array>
#include <deque>
#include <unordered_set>

#include "hsm/objects.h"

namespace hsm {

// Fills `out` from the operating system, in one request. kUnavailable "random".
base::Result<> random_bytes(std::span<std::uint8_t> out);

// Makes IVs, and remembers the last ones, so that a broken source of randomness is noticed before
// it breaks GCM.
class IvWatch {
 public:
  // Fills `iv` (at most 32 bytes). kUnavailable "random" when it repeats or is constant.
  base::Result<> fresh(std::span<std::uint8_t> iv);
  // The same check for an IV that the token made.
  base::Result<> check(base::ByteSpan iv);

 private:
  static constexpr std::size_t kRemembered = 4096;
  static constexpr std::size_t kPool = 1536;  // one request to the operating system for 128 IVs
  std::array<std::uint8_t, kPool> pool_{};
  std::size_t used_ = kPool;
  // Of each IV the first eight bytes: two of 4,096 honest ones share them once in 10^12 times.
  std::unordered_set<std::uint64_t> seen_;
  std::deque<std::uint64_t> order_;
};

// The two keys of a shelf; `mac` with Mechanism::kCbcHmac only.
struct SealKeys {
  CK_OBJECT_HANDLE cipher = 0;
  CK_OBJECT_HANDLE mac = 0;
};

// How many bytes `plain` bytes become.
std::size_t sealed_size(Mechanism mechanism, std::size_t plain);

// `aad` must not be empty. kUnavailable when the token fails.
base::Result<std::vector<std::uint8_t>> seal(Life& life, Mechanism mechanism, const SealKeys& keys,
                                             base::ByteSpan aad, base::ByteSpan plain,
                                             IvWatch& ivs);

// kCorrupt when the bytes are not what seal() made of `out.size()` bytes under these keys and this
// AAD.
base::Result<> open(Life& life, Mechanism mechanism, const SealKeys& keys, base::ByteSpan aad,
                    base::ByteSpan sealed, std::span<std::uint8_t> out);

// Tries, with keys that live as long as the session: encrypt, decrypt, compare; another ciphertext,
// another AAD, another IV must fail; two seals of the same must differ. kInvalid "mechanism" when
// the token cannot, kUnavailable when it could not be tried.
base::Result<> probe(Life& life, Mechanism mechanism);

// The first of kGcm, kGcmOwnIv, kCbcHmac that passes the probe.
base::Result<Mechanism> choose(Life& life);

}  // namespace hsm
