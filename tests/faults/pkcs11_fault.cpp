// pkcs11_fault.so: a PKCS#11 module that forwards to SoftHSM and misbehaves on order (order.h).
// What it does to an answer is done here and nowhere else, so that a campaign can say exactly what
// the product withstood.
#include <dlfcn.h>
#include <fcntl.h>
#include <p11-kit/pkcs11.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <ctime>
#include <tuple>
#include <vector>

#include "tests/faults/order.h"

namespace {

using faults::Action;
using faults::Function;
using faults::Order;

// The module's state. C functions can be handed none.
struct State {
  CK_FUNCTION_LIST* real = nullptr;
  CK_FUNCTION_LIST mine{};
  Order* order = nullptr;
  CK_SLOT_ID slot = 0;
  CK_OBJECT_HANDLE last_key = 0;   // of a generation, or of the last Init
  CK_OBJECT_HANDLE other_key = 0;  // used before that, and different
  std::vector<unsigned char> last_plain;
};
State state;

// Nothing is done to a call unless it is the ordered one.
bool fires(Function function) {
  Order* order = state.order;
  if (order == nullptr) return false;
  ++order->calls[static_cast<std::uint32_t>(function)];
  if (order->function != function || order->times == 0) return false;
  if (order->after > 0) {
    --order->after;
    return false;
  }
  --order->times;
  ++order->fired;
  return true;
}

void wait_ms(std::uint64_t ms) {
  timespec left{static_cast<time_t>(ms / 1000), static_cast<long>(ms % 1000 * 1'000'000)};
  while (::nanosleep(&left, &left) != 0) {
  }
}

void remember_key(CK_OBJECT_HANDLE key) {
  if (key == state.last_key) return;
  state.other_key = state.last_key;
  state.last_key = key;
}

template <Function kFunction, class Real, class... A>
CK_RV lie(Action action, Real real, A... a) {
  auto arguments = std::tie(a...);
  const auto again = [&] { return std::apply(real, arguments); };
  if constexpr (kFunction == Function::kEncrypt || kFunction == Function::kDecrypt ||
                kFunction == Function::kSign) {
    auto& [session, data, size, out, out_size] = arguments;
    std::vector<unsigned char> other(data, data + size);
    if (action == Action::kOtherData) {
      other[0] ^= 1;
      return real(session, other.data(), size, out, out_size);
    }
    const CK_RV done = again();
    if (done != CKR_OK) return done;
    if (action == Action::kWrongBytes) out[2] ^= 1;  // of a number: its second digit
    if (action == Action::kShort) --*out_size;
    if (action == Action::kIdentity) std::memcpy(out, other.data(), other.size());
    if (action == Action::kReplay && state.last_plain.size() == *out_size) {
      std::memcpy(out, state.last_plain.data(), *out_size);
    }
    return CKR_OK;
  } else if constexpr (kFunction == Function::kEncryptInit || kFunction == Function::kDecryptInit ||
                       kFunction == Function::kSignInit) {
    auto& [session, mechanism, key] = arguments;
    if (action == Action::kSameIv && mechanism->mechanism == CKM_AES_GCM) {
      CK_GCM_PARAMS parameters = *static_cast<CK_GCM_PARAMS*>(mechanism->pParameter);
      static unsigned char same[16] = {1, 2, 3};
      parameters.pIv = same;
      CK_MECHANISM mine{mechanism->mechanism, &parameters, sizeof parameters};
      return real(session, &mine, key);
    }
    const CK_OBJECT_HANDLE wrong = key == state.last_key ? state.other_key : state.last_key;
    return real(session, mechanism, action == Action::kOtherKey && wrong != 0 ? wrong : key);
  } else if constexpr (kFunction == Function::kGenerateKey) {
    auto& [session, mechanism, list, count, out] = arguments;
    if (action == Action::kExistingKey) {
      *out = state.last_key;
      return CKR_OK;
    }
    std::vector<CK_ATTRIBUTE> weak(list, list + count);
    static CK_BBOOL yes = CK_TRUE;
    for (auto& attribute : weak) {
      if (attribute.type == CKA_EXTRACTABLE) attribute.pValue = &yes;
    }
    return real(session, mechanism, weak.data(), count, out);
  } else if constexpr (kFunction == Function::kGetAttributeValue) {
    const CK_RV done = again();
    auto& [session, object, list, count] = arguments;
    CK_ATTRIBUTE& last = list[count - 1];
    if (done == CKR_OK && last.ulValueLen != 0) static_cast<unsigned char*>(last.pValue)[0] ^= 1;
    return done;
  } else if constexpr (kFunction == Function::kFindObjects) {
    const CK_RV done = again();
    auto& [session, objects, max, count] = arguments;
    if (done != CKR_OK || *count < 2) return done;
    if (action == Action::kHide) --*count;
    if (action == Action::kTwice) objects[1] = objects[0];
    return done;
  } else {
    return again();
  }
}

template <auto kMember, Function kFunction>
struct Wrapped;

template <class... A, CK_RV (*CK_FUNCTION_LIST::*kMember)(A...), Function kFunction>
struct Wrapped<kMember, kFunction> {
  static CK_RV call(A... a) {
    const auto real = state.real->*kMember;
    const bool now = fires(kFunction);
    const Action action = now ? state.order->action.load() : Action::kError;
    const std::uint64_t value = now ? state.order->value.load() : 0;
    if (now && action == Action::kError) return value;
    if (now && action == Action::kNothing) return CKR_OK;
    if (now && action == Action::kDelay) wait_ms(value);
    if (now && action == Action::kLoseSession) state.real->C_CloseAllSessions(state.slot);
    const bool lies = now && action != Action::kDelay && action != Action::kLoseSession;
    const CK_RV done = lies ? lie<kFunction>(action, real, a...) : real(a...);
    note(done, a...);
    return done;
  }

 private:
  static void note(CK_RV done, A... a) {
    if (done != CKR_OK) return;
    auto arguments = std::tie(a...);
    if constexpr (kFunction == Function::kOpenSession) {
      state.slot = std::get<0>(arguments);
    } else if constexpr (kFunction == Function::kEncryptInit ||
                         kFunction == Function::kDecryptInit || kFunction == Function::kSignInit) {
      remember_key(std::get<2>(arguments));
    } else if constexpr (kFunction == Function::kGenerateKey) {
      remember_key(*std::get<4>(arguments));
    } else if constexpr (kFunction == Function::kDecrypt) {
      auto& [session, data, size, out, out_size] = arguments;
      state.last_plain.assign(out, out + *out_size);
    }
  }
};

template <auto kMember, Function kFunction>
void wrap() {
  state.mine.*kMember = Wrapped<kMember, kFunction>::call;
}

bool load() {
  void* library = ::dlopen("/usr/lib/softhsm/libsofthsm2.so", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return false;
  const auto get = reinterpret_cast<CK_C_GetFunctionList>(::dlsym(library, "C_GetFunctionList"));
  if (get == nullptr || get(&state.real) != CKR_OK) return false;
  const char* path = std::getenv("KAGIKURA_FAULT_FILE");
  const int fd = path != nullptr ? ::open(path, O_RDWR | O_CLOEXEC) : -1;
  if (fd >= 0) {
    void* memory = ::mmap(nullptr, sizeof(Order), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    ::close(fd);
    if (memory != MAP_FAILED) state.order = static_cast<Order*>(memory);
  }
  state.mine = *state.real;
  return true;
}

void wrap_all() {
  using L = CK_FUNCTION_LIST;
  wrap<&L::C_Initialize, Function::kInitialize>();
  wrap<&L::C_Finalize, Function::kFinalize>();
  wrap<&L::C_GetSlotList, Function::kGetSlotList>();
  wrap<&L::C_GetTokenInfo, Function::kGetTokenInfo>();
  wrap<&L::C_OpenSession, Function::kOpenSession>();
  wrap<&L::C_CloseAllSessions, Function::kCloseAllSessions>();
  wrap<&L::C_Login, Function::kLogin>();
  wrap<&L::C_FindObjectsInit, Function::kFindObjectsInit>();
  wrap<&L::C_FindObjects, Function::kFindObjects>();
  wrap<&L::C_FindObjectsFinal, Function::kFindObjectsFinal>();
  wrap<&L::C_GetAttributeValue, Function::kGetAttributeValue>();
  wrap<&L::C_CreateObject, Function::kCreateObject>();
  wrap<&L::C_DestroyObject, Function::kDestroyObject>();
  wrap<&L::C_GenerateKey, Function::kGenerateKey>();
  wrap<&L::C_GenerateKeyPair, Function::kGenerateKeyPair>();
  wrap<&L::C_EncryptInit, Function::kEncryptInit>();
  wrap<&L::C_Encrypt, Function::kEncrypt>();
  wrap<&L::C_DecryptInit, Function::kDecryptInit>();
  wrap<&L::C_Decrypt, Function::kDecrypt>();
  wrap<&L::C_SignInit, Function::kSignInit>();
  wrap<&L::C_Sign, Function::kSign>();
}

}  // namespace

extern "C" __attribute__((visibility("default"))) CK_RV C_GetFunctionList(CK_FUNCTION_LIST** list) {
  if (state.real == nullptr) {
    if (!load()) return CKR_GENERAL_ERROR;
    wrap_all();
  }
  *list = &state.mine;
  return CKR_OK;
}
