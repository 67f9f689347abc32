// What an authenticator sends: whatever is taken is taken whole, no shorter and no longer, and its
// key is written again as the same bytes.
#include <algorithm>
#include <cstdint>

#include "daemon/webauthn/authenticator.h"
#include "daemon/webauthn/cbor.h"
#include "daemon/webauthn/verify.h"

namespace {

const webauthn::Site kSite{"box.example", {"https://box.example"}};

void check_attestation(base::ByteSpan bytes) {
  const auto data = webauthn::parse_attestation(bytes);
  if (!data) return;
  ASSERT(!webauthn::parse_attestation(bytes.first(bytes.size() - 1)).has_value());
  ASSERT(data->size() < bytes.size());
  static_cast<void>(webauthn::check_registration(kSite, bytes));
}

void check_data(base::ByteSpan bytes) {
  const auto data = webauthn::parse_authenticator_data(bytes);
  if (!data) return;
  ASSERT(!webauthn::parse_authenticator_data(bytes.first(bytes.size() - 1)).has_value());
  std::size_t parts = 37 + data->extensions.size();
  if (data->has(webauthn::kHasCredential)) {
    parts += 16 + 2 + data->credential.size();
    base::ByteSpan rest;
    ASSERT(webauthn::parse_key(bytes.subspan(parts - data->extensions.size()), rest).has_value());
    ASSERT(rest.size() == data->extensions.size());
    ASSERT(!webauthn::subject_public_key_info(data->key).empty());
  } else {
    ASSERT(parts == bytes.size());
  }
}

void check_item(base::ByteSpan bytes) {
  webauthn::CborReader reader(bytes);
  if (!reader.skip()) return;
  const auto size = bytes.size() - reader.rest().size();
  webauthn::CborReader alone(bytes.first(size));
  ASSERT(alone.skip().has_value() && alone.at_end());
  webauthn::CborReader shorter(bytes.first(size - 1));
  ASSERT(!shorter.skip().has_value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const base::ByteSpan bytes(data, size);
  check_attestation(bytes);
  check_data(bytes);
  check_item(bytes);
  for (const auto ceremony : {webauthn::Ceremony::kCreate, webauthn::Ceremony::kGet}) {
    if (!webauthn::challenge_of(kSite, ceremony, bytes)) continue;
    ASSERT(!webauthn::challenge_of(kSite, ceremony, bytes.first(size - 1)).has_value());
  }
  return 0;
}
