#include "hsm/software.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <memory>

namespace hsm::software {

namespace {

template <auto kFree>
struct Free {
  template <class T>
  void operator()(T* object) const {
    kFree(object);
  }
};
using Signature = std::unique_ptr<ECDSA_SIG, Free<ECDSA_SIG_free>>;
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Free<EVP_PKEY_CTX_free>>;
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, Free<EVP_CIPHER_CTX_free>>;

constexpr std::size_t kTag = 16;

// The fixed beginning of every P-256 SubjectPublicKeyInfo: SEQUENCE, AlgorithmIdentifier
// {id-ecPublicKey, prime256v1}, BIT STRING of 66 bytes.
constexpr std::array<std::uint8_t, 26> kSpkiHead{
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01,
    0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00};

int size_of(base::ByteSpan bytes) { return static_cast<int>(bytes.size()); }

}  // namespace

void Hmac::Free::operator()(void* context) const {
  ::EVP_MAC_CTX_free(static_cast<EVP_MAC_CTX*>(context));
}

Hmac::Hmac(base::ByteSpan key) {
  const std::unique_ptr<EVP_MAC, hsm::software::Free<EVP_MAC_free>> algorithm(
      ::EVP_MAC_fetch(nullptr, "HMAC", nullptr));
  ASSERT(algorithm != nullptr);
  auto* context = ::EVP_MAC_CTX_new(algorithm.get());
  ASSERT(context != nullptr);
  context_.reset(context);
  std::array<char, 7> digest{"SHA256"};
  const std::array<OSSL_PARAM, 2> parameters{
      ::OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0),
      ::OSSL_PARAM_construct_end()};
  ASSERT(::EVP_MAC_init(context, key.data(), key.size(), parameters.data()) == 1);
}

base::FixedBytes<32> Hmac::operator()(std::initializer_list<base::ByteSpan> parts) const {
  auto* context = static_cast<EVP_MAC_CTX*>(context_.get());
  ASSERT(::EVP_MAC_init(context, nullptr, 0, nullptr) == 1);  // starts anew under the same key
  for (const base::ByteSpan part : parts) {
    ASSERT(::EVP_MAC_update(context, part.data(), part.size()) == 1);
  }
  base::FixedBytes<32> out;
  std::size_t size = 0;
  ASSERT(::EVP_MAC_final(context, out.mutable_view().data(), &size, out.view().size()) == 1);
  ASSERT(size == out.view().size());
  return out;
}

base::FixedBytes<32> hmac(base::ByteSpan key, std::initializer_list<base::ByteSpan> parts) {
  return Hmac(key)(parts);
}

std::vector<std::uint8_t> p256_spki(const base::FixedBytes<65>& point) {
  std::vector<std::uint8_t> out(kSpkiHead.begin(), kSpkiHead.end());
  out.insert(out.end(), point.view().begin(), point.view().end());
  return out;
}

std::vector<std::uint8_t> p256_der(base::ByteSpan r_and_s) {
  ASSERT(r_and_s.size() == 64);
  const Signature signature(::ECDSA_SIG_new());
  ASSERT(signature != nullptr);
  ASSERT(::ECDSA_SIG_set0(signature.get(), ::BN_bin2bn(r_and_s.data(), 32, nullptr),
                          ::BN_bin2bn(r_and_s.data() + 32, 32, nullptr)) == 1);
  std::array<std::uint8_t, 80> room{};
  auto* end = room.data();
  const int size = ::i2d_ECDSA_SIG(signature.get(), &end);
  ASSERT(size > 0 && static_cast<std::size_t>(size) <= room.size());
  return {room.begin(), room.begin() + size};
}

bool p256_verify(base::ByteSpan spki, const base::Digest& digest, base::ByteSpan der) {
  const auto* in = spki.data();
  const Key key(::d2i_PUBKEY(nullptr, &in, size_of(spki)));
  if (!key) return false;
  const KeyContext context(::EVP_PKEY_CTX_new(key.get(), nullptr));
  if (!context || ::EVP_PKEY_verify_init(context.get()) != 1) return false;
  return ::EVP_PKEY_verify(context.get(), der.data(), der.size(), digest.view().data(),
                           digest.view().size()) == 1;
}

bool gcm_open(base::ByteSpan key, base::ByteSpan iv, base::ByteSpan aad,
              base::ByteSpan cipher_and_tag, std::span<std::uint8_t> out) {
  if (cipher_and_tag.size() != out.size() + kTag || key.size() != 32 || iv.size() != 12)
    return false;
  const base::ByteSpan cipher = cipher_and_tag.first(out.size());
  std::array<std::uint8_t, kTag> tag{};
  std::ranges::copy(cipher_and_tag.last(kTag), tag.begin());
  const CipherContext context(::EVP_CIPHER_CTX_new());
  int size = 0;
  return context &&
         ::EVP_DecryptInit_ex(context.get(), ::EVP_aes_256_gcm(), nullptr, key.data(), iv.data()) ==
             1 &&
         ::EVP_DecryptUpdate(context.get(), nullptr, &size, aad.data(), size_of(aad)) == 1 &&
         ::EVP_DecryptUpdate(context.get(), out.data(), &size, cipher.data(), size_of(cipher)) ==
             1 &&
         ::EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, kTag, tag.data()) == 1 &&
         ::EVP_DecryptFinal_ex(context.get(), out.data() + size, &size) == 1;
}

bool cbc_open(base::ByteSpan key, base::ByteSpan iv, base::ByteSpan cipher,
              std::span<std::uint8_t> out) {
  if (key.size() != 32 || iv.size() != 16) return false;
  const CipherContext context(::EVP_CIPHER_CTX_new());
  std::vector<std::uint8_t> room(cipher.size() + 16);
  int size = 0;
  int last = 0;
  const bool done =
      context &&
      ::EVP_DecryptInit_ex(context.get(), ::EVP_aes_256_cbc(), nullptr, key.data(), iv.data()) ==
          1 &&
      ::EVP_DecryptUpdate(context.get(), room.data(), &size, cipher.data(), size_of(cipher)) == 1 &&
      ::EVP_DecryptFinal_ex(context.get(), room.data() + size, &last) == 1 &&
      static_cast<std::size_t>(size) + static_cast<std::size_t>(last) == out.size();
  if (done) std::ranges::copy(base::ByteSpan(room).first(out.size()), out.begin());
  base::wipe(room.data(), room.size());
  return done;
}

}  // namespace hsm::software
