// PKCS#11 v2.40, as far as this process uses it: one module, one slot, one session, one thread. The
// only file of the product that includes the standard's header. Owns what the standard makes one
// own:
//
//   Module   a loaded library                       dlopen ... dlclose
//   Life     from C_Initialize to C_Finalize, with the session and the login in it
//
// Session and object handles die with their life: nothing outside of a Life keeps one longer. Never
// logs, never shows a value: an Error of this layer names the function that failed.
#pragma once

#include <p11-kit/pkcs11.h>

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"
#include "hsm/uri.h"

namespace hsm {

// What a return value means to us. Nothing but kOk is success, whatever the module wrote.
enum class Outcome : std::uint8_t {
  kOk,
  kWrongPin,  // the operator can mend it; never tried again by itself
  kPinLocked,
  kBadData,      // of a decryption: the ciphertext, its tag or its AAD is not what was sealed
  kUnsupported,  // the token does not know the attribute, mechanism or function
  kLost,         // everything else: the life is over (session, handles, device, memory, state)
};
// CKR_GENERAL_ERROR is kBadData of a decryption, because SoftHSM says that for a wrong tag.
Outcome classify(CK_RV value, bool decryption);

// The error that stands for an outcome, named after the function that gave it.
base::Error error_of(CK_RV value, const char* function);

// Attributes for a call: types, values and the memory that they live in.
class Template {
 public:
  Template& flag(CK_ATTRIBUTE_TYPE type, bool value);
  Template& number(CK_ATTRIBUTE_TYPE type, CK_ULONG value);
  Template& bytes(CK_ATTRIBUTE_TYPE type, base::ByteSpan value);
  Template& mechanisms(const std::vector<CK_MECHANISM_TYPE>& allowed);

  [[nodiscard]] const std::vector<CK_ATTRIBUTE>& list() const { return list_; }
  // Without the attributes of these types.
  [[nodiscard]] Template without(const std::vector<CK_ATTRIBUTE_TYPE>& types) const;

 private:
  std::vector<CK_ATTRIBUTE> list_;
  std::deque<std::vector<std::uint8_t>> values_;  // a deque, so that growing moves nothing
};

// One attribute as read; nullopt when the token does not keep that type for that object.
using Attribute = std::optional<std::vector<std::uint8_t>>;

struct TokenFacts {
  std::string model;
  std::string manufacturer;
};

class Module {
 public:
  // Loads the library at an absolute path, RTLD_NOW | RTLD_LOCAL. kUnavailable "module".
  static base::Result<Module> load(const std::string& path);
  [[nodiscard]] CK_FUNCTION_LIST* functions() const { return functions_; }

 private:
  struct Unload {
    void operator()(void* library) const;
  };
  std::unique_ptr<void, Unload> library_;
  CK_FUNCTION_LIST* functions_ = nullptr;
};

class Life {
 public:
  // C_Initialize with `parameters` (empty for most modules; NSS needs some).
  static base::Result<Life> begin(const Module& module, const std::string& parameters);
  // A second owner would finalise twice.
  Life(const Life&) = delete;
  Life& operator=(const Life&) = delete;
  Life(Life&& other) noexcept
      : functions_(std::exchange(other.functions_, nullptr)),
        session_(std::exchange(other.session_, 0)) {}
  Life& operator=(Life&& other) noexcept;
  ~Life() { finalize(); }

  // Looks for the one token that fits. kNotFound, or kConflict when several fit.
  base::Result<CK_SLOT_ID> find_token(const TokenUri& uri);
  base::Result<TokenFacts> facts(CK_SLOT_ID slot);
  base::Result<> open_session(CK_SLOT_ID slot);
  // kDenied "pin", kLocked "pin". CKR_USER_ALREADY_LOGGED_IN is success.
  base::Result<> login(CK_USER_TYPE user, const base::Secret<64>& pin);
  // C_CloseAllSessions, C_Logout (what fails is let go) and C_Finalize, which must succeed.
  base::Result<> end(CK_SLOT_ID slot);

  // All objects that fit; kTooMany over `max`.
  base::Result<std::vector<CK_OBJECT_HANDLE>> find(const Template& like, std::size_t max);
  // One answer a type, in order.
  base::Result<std::vector<Attribute>> read(CK_OBJECT_HANDLE object,
                                            std::span<const CK_ATTRIBUTE_TYPE> types);
  base::Result<CK_OBJECT_HANDLE> create(const Template& what);
  base::Result<CK_OBJECT_HANDLE> generate(CK_MECHANISM_TYPE mechanism, const Template& what);
  struct Pair {
    CK_OBJECT_HANDLE public_key = 0;
    CK_OBJECT_HANDLE private_key = 0;
  };
  base::Result<Pair> generate_pair(const Template& public_key, const Template& private_key);
  base::Result<> destroy(CK_OBJECT_HANDLE object);

  // Each fills exactly `out`: another length is kUnavailable. `mechanism` is changed only by tokens
  // that make the IV themselves.
  base::Result<> encrypt(CK_OBJECT_HANDLE key, CK_MECHANISM& mechanism, base::ByteSpan in,
                         std::span<std::uint8_t> out);
  // kCorrupt when the token says that the data are not what it sealed; `out` is then as it was.
  base::Result<> decrypt(CK_OBJECT_HANDLE key, CK_MECHANISM& mechanism, base::ByteSpan in,
                         std::span<std::uint8_t> out);
  base::Result<> sign(CK_OBJECT_HANDLE key, CK_MECHANISM_TYPE mechanism, base::ByteSpan in,
                      std::span<std::uint8_t> out);

  // For setting a token up; not used by the running process.
  base::Result<> init_token(CK_SLOT_ID slot, const base::Secret<64>& so_pin,
                            std::string_view label);
  base::Result<> init_pin(const base::Secret<64>& pin);
  base::Result<std::vector<CK_SLOT_ID>> slots();
  base::Result<CK_TOKEN_INFO> token_info(CK_SLOT_ID slot);

  // For the suites that attack a token with calls of their own.
  [[nodiscard]] CK_FUNCTION_LIST* functions() const { return functions_; }
  [[nodiscard]] CK_SESSION_HANDLE session() const { return session_; }

 private:
  explicit Life(CK_FUNCTION_LIST* functions) : functions_(functions) {}
  void finalize();

  CK_FUNCTION_LIST* functions_ = nullptr;
  CK_SESSION_HANDLE session_ = 0;
};

}  // namespace hsm
