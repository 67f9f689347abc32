#include "daemon/digest.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace core {

base::Digest sha256(base::ByteSpan bytes) {
  base::Digest out;
  unsigned size = 0;
  ASSERT(EVP_Digest(bytes.data(), bytes.size(), out.mutable_view().data(), &size, EVP_sha256(),
                    nullptr) == 1 &&
         size == base::Digest::kSize);
  return out;
}

base::FixedBytes<20> hmac_sha1(base::ByteSpan key, base::ByteSpan bytes) {
  base::FixedBytes<20> out;
  unsigned size = 0;
  ASSERT(HMAC(EVP_sha1(), key.data(), static_cast<int>(key.size()), bytes.data(), bytes.size(),
              out.mutable_view().data(), &size) != nullptr &&
         size == out.kSize);
  return out;
}

}  // namespace core
