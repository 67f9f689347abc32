// What a fault campaign and the module under its orders (pkcs11_fault.so) share: a mapped file,
// named by KAGIKURA_FAULT_FILE in the environment of the test process only.
#pragma once

#include <atomic>
#include <cstdint>

namespace faults {

enum class Function : std::uint32_t {
  kNone,
  kInitialize,
  kFinalize,
  kGetSlotList,
  kGetTokenInfo,
  kOpenSession,
  kCloseAllSessions,
  kLogin,
  kFindObjectsInit,
  kFindObjects,
  kFindObjectsFinal,
  kGetAttributeValue,
  kCreateObject,
  kDestroyObject,
  kGenerateKey,
  kGenerateKeyPair,
  kEncryptInit,
  kEncrypt,
  kDecryptInit,
  kDecrypt,
  kSignInit,
  kSign,
  kLast = kSign,
};

enum class Action : std::uint32_t {
  kError,        // answer `value` without doing
  kDelay,        // wait `value` ms, then do it
  kLoseSession,  // close all sessions first, as a pulled token does
  kNothing,      // say OK without doing
  kWrongBytes,   // do it, then change a byte of the answer
  kShort,        // do it, then say that the answer is a byte shorter
  kIdentity,     // "encrypt": the answer is the plaintext
  kReplay,       // the answer of the call before
  kOtherData,    // do it to other data
  kOtherKey,     // do it with the handle of another key
  kExistingKey,  // "generate": the handle of a key that was there before
  kWeaken,       // generate it, but extractable
  kHide,         // one object fewer than there are
  kTwice,        // one object twice
  kSameIv,       // encrypt under an IV of its own, always the same
  kLast = kSameIv,
};

struct Order {
  std::atomic<Function> function{Function::kNone};
  std::atomic<Action> action{Action::kError};
  std::atomic<std::uint64_t> value{0};
  std::atomic<std::uint32_t> after{0};  // calls of the function that are done honestly first
  std::atomic<std::uint32_t> times{0};  // then so many are not
  std::atomic<std::uint32_t> fired{0};
  std::atomic<std::uint32_t> calls[static_cast<std::uint32_t>(Function::kLast) + 1]{};
};

}  // namespace faults
