// raw_token MODULE LABEL: what a token gives to a bare loop of C_Encrypt and C_Decrypt, one
// session, with a shelf's own key. For benches, on a COPY of an appliance's token: it seals with a
// key that only the product should use. Reads the PIN from standard input, then measures once for
// each further line and prints {"encrypt_per_s", "decrypt_per_s"}.
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <string>

#include "base/secret_access.h"
#include "hsm/objects.h"

namespace {

using base::Result;
using Clock = std::chrono::steady_clock;

constexpr int kOperations = 4000;

// A number as the product seals it: twelve digits, padded, with 64 bytes beside it.
class Raw {
 public:
  Raw(hsm::Life& life, CK_OBJECT_HANDLE key) : life_(life), key_(key) {}

  Result<double> encrypt_rate() {
    return rate([&] { return life_.encrypt(key_, gcm_, plain_, cipher_); });
  }
  Result<double> decrypt_rate() {
    return rate([&] { return life_.decrypt(key_, gcm_, cipher_, plain_); });
  }

 private:
  template <class Operation>
  static Result<double> rate(Operation operation) {
    const auto start = Clock::now();
    for (int i = 0; i < kOperations; ++i) TRY(operation());
    return kOperations / std::chrono::duration<double>(Clock::now() - start).count();
  }

  hsm::Life& life_;
  CK_OBJECT_HANDLE key_;
  std::array<std::uint8_t, 12> iv_{1};
  std::array<std::uint8_t, 64> aad_{2};
  std::array<std::uint8_t, 31> plain_{3};
  std::array<std::uint8_t, 47> cipher_{};
  CK_GCM_PARAMS parameters_{iv_.data(), iv_.size(), 96, aad_.data(), aad_.size(), 128};
  CK_MECHANISM gcm_{CKM_AES_GCM, &parameters_, sizeof parameters_};
};

Result<> serve(const std::string& module_path, const std::string& label) {
  std::string line;
  std::getline(std::cin, line);
  const auto pin = TRY(base::Secret<64>::from(base::as_bytes(line), "pin"));
  base::wipe(line.data(), line.size());
  const auto module = TRY(hsm::Module::load(module_path));
  auto life = TRY(hsm::Life::begin(module, ""));
  hsm::TokenUri uri;
  uri.token = label;
  TRY(life.open_session(TRY(life.find_token(uri))));
  TRY(life.login(CKU_USER, pin));
  const auto inventory = TRY(hsm::take_inventory(life));
  for (const auto& [name, handles] : inventory.objects) {
    if (name.kind != hsm::Kind::kShelf) continue;
    Raw raw(life, handles.key);
    while (std::getline(std::cin, line)) {
      const double encrypt = TRY(raw.encrypt_rate());
      const double decrypt = TRY(raw.decrypt_rate());
      std::printf("{\"encrypt_per_s\": %.0f, \"decrypt_per_s\": %.0f}\n", encrypt, decrypt);
      std::fflush(stdout);
    }
    return {};
  }
  return base::fail(base::Code::kNotFound, "shelf");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const auto done = serve(argv[1], argv[2]);
  if (!done) {
    const auto word = base::name(done.error().code);
    const auto field = done.error().field.view();
    std::fprintf(stderr, "raw_token: %.*s/%.*s\n", static_cast<int>(word.size()), word.data(),
                 static_cast<int>(field.size()), field.data());
  }
  std::fflush(nullptr);
  ::_exit(done ? 0 : 1);  // SoftHSM's exit handlers are not run
}
