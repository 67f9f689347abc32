// The few hashes that core computes itself; keyed ones with keys of the HSM are asked of audit.
#pragma once

#include "base/bytes.h"
#include "base/secret.h"

namespace core {

base::Digest sha256(base::ByteSpan bytes);
// RFC 2104 with SHA-1, for RFC 6238 only.
base::FixedBytes<20> hmac_sha1(base::ByteSpan key, base::ByteSpan bytes);

}  // namespace core
