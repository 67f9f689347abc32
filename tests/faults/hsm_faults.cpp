// hsm_faults SEED [POINTS]: every PKCS#11 function that the product uses, times error codes, at the
// first and at a random call; delays; lies. After each fault: nothing wrong was answered, and the
// same service, asked again, works. One JSON object; exit 0 when nothing was violated. POINTS
// limits the cells (0: all).
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <random>
#include <span>

#include "base/secret_access.h"
#include "hsm/software.h"
#include "hsm/watchdog.h"
#include "tests/faults/order.h"
#include "tests/paths.h"
#include "tests/unit/hsm/token.h"

namespace {

using faults::Action;
using faults::Function;
using faults::Order;
using ipc::KeyUse;
using tests::Ready;

constexpr std::array<CK_RV, 14> kErrors{
    CKR_HOST_MEMORY,        CKR_GENERAL_ERROR,   CKR_FUNCTION_FAILED,        CKR_DEVICE_ERROR,
    CKR_DEVICE_MEMORY,      CKR_DEVICE_REMOVED,  CKR_KEY_HANDLE_INVALID,     CKR_MECHANISM_INVALID,
    CKR_OPERATION_ACTIVE,   CKR_PIN_LOCKED,      CKR_SESSION_HANDLE_INVALID, CKR_TOKEN_NOT_PRESENT,
    CKR_USER_NOT_LOGGED_IN, CKR_BUFFER_TOO_SMALL};

struct Lie {
  const char* name;
  Function function;
  Action action;
};
constexpr std::array<Lie, 26> kLies{{
    {"encrypt_wrong_bytes", Function::kEncrypt, Action::kWrongBytes},
    {"encrypt_short", Function::kEncrypt, Action::kShort},
    {"encrypt_nothing", Function::kEncrypt, Action::kNothing},
    {"encrypt_identity", Function::kEncrypt, Action::kIdentity},
    {"encrypt_other_data", Function::kEncrypt, Action::kOtherData},
    {"encrypt_other_key", Function::kEncryptInit, Action::kOtherKey},
    {"encrypt_same_iv", Function::kEncryptInit, Action::kSameIv},
    {"decrypt_wrong_bytes", Function::kDecrypt, Action::kWrongBytes},
    {"decrypt_short", Function::kDecrypt, Action::kShort},
    {"decrypt_nothing", Function::kDecrypt, Action::kNothing},
    {"decrypt_replay", Function::kDecrypt, Action::kReplay},
    {"decrypt_other_key", Function::kDecryptInit, Action::kOtherKey},
    {"sign_wrong_bytes", Function::kSign, Action::kWrongBytes},
    {"sign_short", Function::kSign, Action::kShort},
    {"sign_nothing", Function::kSign, Action::kNothing},
    {"sign_other_data", Function::kSign, Action::kOtherData},
    {"sign_other_key", Function::kSignInit, Action::kOtherKey},
    {"generate_existing", Function::kGenerateKey, Action::kExistingKey},
    {"generate_weak", Function::kGenerateKey, Action::kWeaken},
    {"generate_nothing", Function::kGenerateKey, Action::kNothing},
    {"destroy_nothing", Function::kDestroyObject, Action::kNothing},
    {"attribute_wrong", Function::kGetAttributeValue, Action::kWrongBytes},
    {"find_hides", Function::kFindObjects, Action::kHide},
    {"find_twice", Function::kFindObjects, Action::kTwice},
    {"login_nothing", Function::kLogin, Action::kNothing},
    {"finalize_nothing", Function::kFinalize, Action::kNothing},
}};

const char* name_of(Function function) {
  constexpr std::array<const char*, 22> kNames{"none",
                                               "C_Initialize",
                                               "C_Finalize",
                                               "C_GetSlotList",
                                               "C_GetTokenInfo",
                                               "C_OpenSession",
                                               "C_CloseAllSessions",
                                               "C_Login",
                                               "C_FindObjectsInit",
                                               "C_FindObjects",
                                               "C_FindObjectsFinal",
                                               "C_GetAttributeValue",
                                               "C_CreateObject",
                                               "C_DestroyObject",
                                               "C_GenerateKey",
                                               "C_GenerateKeyPair",
                                               "C_EncryptInit",
                                               "C_Encrypt",
                                               "C_DecryptInit",
                                               "C_Decrypt",
                                               "C_SignInit",
                                               "C_Sign"};
  return kNames.at(static_cast<std::size_t>(function));
}

// Making and destroying keys is slow: only what needs it does it.
bool makes_keys(Function function) {
  return function == Function::kGenerateKey || function == Function::kGenerateKeyPair ||
         function == Function::kDestroyObject;
}

class Campaign {
 public:
  Campaign(Order& order, std::uint64_t seed, std::size_t points)
      : order_(order), random_(seed), points_(points) {}

  int run() {
    set_up();
    for (std::uint32_t f = 1; f <= static_cast<std::uint32_t>(Function::kLast); ++f) {
      const auto function = static_cast<Function>(f);
      for (const CK_RV error : kErrors) {
        cell(name_of(function), function, Action::kError, error, 0);
        cell(name_of(function), function, Action::kError, error, some_call_of(function));
      }
      cell("slow", function, Action::kDelay, 50, 0);
      cell("session_lost", function, Action::kLoseSession, 0, some_call_of(function));
    }
    // A lie at each call of the workload: most of them a login's own tests would find first.
    for (const auto& lie : kLies) {
      const std::uint32_t calls = calls_of(lie.function);
      for (std::uint32_t after = 0; after < calls; ++after) {
        cell(lie.name, lie.function, lie.action, 0, after);
      }
    }
    hang();
    std::printf(
        "{\"passed\": %d, \"failed\": %d, \"fired\": %d, \"skipped\": %d, \"refused\": %d, "
        "\"served\": %d}\n",
        passed_, failed_, fired_, skipped_, refused_, served_);
    return failed_ == 0 ? 0 : 1;
  }

 private:
  void set_up() {
    ready_.add_shelf(1);
    ready_.add_shelf(2);
    for (const auto use : {KeyUse::kPepper, KeyUse::kTlsSign}) {
      ASSERT(ready_.service.handle(ipc::CreateKey{{use, 0}}).has_value());
    }
    sealed_ = ready_.seal(1, "kept")->items[0].sealed;
    spki_ = ready_.service.handle(ipc::GetPublicKey{{KeyUse::kTlsSign, 0}})->spki;
    mac_ = std::move(ready_.service.handle(pepper())->mac);
    for (const bool heavy : {false, true}) {
      clear();
      salts_.clear();
      workload(heavy);
      for (std::size_t i = 0; i < calls_[heavy ? 1 : 0].size(); ++i)
        calls_[heavy ? 1 : 0][i] = order_.calls[i];
    }
  }
  static ipc::Mac pepper() {
    return {{KeyUse::kPepper, 0}, *base::Secret<64>::from(base::as_bytes("x"))};
  }

  void clear() {
    order_.times = 0;
    order_.function = Function::kNone;
    order_.fired = 0;
    for (auto& calls : order_.calls) calls = 0;
  }

  // How often the fitting workload calls it.
  std::uint32_t calls_of(Function function) const {
    return calls_.at(makes_keys(function) ? 1 : 0).at(static_cast<std::size_t>(function));
  }
  std::uint32_t some_call_of(Function function) {
    const std::uint32_t calls = calls_of(function);
    return calls == 0 ? 0 : static_cast<std::uint32_t>(random_() % calls);
  }

  // One fault, one workload under it, one workload after it.
  void cell(const char* what, Function function, Action action, std::uint64_t value,
            std::uint32_t after) {
    const bool heavy = makes_keys(function);
    if (points_ != 0 && random_() % kCells >= points_) return;
    clear();
    order_.function = function;
    order_.action = action;
    order_.value = value;
    order_.after = after;
    order_.times = 1;
    const auto start = std::chrono::steady_clock::now();
    const char* wrong = workload(heavy);
    const bool fired = order_.fired != 0;
    clear();
    if (wrong == nullptr && !recovers()) wrong = "does not recover";
    const double took =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (wrong == nullptr && took > kSecondsMax) wrong = "too slow";
    fired_ += fired ? 1 : 0;
    skipped_ += fired ? 0 : 1;
    if (wrong == nullptr) {
      ++passed_;
      return;
    }
    ++failed_;
    std::fprintf(stderr, "FAIL %s %s action=%u value=0x%llx after=%u: %s\n", what,
                 name_of(function), static_cast<unsigned>(action),
                 static_cast<unsigned long long>(value), after, wrong);
  }

  // nullptr, or what was answered wrongly. An error is never wrong here.
  const char* workload(bool heavy) {
    // The life is dropped and renewed inside, so that initialisation is part of every workload.
    count(ready_.service.handle(ipc::Login{tests::test_pin()}).has_value());
    load_salts();
    if (const char* wrong = light()) return wrong;
    if (heavy) {
      if (const char* wrong = make_and_destroy()) return wrong;
    }
    return nullptr;
  }

  const char* light() {
    const auto opened = ready_.open(1, "kept", sealed_);
    if (count(opened.has_value()) && !is_number(opened->number)) return "a wrong number was opened";
    const auto sealed = ready_.seal(1, "fresh");
    if (count(sealed.has_value()) && !opens_later(1, "fresh", sealed->items[0].sealed))
      return "a lost seal";
    ipc::Reseal move;
    ASSERT(
        move.items.push({{1}, Ready::aad("kept"), sealed_, {2}, Ready::aad("moved")}).has_value());
    const auto moved = ready_.service.handle(std::move(move));
    if (count(moved.has_value()) && !opens_later(2, "moved", moved->items[0].sealed))
      return "a lost move";
    const auto mac = ready_.service.handle(pepper());
    if (count(mac.has_value()) && !mac->mac.equals(mac_)) return "a wrong MAC";
    const base::Digest digest(std::array<std::uint8_t, 32>{9});
    const auto signature = ready_.service.handle(ipc::Sign{{KeyUse::kTlsSign, 0}, digest});
    if (count(signature.has_value()) &&
        !hsm::software::p256_verify(spki_.view(), digest, signature->signature.view())) {
      return "a wrong signature";
    }
    const auto key = ready_.service.handle(ipc::GetPublicKey{{KeyUse::kTlsSign, 0}});
    if (count(key.has_value()) && key->spki != spki_) return "a wrong public key";
    return nullptr;
  }

  const char* make_and_destroy() {
    const ipc::KeyRef shelf{KeyUse::kShelf, 100 + ++made_};
    const ipc::KeyRef pair{KeyUse::kCertSign, 0};
    const bool made = count(ready_.service.handle(ipc::CreateKey{shelf}).has_value());
    count(ready_.service.handle(ipc::CreateKey{pair}).has_value());
    ipc::DestroyKeys destroy;
    ASSERT(destroy.keys.push(shelf).has_value() && destroy.keys.push(pair).has_value());
    destroy.pin = tests::test_pin();
    const bool destroyed = count(ready_.service.handle(std::move(destroy)).has_value());
    order_.times = 0;
    const auto login = ready_.service.handle(ipc::Login{tests::test_pin()});
    if (!login) return "no login after it";
    bool found = false;
    for (const auto& key : login->keys) found = found || key == shelf || key == pair;
    if (destroyed && found) return "a key outlived its destruction";
    load_salts();
    if (found) {
      ipc::DestroyKeys rest;
      ASSERT(rest.keys.push(shelf).has_value() && rest.keys.push(pair).has_value());
      rest.pin = tests::test_pin();
      if (!ready_.service.handle(std::move(rest))) return "cannot be destroyed";
    }
    static_cast<void>(made);
    return nullptr;
  }

  // The same service, without anything restarted, as its client would go on.
  bool recovers() {
    auto opened = ready_.open(1, "kept", sealed_);
    if (!opened) {
      if (!ready_.service.handle(ipc::Login{tests::test_pin()})) return false;
      opened = ready_.open(1, "kept", sealed_);
    }
    return opened && is_number(opened->number);
  }

  // Opened without faults, whatever the orders were.
  bool opens_later(std::uint64_t shelf, std::string_view place, const ipc::SealedNumber& sealed) {
    const std::uint32_t times = order_.times.exchange(0);
    auto opened = ready_.open(shelf, place, sealed);
    if (!opened && ready_.service.handle(ipc::Login{tests::test_pin()})) {
      load_salts();
      opened = ready_.open(shelf, place, sealed);
    }
    order_.times = times;
    return opened && is_number(opened->number);
  }

  void load_salts() {
    if (salts_.empty()) {
      for (const std::uint64_t shelf : {std::uint64_t{1}, std::uint64_t{2}}) {
        auto salt = ready_.service.handle(ipc::SealSalt{{shelf}, Ready::aad("salt")});
        ASSERT(salt.has_value());
        salts_.push_back(std::move(salt->sealed));
      }
      return;
    }
    ipc::LoadSalts load;
    for (std::uint64_t shelf : {std::uint64_t{1}, std::uint64_t{2}}) {
      ASSERT(load.items.push({{shelf}, Ready::aad("salt"), salts_[shelf - 1]}).has_value());
    }
    count(ready_.service.handle(std::move(load)).has_value());
  }

  // A call that does not come back: the process must end in time, by itself.
  void hang() {
    const auto start = std::chrono::steady_clock::now();
    const pid_t child = ::fork();
    if (child == 0) {
      ASSERT(hsm::watchdog::install(kHangMs).has_value());
      const hsm::watchdog::Busy watched;
      clear();
      order_.function = Function::kInitialize;
      order_.action = Action::kDelay;
      order_.value = 10'000;
      order_.times = 1;
      static_cast<void>(ready_.service.handle(ipc::Login{tests::test_pin()}));
      ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    const double took =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    const bool ended = WIFEXITED(status) && WEXITSTATUS(status) == hsm::kWatchdogExit && took < 3.0;
    ++(ended ? passed_ : failed_);
    if (!ended) std::fprintf(stderr, "FAIL hang: status %d after %.1f s\n", status, took);
  }

  bool count(bool done) {
    ++(done ? served_ : refused_);
    return done;
  }
  static bool is_number(const ipc::Digits& digits) {
    return base::as_text(digits.read(base::secret_access())) == "123456789018";
  }

  static constexpr std::size_t kCells = 1000;
  static constexpr double kSecondsMax = 20.0;
  static constexpr std::uint32_t kHangMs = 500;

  Order& order_;
  std::mt19937_64 random_;
  std::size_t points_;
  Ready ready_{tests::Backend::kFault};
  ipc::SealedNumber sealed_;
  std::vector<base::Bytes<128>> salts_;
  base::Bytes<256> spki_;
  base::Secret<32> mac_;
  std::uint64_t made_ = 0;
  std::array<std::array<std::uint32_t, static_cast<std::size_t>(Function::kLast) + 1>, 2> calls_{};
  int passed_ = 0;
  int failed_ = 0;
  int fired_ = 0;
  int skipped_ = 0;
  int refused_ = 0;
  int served_ = 0;
};

Order* map_orders() {
  char path[] = "/tmp/kagikura-orders-XXXXXX";
  const int fd = ::mkstemp(path);
  ASSERT(fd >= 0 && ::ftruncate(fd, sizeof(Order)) == 0);
  void* memory = ::mmap(nullptr, sizeof(Order), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  ASSERT(memory != MAP_FAILED);
  ::close(fd);
  ::setenv("KAGIKURA_FAULT_FILE", path, 1);
  return new (memory) Order;
}

}  // namespace

int main(int argc, char** argv) {
  const std::span<char*> arguments(argv, static_cast<std::size_t>(argc));
  const std::uint64_t seed = argc > 1 ? std::strtoull(arguments[1], nullptr, 10) : 1;
  const std::size_t points = argc > 2 ? std::strtoull(arguments[2], nullptr, 10) : 0;
  Order* order = map_orders();
  int status = 1;
  {
    Campaign campaign(*order, seed, points);
    status = campaign.run();
  }
  ::unlink(std::getenv("KAGIKURA_FAULT_FILE"));
  std::fflush(nullptr);
  ::_exit(status);  // SoftHSM's exit handlers are not run
}
