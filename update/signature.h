// Who signed an update (Ed25519, RFC 8032), and the digest of what is read (SHA-256, FIPS 180-4).
// The only user of libcrypto in this folder. Holds no private key, ever.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

struct evp_md_ctx_st;

namespace update {

using PublicKey = base::FixedBytes<32>;
using Signature = base::FixedBytes<64>;

inline constexpr std::size_t kKeysMax = 8;

// One key in hex a line, as the image's file of keys has them; kInvalid for anything else, also
// for none at all.
base::Result<std::vector<PublicKey>> keys_from(std::string_view text);

// Whether one of `keys` signed exactly `message`.
bool is_signed(base::ByteSpan message, const Signature& signature,
               const std::vector<PublicKey>& keys);

class Hasher {
 public:
  // kInternal when the library has no SHA-256.
  static base::Result<Hasher> start();
  base::Result<> add(base::ByteSpan bytes);
  base::Result<base::FixedBytes<32>> finish();

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

}  // namespace update
