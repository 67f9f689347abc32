// Checkpoints, verifier keys and base64 that are read are written the same; a note of this key
// opens only if it was signed, which no fuzzer can do.
#include <cstdint>

#include "audit/base64.h"
#include "audit/checkpoint.h"

namespace {

// The generator of P-256 as a public key: nobody signs with it here.
constexpr const char* kSpki =
    "3059301306072a8648ce3d020106082a8648ce3d030107034200046b17d1f2e12c4247f8bce6e563a440f277037d81"
    "2deb"
    "33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const audit::LogKey key =
      *audit::LogKey::from("log.example.jp/kagikura", *base::from_hex(kSpki));
  const std::string_view text = base::as_text({data, size});
  if (const auto checkpoint = audit::parse_checkpoint(text)) {
    ASSERT(audit::checkpoint_text(*checkpoint) == text);
  }
  if (const auto other = audit::LogKey::from_vkey(text)) {
    const std::string again = other->vkey();
    ASSERT(again == text || again + "\n" == text);
  }
  if (const auto bytes = audit::from_base64(text)) ASSERT(audit::to_base64(*bytes) == text);
  const auto opened = audit::open_checkpoint(text, key);
  ASSERT(!opened.has_value());
  return 0;
}
