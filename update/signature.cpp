#include "update/signature.h"

#include <openssl/evp.h>

namespace update {

using base::Code;
using base::fail;
using base::Result;

Result<std::vector<PublicKey>> keys_from(std::string_view text) {
  std::vector<PublicKey> keys;
  while (!text.empty()) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) return fail(Code::kInvalid, "keys");
    const auto bytes = base::from_hex(text.substr(0, end));
    if (!bytes || bytes->size() != PublicKey::kSize) return fail(Code::kInvalid, "keys");
    keys.push_back(TRY(PublicKey::from(*bytes)));
    if (keys.size() > kKeysMax) return fail(Code::kTooMany, "keys");
    text.remove_prefix(end + 1);
  }
  if (keys.empty()) return fail(Code::kMissing, "keys");
  return keys;
}

bool is_signed(base::ByteSpan message, const Signature& signature,
               const std::vector<PublicKey>& keys) {
  for (const auto& bytes : keys) {
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
        EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes.view().data(),
                                    bytes.view().size()),
        EVP_PKEY_free);
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                          EVP_MD_CTX_free);
    if (!key || !context) continue;
    // Ed25519 takes the message whole, without a digest before.
    if (EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) != 1) continue;
    if (EVP_DigestVerify(context.get(), signature.view().data(), signature.view().size(),
                         message.data(), message.size()) == 1) {
      return true;
    }
  }
  return false;
}

void Hasher::Free::operator()(evp_md_ctx_st* context) const { EVP_MD_CTX_free(context); }

Result<Hasher> Hasher::start() {
  Hasher out;
  out.context_.reset(EVP_MD_CTX_new());
  if (!out.context_ || EVP_DigestInit_ex(out.context_.get(), EVP_sha256(), nullptr) != 1) {
    return fail(Code::kInternal, "sha256");
  }
  return out;
}

Result<> Hasher::add(base::ByteSpan bytes) {
  if (EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) != 1) {
    return fail(Code::kInternal, "sha256");
  }
  return {};
}

Result<base::FixedBytes<32>> Hasher::finish() {
  std::uint8_t out[32];
  unsigned size = 0;
  if (EVP_DigestFinal_ex(context_.get(), out, &size) != 1 || size != sizeof(out)) {
    return fail(Code::kInternal, "sha256");
  }
  return base::FixedBytes<32>::from(out);
}

}  // namespace update
