// A P-256 key in memory in place of the HSM's, for tests of the audit library.
#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <array>
#include <memory>
#include <string>

#include "audit/checkpoint.h"

class SoftwareKey {
 public:
  static SoftwareKey make() {
    return SoftwareKey(::EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
  }
  // An unencrypted PEM file; null key when it is none.
  static SoftwareKey load(const std::string& path) {
    FILE* file = std::fopen(path.c_str(), "rb");
    EVP_PKEY* key =
        file == nullptr ? nullptr : ::PEM_read_PrivateKey(file, nullptr, nullptr, nullptr);
    if (file != nullptr) std::fclose(file);
    return SoftwareKey(key);
  }
  [[nodiscard]] bool valid() const { return key_ != nullptr; }
  [[nodiscard]] bool save(const std::string& path) const {
    FILE* file = std::fopen(path.c_str(), "wb");
    if (file == nullptr) return false;
    const int done =
        ::PEM_write_PKCS8PrivateKey(file, key_.get(), nullptr, nullptr, 0, nullptr, nullptr);
    return std::fclose(file) == 0 && done == 1;
  }

  [[nodiscard]] audit::Der spki() const {
    unsigned char* bytes = nullptr;
    const int size = ::i2d_PUBKEY(key_.get(), &bytes);
    audit::Der out(bytes, bytes + size);
    ::OPENSSL_free(bytes);
    return out;
  }
  [[nodiscard]] audit::LogKey log_key(const std::string& origin) const {
    return *audit::LogKey::from(origin, spki());
  }
  [[nodiscard]] audit::Signer signer() const {
    return [key = key_](const audit::Digest& digest) -> base::Result<audit::Der> {
      const std::unique_ptr<EVP_PKEY_CTX, void (*)(EVP_PKEY_CTX*)> context(
          ::EVP_PKEY_CTX_new(key.get(), nullptr), &::EVP_PKEY_CTX_free);
      std::array<std::uint8_t, 80> out{};
      std::size_t size = out.size();
      if (::EVP_PKEY_sign_init(context.get()) != 1 ||
          ::EVP_PKEY_sign(context.get(), out.data(), &size, digest.view().data(),
                          digest.view().size()) != 1) {
        return base::fail(base::Code::kInternal, "sign");
      }
      return audit::Der(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(size));
    };
  }

 private:
  explicit SoftwareKey(EVP_PKEY* key) : key_(key, &::EVP_PKEY_free) {}
  std::shared_ptr<EVP_PKEY> key_;
};
