#include "daemon/store/crypto.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include "base/secret_access.h"

namespace store {
namespace {

using base::ByteSpan;
using base::Code;
using base::fail;
using base::Result;

constexpr std::size_t kNoncePool = 512;  // nonces drawn at once: the generator's call is the cost

struct FreeCipher {
  void operator()(EVP_CIPHER_CTX* p) const { EVP_CIPHER_CTX_free(p); }
};
struct FreeMac {
  void operator()(EVP_MAC* p) const { EVP_MAC_free(p); }
};
struct FreeMacContext {
  void operator()(EVP_MAC_CTX* p) const { EVP_MAC_CTX_free(p); }
};
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, FreeCipher>;
using MacContext = std::unique_ptr<EVP_MAC_CTX, FreeMacContext>;

// Separate keys for separate uses, so that none says anything about another.
Result<base::Secret<32>> derive(const base::Secret<32>& key, std::string_view label) {
  const base::Digest derived = TRY(mac(key, base::as_bytes(label)));
  return base::Secret<32>::from(derived.view());
}

Result<MacContext> keyed_mac(const base::Secret<32>& key) {
  const std::unique_ptr<EVP_MAC, FreeMac> algorithm(EVP_MAC_fetch(nullptr, "HMAC", nullptr));
  MacContext context(algorithm ? EVP_MAC_CTX_new(algorithm.get()) : nullptr);
  if (!context) return fail(Code::kInternal, "hmac");
  std::array<char, 7> digest{"SHA256"};
  const std::array<OSSL_PARAM, 2> parameters{
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0),
      OSSL_PARAM_construct_end()};
  const ByteSpan bytes = key.read(base::secret_access());
  if (EVP_MAC_init(context.get(), bytes.data(), bytes.size(), parameters.data()) != 1) {
    return fail(Code::kInternal, "hmac");
  }
  return context;
}

int as_int(std::size_t size) { return static_cast<int>(size); }

}  // namespace

SetDigest::SetDigest(ByteSpan little_endian_32) {
  ASSERT(little_endian_32.size() == 32);
  for (std::size_t i = 0; i < 32; ++i) {
    words_[i / 8] |= std::uint64_t{little_endian_32[i]} << (8 * (i % 8));
  }
}

void SetDigest::add(const base::Digest& hash) {
  const SetDigest other(hash.view());
  std::uint64_t carry = 0;
  for (std::size_t i = 0; i < words_.size(); ++i) {
    const std::uint64_t sum = words_[i] + other.words_[i];
    const std::uint64_t with_carry = sum + carry;
    carry =
        static_cast<std::uint64_t>(sum < words_[i]) | static_cast<std::uint64_t>(with_carry < sum);
    words_[i] = with_carry;
  }
}

void SetDigest::remove(const base::Digest& hash) {
  const SetDigest other(hash.view());
  std::uint64_t borrow = 0;
  for (std::size_t i = 0; i < words_.size(); ++i) {
    const std::uint64_t difference = words_[i] - other.words_[i];
    const std::uint64_t with_borrow = difference - borrow;
    borrow = static_cast<std::uint64_t>(words_[i] < other.words_[i]) |
             static_cast<std::uint64_t>(difference < borrow);
    words_[i] = with_borrow;
  }
}

base::Digest SetDigest::bytes() const {
  base::Digest out;
  for (std::size_t i = 0; i < 32; ++i) {
    out.mutable_view()[i] = static_cast<std::uint8_t>(words_[i / 8] >> (8 * (i % 8)));
  }
  return out;
}

struct RecordCipher::Parts {
  CipherContext seal;
  CipherContext open;
  MacContext hash;
  std::vector<std::uint8_t> nonces;
  std::size_t next_nonce = 0;
  std::vector<std::uint8_t> opened;

  ~Parts() {
    if (!opened.empty()) base::wipe(opened.data(), opened.size());
  }

  Result<ByteSpan> nonce() {
    if (next_nonce == nonces.size()) {
      nonces.resize(kNoncePool * kNonceSize);
      next_nonce = nonces.size();
      if (RAND_bytes(nonces.data(), as_int(nonces.size())) != 1) {
        return fail(Code::kUnavailable, "random");
      }
      next_nonce = 0;
    }
    const ByteSpan out = ByteSpan(nonces).subspan(next_nonce, kNonceSize);
    next_nonce += kNonceSize;
    return out;
  }
};

RecordCipher::RecordCipher(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
RecordCipher::RecordCipher(RecordCipher&&) noexcept = default;
RecordCipher& RecordCipher::operator=(RecordCipher&&) noexcept = default;
RecordCipher::~RecordCipher() = default;

Result<RecordCipher> RecordCipher::make(const base::Secret<32>& register_key) {
  if (register_key.size() != 32) return fail(Code::kInvalid, "register_key");
  auto parts = std::make_unique<Parts>();
  const base::Secret<32> record_key = TRY(derive(register_key, "kagikura-store-record-1"));
  const base::Secret<32> digest_key = TRY(derive(register_key, "kagikura-store-digest-1"));
  parts->hash = TRY(keyed_mac(digest_key));
  parts->seal.reset(EVP_CIPHER_CTX_new());
  parts->open.reset(EVP_CIPHER_CTX_new());
  const std::uint8_t* key = record_key.read(base::secret_access()).data();
  if (!parts->seal || !parts->open ||
      EVP_EncryptInit_ex(parts->seal.get(), EVP_aes_256_gcm(), nullptr, key, nullptr) != 1 ||
      EVP_DecryptInit_ex(parts->open.get(), EVP_aes_256_gcm(), nullptr, key, nullptr) != 1) {
    return fail(Code::kInternal, "cipher");
  }
  return RecordCipher(std::move(parts));
}

Result<std::vector<std::uint8_t>> RecordCipher::seal(ByteSpan key, ByteSpan plain) {
  const ByteSpan nonce = TRY(parts_->nonce());
  std::vector<std::uint8_t> out(kSealOverhead + plain.size());
  std::copy(nonce.begin(), nonce.end(), out.begin());
  EVP_CIPHER_CTX* context = parts_->seal.get();
  std::uint8_t* text = out.data() + kNonceSize;
  int size = 0;
  if (EVP_EncryptInit_ex(context, nullptr, nullptr, nullptr, nonce.data()) != 1 ||
      EVP_EncryptUpdate(context, nullptr, &size, key.data(), as_int(key.size())) != 1 ||
      EVP_EncryptUpdate(context, text, &size, plain.data(), as_int(plain.size())) != 1 ||
      EVP_EncryptFinal_ex(context, text + plain.size(), &size) != 1 ||
      EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, as_int(kTagSize), text + plain.size()) !=
          1) {
    return fail(Code::kInternal, "seal");
  }
  return out;
}

Result<ByteSpan> RecordCipher::open(ByteSpan key, ByteSpan sealed) {
  if (sealed.size() < kSealOverhead) return fail(Code::kCorrupt, "record");
  const std::size_t plain = sealed.size() - kSealOverhead;
  if (parts_->opened.size() < plain + 1) parts_->opened.resize(plain + 1);
  std::array<std::uint8_t, kTagSize> tag{};
  std::copy_n(sealed.end() - kTagSize, kTagSize, tag.begin());
  EVP_CIPHER_CTX* context = parts_->open.get();
  std::uint8_t* out = parts_->opened.data();
  int size = 0;
  if (EVP_DecryptInit_ex(context, nullptr, nullptr, nullptr, sealed.data()) != 1 ||
      EVP_DecryptUpdate(context, nullptr, &size, key.data(), as_int(key.size())) != 1 ||
      EVP_DecryptUpdate(context, out, &size, sealed.data() + kNonceSize, as_int(plain)) != 1 ||
      EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, as_int(kTagSize), tag.data()) != 1 ||
      EVP_DecryptFinal_ex(context, out + plain, &size) != 1) {
    return fail(Code::kCorrupt, "record");
  }
  return ByteSpan(parts_->opened).first(plain);
}

Result<base::Digest> RecordCipher::hash(ByteSpan key, ByteSpan sealed) {
  const auto length = static_cast<std::uint8_t>(key.size());  // kKeyMax keeps it below 256
  EVP_MAC_CTX* context = parts_->hash.get();
  base::Digest out;
  std::size_t size = 0;
  if (EVP_MAC_init(context, nullptr, 0, nullptr) != 1 || EVP_MAC_update(context, &length, 1) != 1 ||
      EVP_MAC_update(context, key.data(), key.size()) != 1 ||
      EVP_MAC_update(context, sealed.data(), sealed.size()) != 1 ||
      EVP_MAC_final(context, out.mutable_view().data(), &size, out.view().size()) != 1) {
    return fail(Code::kInternal, "hmac");
  }
  return out;
}

Result<base::Digest> mac(const base::Secret<32>& key, ByteSpan bytes) {
  const ByteSpan k = key.read(base::secret_access());
  base::Digest out;
  unsigned size = 0;
  if (HMAC(EVP_sha256(), k.data(), as_int(k.size()), bytes.data(), bytes.size(),
           out.mutable_view().data(), &size) == nullptr) {
    return fail(Code::kInternal, "hmac");
  }
  return out;
}

}  // namespace store
