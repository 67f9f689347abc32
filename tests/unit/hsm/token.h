// A fresh token in a temporary folder, for one test: SoftHSM2, or NSS softokn. PINs are of the test
// only.
#pragma once

#include <stdlib.h>  // NOLINT(modernize-deprecated-headers): setenv

#include <filesystem>
#include <fstream>
#include <string>

#include "base/log.h"
#include "hsm/enrolment.h"
#include "hsm/service.h"
#include "tests/paths.h"

namespace tests {

enum class Backend { kSoftHsm, kNss, kFault };

inline base::Secret<64> test_pin(std::string_view text = "test-pin-1") {
  return *base::Secret<64>::from(base::as_bytes(text));
}

class Token {
 public:
  // The embedded module before set-up: no token.
  static Token blank() { return Token(Backend::kSoftHsm, /*set_up=*/false); }
  explicit Token(Backend backend = Backend::kSoftHsm, bool set_up = true) : set_up_(set_up) {
    char name[] = "/tmp/kagikura-token-XXXXXX";
    ASSERT(::mkdtemp(name) != nullptr);
    folder_ = name;
    if (backend == Backend::kNss) {
      set_up_nss();
    } else {
      set_up_softhsm(backend == Backend::kFault ? std::string(kBinaryDir) + "/lib/pkcs11_fault.so"
                                                : "/usr/lib/softhsm/libsofthsm2.so");
    }
  }
  Token(const Token&) = delete;
  Token& operator=(const Token&) = delete;
  ~Token() {
    module_.reset();
    std::filesystem::remove_all(folder_);
  }

  [[nodiscard]] const hsm::Module& module() const { return *module_; }
  [[nodiscard]] hsm::Place place() const {
    hsm::TokenUri uri;
    uri.token = "kagikura-test";
    return {parameters_, uri};
  }
  [[nodiscard]] const std::string& folder() const { return folder_; }
  // A life with a user session, for calls that the product never makes.
  [[nodiscard]] hsm::Life life() const {
    auto out = hsm::Life::begin(*module_, parameters_);
    ASSERT(out.has_value());
    const auto slot = out->find_token(place().token);
    ASSERT(slot.has_value());
    ASSERT(out->open_session(*slot).has_value());
    ASSERT(out->login(CKU_USER, test_pin()).has_value());
    return std::move(*out);
  }

 private:
  void set_up_softhsm(const std::string& module) {
    std::filesystem::create_directory(folder_ + "/tokens");
    std::ofstream(folder_ + "/softhsm2.conf")
        << "directories.tokendir = " << folder_
        << "/tokens\nobjectstore.backend = file\nlog.level = ERROR\n";
    ::setenv("SOFTHSM2_CONF", (folder_ + "/softhsm2.conf").c_str(), 1);
    load(module);
    if (!set_up_) return;
    ASSERT(hsm::set_token_up(*module_, "", "kagikura-test", test_pin("test-so-pin"), test_pin())
               .has_value());
  }
  // softoken has no tokens to make: its database is one, and its first user PIN is set by a
  // security officer with an empty PIN.
  void set_up_nss() {
    parameters_ = "configdir='sql:" + folder_ +
                  "' certPrefix='' keyPrefix='' secmod='' flags=noModDB "
                  "tokenDescription='kagikura-test' dbTokenDescription='kagikura-test'";
    load("/usr/lib/x86_64-linux-gnu/libsoftokn3.so");
    auto life = hsm::Life::begin(*module_, parameters_);
    ASSERT(life.has_value());
    const auto slot = life->find_token(place().token);
    ASSERT(slot.has_value());
    ASSERT(life->open_session(*slot).has_value());
    ASSERT(life->login(CKU_SO, base::Secret<64>()).has_value());
    ASSERT(life->init_pin(test_pin()).has_value());
    ASSERT(life->end(*slot).has_value());
  }
  void load(const std::string& path) {
    auto module = hsm::Module::load(path);
    ASSERT(module.has_value());
    module_ = std::move(*module);
  }

  bool set_up_;
  std::string folder_;
  std::string parameters_;
  std::optional<hsm::Module> module_;
};

// A service on a token, logged in and enrolled, with the fixed keys that seals and tags need.
class Ready {
 public:
  explicit Ready(Backend backend = Backend::kSoftHsm)
      : token(backend), log("test"), service(token.module(), token.place(), log) {
    ASSERT(service.handle(ipc::Login{test_pin()}).has_value());
    ASSERT(service.handle(ipc::Enrol{}).has_value());
    ASSERT(service.handle(ipc::CreateKey{{ipc::KeyUse::kDuplicate, 0}}).has_value());
  }
  void add_shelf(std::uint64_t id) {
    ASSERT(service.handle(ipc::CreateKey{{ipc::KeyUse::kShelf, id}}).has_value());
    ASSERT(service.handle(ipc::SealSalt{{id}, aad("salt")}).has_value());
  }
  static ipc::Aad aad(std::string_view text) { return *ipc::Aad::from(base::as_bytes(text)); }
  static ipc::Digits number(std::string_view digits = "123456789018") {
    return *ipc::Digits::from(base::as_bytes(digits));
  }
  // One number sealed on the shelf.
  base::Result<ipc::Seal::Reply> seal(std::uint64_t shelf, std::string_view aad_text,
                                      std::string_view digits = "123456789018") {
    ipc::Seal request;
    ASSERT(request.items.push({{shelf}, aad(aad_text), number(digits)}).has_value());
    return service.handle(std::move(request));
  }
  base::Result<ipc::Open::Reply> open(std::uint64_t shelf, std::string_view aad_text,
                                      const ipc::SealedNumber& sealed) {
    return service.handle(ipc::Open{{shelf}, aad(aad_text), sealed});
  }

  Token token;
  base::Log log;
  hsm::Service service;
};

}  // namespace tests
