#include "hsm/pkcs11.h"

#include <dlfcn.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "base/secret_access.h"
#include "base/writable.h"
#include "hsm/watchdog.h"

namespace hsm {

namespace {

using base::Code;
using base::fail;
using base::Result;

constexpr std::size_t kSlotsMax = 64;
constexpr std::size_t kFindBatch = 256;
constexpr std::size_t kDecryptMax = 256;
constexpr std::size_t kAttributeMax =
    512;  // the longest that we ask for is an EC point of 67 bytes

// The standard's C_Initialize argument, with the member that NSS puts before the reserved one
// (softoken's pkcs11t.h; other modules see pReserved == nullptr when there are no parameters).
struct InitializeArguments {
  void* create_mutex = nullptr;
  void* destroy_mutex = nullptr;
  void* lock_mutex = nullptr;
  void* unlock_mutex = nullptr;
  CK_FLAGS flags = CKF_OS_LOCKING_OK;
  char* library_parameters = nullptr;
  void* reserved = nullptr;
};

// Every call into the module goes through here, under the watchdog's eye.
template <class Function, class... Arguments>
CK_RV invoke(Function function, Arguments... arguments) {
  if (function == nullptr) return CKR_FUNCTION_NOT_SUPPORTED;
  const watchdog::Call call;
  return function(arguments...);
}

// The standard's signatures take pointers to what they only read.
CK_BYTE_PTR writable(base::ByteSpan bytes) { return base::writable(bytes.data()); }
CK_ATTRIBUTE_PTR writable(const std::vector<CK_ATTRIBUTE>& list) {
  return base::writable(list.data());
}

// NSS gives numbers only into exactly as much room as a number takes.
std::size_t room_for(CK_ATTRIBUTE_TYPE type) {
  const bool number = type == CKA_CLASS || type == CKA_KEY_TYPE || type == CKA_VALUE_LEN;
  return number ? sizeof(CK_ULONG) : kAttributeMax;
}

std::string_view text_of(std::span<const unsigned char> field) {
  return unpadded({reinterpret_cast<const char*>(field.data()), field.size()});
}

}  // namespace

Outcome classify(CK_RV value, bool decryption) {
  switch (value) {
    case CKR_OK: return Outcome::kOk;
    case CKR_PIN_INCORRECT:
    case CKR_PIN_INVALID:
    case CKR_PIN_LEN_RANGE:
    case CKR_PIN_EXPIRED:
    case CKR_USER_PIN_NOT_INITIALIZED: return Outcome::kWrongPin;
    case CKR_PIN_LOCKED: return Outcome::kPinLocked;
    case CKR_GENERAL_ERROR:
    case CKR_ENCRYPTED_DATA_INVALID:
    case CKR_ENCRYPTED_DATA_LEN_RANGE:
    case CKR_DATA_INVALID:
    case CKR_DATA_LEN_RANGE: return decryption ? Outcome::kBadData : Outcome::kLost;
    case CKR_ATTRIBUTE_TYPE_INVALID:
    case CKR_ATTRIBUTE_VALUE_INVALID:
    case CKR_TEMPLATE_INCONSISTENT:
    case CKR_MECHANISM_INVALID:
    case CKR_MECHANISM_PARAM_INVALID:
    case CKR_FUNCTION_NOT_SUPPORTED: return Outcome::kUnsupported;
    default: return Outcome::kLost;
  }
}

base::Error error_of(CK_RV value, const char* function) {
  const bool decryption = std::strcmp(function, "C_Decrypt") == 0;
  switch (classify(value, decryption)) {
    case Outcome::kWrongPin: return {Code::kDenied, "pin"};
    case Outcome::kPinLocked: return {Code::kLocked, "pin"};
    case Outcome::kBadData: return {Code::kCorrupt, function};
    case Outcome::kUnsupported: return {Code::kInvalid, function};
    case Outcome::kOk:
    case Outcome::kLost: break;
  }
  return {Code::kUnavailable, function};
}

namespace {

Result<> check(CK_RV value, const char* function) {
  if (value == CKR_OK) return {};

  return std::unexpected(error_of(value, function));
}

}  // namespace

Template& Template::bytes(CK_ATTRIBUTE_TYPE type, base::ByteSpan value) {
  auto& kept = values_.emplace_back(value.begin(), value.end());
  list_.push_back({type, kept.data(), kept.size()});
  return *this;
}
Template& Template::flag(CK_ATTRIBUTE_TYPE type, bool value) {
  const CK_BBOOL byte = value ? CK_TRUE : CK_FALSE;
  return bytes(type, {&byte, 1});
}
Template& Template::number(CK_ATTRIBUTE_TYPE type, CK_ULONG value) {
  return bytes(type, {reinterpret_cast<const std::uint8_t*>(&value), sizeof value});
}
Template& Template::mechanisms(const std::vector<CK_MECHANISM_TYPE>& allowed) {
  return bytes(CKA_ALLOWED_MECHANISMS, {reinterpret_cast<const std::uint8_t*>(allowed.data()),
                                        allowed.size() * sizeof(CK_MECHANISM_TYPE)});
}
Template Template::without(const std::vector<CK_ATTRIBUTE_TYPE>& types) const {
  Template out;
  for (const auto& attribute : list_) {
    if (std::ranges::find(types, attribute.type) != types.end()) continue;
    out.bytes(attribute.type,
              {static_cast<const std::uint8_t*>(attribute.pValue), attribute.ulValueLen});
  }
  return out;
}

void Module::Unload::operator()(void* library) const { ::dlclose(library); }

Result<Module> Module::load(const std::string& path) {
  if (!path.starts_with('/')) return fail(Code::kInvalid, "module");
  Module module;
  const watchdog::Call call;  // loading may do anything, network included
  module.library_.reset(::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL));
  if (!module.library_) return fail(Code::kUnavailable, "module");
  void* symbol = ::dlsym(module.library_.get(), "C_GetFunctionList");
  if (symbol == nullptr) return fail(Code::kUnavailable, "C_GetFunctionList");
  const auto get = reinterpret_cast<CK_C_GetFunctionList>(symbol);
  if (get(&module.functions_) != CKR_OK || module.functions_ == nullptr) {
    return fail(Code::kUnavailable, "C_GetFunctionList");
  }
  return module;
}

Life& Life::operator=(Life&& other) noexcept {
  if (this != &other) {
    finalize();
    functions_ = std::exchange(other.functions_, nullptr);
    session_ = std::exchange(other.session_, 0);
  }
  return *this;
}

void Life::finalize() {
  if (functions_ != nullptr) invoke(functions_->C_Finalize, nullptr);
  functions_ = nullptr;
}

Result<Life> Life::begin(const Module& module, const std::string& parameters) {
  std::string text = parameters;
  InitializeArguments arguments;
  if (!text.empty()) arguments.library_parameters = text.data();
  CK_RV value = invoke(module.functions()->C_Initialize, static_cast<void*>(&arguments));
  if (value == CKR_CRYPTOKI_ALREADY_INITIALIZED) {
    // A finalisation of ours failed: whatever state is left of that life must not be used on.
    TRY(check(invoke(module.functions()->C_Finalize, nullptr), "C_Finalize"));
    value = invoke(module.functions()->C_Initialize, static_cast<void*>(&arguments));
  }
  if (value != CKR_OK) return fail(Code::kUnavailable, "C_Initialize");
  return Life(module.functions());
}

Result<std::vector<CK_SLOT_ID>> Life::slots() {
  std::vector<CK_SLOT_ID> slots(kSlotsMax);
  CK_ULONG count = slots.size();
  TRY(check(invoke(functions_->C_GetSlotList, CK_BBOOL{CK_TRUE}, slots.data(), &count),
            "C_GetSlotList"));
  if (count > slots.size()) return fail(Code::kUnavailable, "C_GetSlotList");
  slots.resize(count);
  return slots;
}

Result<CK_TOKEN_INFO> Life::token_info(CK_SLOT_ID slot) {
  CK_TOKEN_INFO info{};
  TRY(check(invoke(functions_->C_GetTokenInfo, slot, &info), "C_GetTokenInfo"));
  return info;
}

Result<CK_SLOT_ID> Life::find_token(const TokenUri& uri) {
  const auto fits = [](const std::string& wanted, std::string_view found) {
    return wanted.empty() || wanted == found;
  };
  std::optional<CK_SLOT_ID> found;
  for (const CK_SLOT_ID slot : TRY(slots())) {
    const auto info = token_info(slot);
    if (!info) continue;  // another token's trouble is not ours
    if (!fits(uri.token, text_of(info->label)) || !fits(uri.serial, text_of(info->serialNumber)) ||
        !fits(uri.manufacturer, text_of(info->manufacturerID)) ||
        !fits(uri.model, text_of(info->model))) {
      continue;
    }
    if (found) return fail(Code::kConflict, "token");
    found = slot;
  }
  if (!found) return fail(Code::kNotFound, "token");
  return *found;
}

Result<TokenFacts> Life::facts(CK_SLOT_ID slot) {
  const auto info = TRY(token_info(slot));
  return TokenFacts{std::string(text_of(info.model)), std::string(text_of(info.manufacturerID))};
}

Result<> Life::open_session(CK_SLOT_ID slot) {
  return check(invoke(functions_->C_OpenSession, slot,
                      CK_FLAGS{CKF_SERIAL_SESSION | CKF_RW_SESSION}, nullptr, nullptr, &session_),
               "C_OpenSession");
}

Result<> Life::login(CK_USER_TYPE user, const base::Secret<64>& pin) {
  const base::ByteSpan bytes = pin.read(base::secret_access());
  const CK_RV value =
      invoke(functions_->C_Login, session_, user, writable(bytes), CK_ULONG{bytes.size()});
  if (value == CKR_USER_ALREADY_LOGGED_IN) return {};
  return check(value, "C_Login");
}

Result<> Life::end(CK_SLOT_ID slot) {
  invoke(functions_->C_CloseAllSessions, slot);
  session_ = 0;
  const CK_RV value = invoke(functions_->C_Finalize, nullptr);
  functions_ = nullptr;
  return check(value, "C_Finalize");
}

Result<std::vector<CK_OBJECT_HANDLE>> Life::find(const Template& like, std::size_t max) {
  TRY(check(invoke(functions_->C_FindObjectsInit, session_, writable(like.list()),
                   CK_ULONG{like.list().size()}),
            "C_FindObjectsInit"));
  std::vector<CK_OBJECT_HANDLE> out;
  std::array<CK_OBJECT_HANDLE, kFindBatch> batch{};
  while (true) {
    CK_ULONG count = 0;
    TRY(check(
        invoke(functions_->C_FindObjects, session_, batch.data(), CK_ULONG{batch.size()}, &count),
        "C_FindObjects"));
    if (count > batch.size()) return fail(Code::kUnavailable, "C_FindObjects");
    if (count == 0) break;
    out.insert(out.end(), batch.begin(), batch.begin() + static_cast<std::ptrdiff_t>(count));
    if (out.size() > max) return fail(Code::kTooMany, "objects");
  }
  TRY(check(invoke(functions_->C_FindObjectsFinal, session_), "C_FindObjectsFinal"));
  return out;
}

Result<std::vector<Attribute>> Life::read(CK_OBJECT_HANDLE object,
                                          std::span<const CK_ATTRIBUTE_TYPE> types) {
  std::vector<std::array<std::uint8_t, kAttributeMax>> values(types.size());
  std::vector<CK_ATTRIBUTE> list;
  list.reserve(types.size());
  for (std::size_t i = 0; i < types.size(); ++i) {
    list.push_back({types[i], values[i].data(), room_for(types[i])});
  }
  const CK_RV value =
      invoke(functions_->C_GetAttributeValue, session_, object, list.data(), CK_ULONG{list.size()});
  // v2.40, section 5.7.5: these two still fill what they can and mark the rest.
  if (value != CKR_ATTRIBUTE_TYPE_INVALID && value != CKR_ATTRIBUTE_SENSITIVE) {
    TRY(check(value, "C_GetAttributeValue"));
  }
  std::vector<Attribute> out;
  for (const auto& attribute : list) {
    if (attribute.ulValueLen == CK_UNAVAILABLE_INFORMATION) {
      out.emplace_back(std::nullopt);
      continue;
    }
    if (attribute.ulValueLen > kAttributeMax)
      return fail(Code::kUnavailable, "C_GetAttributeValue");
    const auto* bytes = static_cast<const std::uint8_t*>(attribute.pValue);
    out.emplace_back(std::in_place, bytes, bytes + attribute.ulValueLen);
  }
  return out;
}

Result<CK_OBJECT_HANDLE> Life::create(const Template& what) {
  CK_OBJECT_HANDLE out = 0;
  TRY(check(invoke(functions_->C_CreateObject, session_, writable(what.list()),
                   CK_ULONG{what.list().size()}, &out),
            "C_CreateObject"));
  return out;
}

Result<CK_OBJECT_HANDLE> Life::generate(CK_MECHANISM_TYPE mechanism, const Template& what) {
  CK_MECHANISM how{mechanism, nullptr, 0};
  CK_OBJECT_HANDLE out = 0;
  TRY(check(invoke(functions_->C_GenerateKey, session_, &how, writable(what.list()),
                   CK_ULONG{what.list().size()}, &out),
            "C_GenerateKey"));
  return out;
}

Result<Life::Pair> Life::generate_pair(const Template& public_key, const Template& private_key) {
  CK_MECHANISM how{CKM_EC_KEY_PAIR_GEN, nullptr, 0};
  Pair out;
  TRY(check(invoke(functions_->C_GenerateKeyPair, session_, &how, writable(public_key.list()),
                   CK_ULONG{public_key.list().size()}, writable(private_key.list()),
                   CK_ULONG{private_key.list().size()}, &out.public_key, &out.private_key),
            "C_GenerateKeyPair"));
  return out;
}

Result<> Life::destroy(CK_OBJECT_HANDLE object) {
  return check(invoke(functions_->C_DestroyObject, session_, object), "C_DestroyObject");
}

Result<> Life::encrypt(CK_OBJECT_HANDLE key, CK_MECHANISM& mechanism, base::ByteSpan in,
                       std::span<std::uint8_t> out) {
  TRY(check(invoke(functions_->C_EncryptInit, session_, &mechanism, key), "C_EncryptInit"));
  CK_ULONG size = out.size();
  TRY(check(
      invoke(functions_->C_Encrypt, session_, writable(in), CK_ULONG{in.size()}, out.data(), &size),
      "C_Encrypt"));
  if (size != out.size()) return fail(Code::kUnavailable, "C_Encrypt");
  return {};
}

Result<> Life::decrypt(CK_OBJECT_HANDLE key, CK_MECHANISM& mechanism, base::ByteSpan in,
                       std::span<std::uint8_t> out) {
  TRY(check(invoke(functions_->C_DecryptInit, session_, &mechanism, key), "C_DecryptInit"));
  // SoftHSM wants room for as much as goes in, though less comes out.
  std::array<std::uint8_t, kDecryptMax> room{};
  ASSERT(in.size() <= room.size() && out.size() <= in.size());
  CK_ULONG size = in.size();
  const auto done = check(invoke(functions_->C_Decrypt, session_, writable(in), CK_ULONG{in.size()},
                                 room.data(), &size),
                          "C_Decrypt");
  const bool whole = done && size == out.size();
  if (whole) std::memcpy(out.data(), room.data(), out.size());
  base::wipe(room.data(), room.size());
  if (!done) return done;
  if (!whole) return fail(Code::kUnavailable, "C_Decrypt");
  return {};
}

Result<> Life::sign(CK_OBJECT_HANDLE key, CK_MECHANISM_TYPE mechanism, base::ByteSpan in,
                    std::span<std::uint8_t> out) {
  CK_MECHANISM how{mechanism, nullptr, 0};
  TRY(check(invoke(functions_->C_SignInit, session_, &how, key), "C_SignInit"));
  CK_ULONG size = out.size();
  TRY(check(
      invoke(functions_->C_Sign, session_, writable(in), CK_ULONG{in.size()}, out.data(), &size),
      "C_Sign"));
  if (size != out.size()) return fail(Code::kUnavailable, "C_Sign");
  return {};
}

Result<> Life::init_token(CK_SLOT_ID slot, const base::Secret<64>& so_pin, std::string_view label) {
  std::array<CK_BYTE, 32> padded{};
  padded.fill(' ');
  if (label.empty() || label.size() > padded.size()) return fail(Code::kTooLong, "label");
  std::ranges::copy(label, padded.begin());
  const base::ByteSpan pin = so_pin.read(base::secret_access());
  return check(
      invoke(functions_->C_InitToken, slot, writable(pin), CK_ULONG{pin.size()}, padded.data()),
      "C_InitToken");
}

Result<> Life::init_pin(const base::Secret<64>& pin) {
  const base::ByteSpan bytes = pin.read(base::secret_access());
  return check(invoke(functions_->C_InitPIN, session_, writable(bytes), CK_ULONG{bytes.size()}),
               "C_InitPIN");
}

}  // namespace hsm
