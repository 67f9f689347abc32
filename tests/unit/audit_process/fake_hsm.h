// An hsm process in this one: answers AuditHsm from memory over a real socket, on the test's loop.
// What it "seals" it keeps by number and AAD, so that a wrong AAD does not open. Tests may make it
// fail, wait or forget.
#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <deque>
#include <map>
#include <set>
#include <string>

#include "audit/process/hsm_link.h"
#include "audit/tree.h"
#include "base/secret_access.h"
#include "ipc/channel.h"

namespace tests {

class FakeHsm {
 public:
  FakeHsm(base::Loop& loop, std::string pin)
      : loop_(loop),
        pin_(std::move(pin)),
        key_(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256")) {}
  ~FakeHsm() { EVP_PKEY_free(key_); }
  FakeHsm(const FakeHsm&) = delete;
  FakeHsm& operator=(const FakeHsm&) = delete;

  // For HsmLink::Options: a new connection to this fake; kUnavailable while `down`.
  base::Result<base::Fd> connect() {
    ++connects;
    if (down) return base::fail(base::Code::kUnavailable, "socket");
    auto pair = TRY(ipc::socket_pair());
    TRY(ipc::set_nonblocking(pair.first));
    auto session = std::make_shared<Session>();
    session->hsm = this;
    connection_ = ipc::serve<ipc::AuditHsm>(loop_, std::move(pair.first), std::move(session));
    return std::move(pair.second);
  }
  // As if the process had been killed: the login and the salts are gone.
  void kill() {
    logged_in = false;
    salts.clear();
    if (const auto connection = connection_.lock()) connection->close();
  }

  std::set<ipc::KeyRef, audit::process::KeyOrder> keys;
  std::set<std::uint64_t> salts;
  std::vector<std::string> asked;                 // names of requests, in order
  std::function<void(const ipc::Open&)> on_open;  // looks before it is answered
  std::optional<base::Error> fail_next;           // of any request but Login and Logout
  std::vector<base::Slot<int>*> held;             // requests that wait while `hold`
  bool hold = false;
  bool down = false;
  bool logged_in = false;
  bool wrong_signature = false;
  std::size_t logins = 0;
  std::size_t connects = 0;

  void change_pin(std::string pin) { pin_ = std::move(pin); }
  void release() {
    hold = false;
    for (auto* slot : std::exchange(held, {})) slot->set(0);
  }
  base::Bytes<256> spki() const {
    unsigned char* der = nullptr;
    const int size = i2d_PUBKEY(key_, &der);
    auto out = base::Bytes<256>::from({der, static_cast<std::size_t>(size)});
    OPENSSL_free(der);
    return *std::move(out);
  }

 private:
  struct Session {
    FakeHsm* hsm = nullptr;
    void violated(base::Error /*why*/) {}
    void closed() {}
    template <class Request>
    base::Task<base::Result<typename Request::Reply>> handle(Request request) {
      if (hsm->hold) {
        base::Slot<int> slot;
        hsm->held.push_back(&slot);
        co_await slot;
      }
      constexpr bool kLogin = std::is_same_v<Request, ipc::Login>;
      if constexpr (!kLogin && !std::is_same_v<Request, ipc::Logout>) {
        if (!hsm->logged_in) co_return base::fail(base::Code::kState, "login");
        if (hsm->fail_next) co_return std::unexpected(*std::exchange(hsm->fail_next, {}));
      }
      co_return hsm->answer(std::move(request));
    }
  };

  base::Result<ipc::Login::Reply> answer(ipc::Login request) {
    asked.emplace_back("login");
    ++logins;
    const auto pin = request.pin.read(base::secret_access());
    if (base::as_text(pin) != pin_) return base::fail(base::Code::kDenied, "pin");
    logged_in = true;
    ipc::Login::Reply reply;
    reply.model = base::Text<64>::literal("fake");
    if (enrolled_) reply.mechanism = base::Text<32>::literal("gcm");
    for (const auto& key : keys) TRY(reply.keys.push(key));
    return reply;
  }
  base::Result<ipc::Enrol::Reply> answer(ipc::Enrol /*request*/) {
    asked.emplace_back("enrol");
    enrolled_ = true;
    return ipc::Enrol::Reply{base::Text<32>::literal("gcm")};
  }
  base::Result<ipc::Done> answer(ipc::Logout /*request*/) {
    asked.emplace_back("logout");
    logged_in = false;
    return ipc::Done{};
  }
  base::Result<ipc::Done> answer(ipc::CreateKey request) {
    asked.emplace_back("create");
    if (!keys.insert(request.key).second) return base::fail(base::Code::kDuplicate, "key");
    return ipc::Done{};
  }
  base::Result<ipc::Done> answer(ipc::DestroyKeys request) {
    asked.emplace_back("destroy");
    if (base::as_text(request.pin.read(base::secret_access())) != pin_) {
      return base::fail(base::Code::kDenied, "pin");
    }
    for (const auto& key : request.keys) keys.erase(key);
    return ipc::Done{};
  }
  base::Result<ipc::SealSalt::Reply> answer(ipc::SealSalt request) {
    asked.emplace_back("salt");
    salts.insert(request.shelf.value);
    return ipc::SealSalt::Reply{TRY(base::Bytes<128>::from(request.aad.view()))};
  }
  base::Result<ipc::Done> answer(ipc::LoadSalts request) {
    asked.emplace_back("salts");
    for (const auto& item : request.items) {
      if (!std::ranges::equal(item.aad.view(), item.sealed.view())) {
        return base::fail(base::Code::kCorrupt, "salt");
      }
      salts.insert(item.shelf.value);
    }
    return ipc::Done{};
  }

  ipc::SealedNumber put(const ipc::Aad& aad, std::string digits) {
    stored_.push_back({std::string(base::as_text(aad.view())), std::move(digits)});
    const auto index = static_cast<std::uint8_t>(stored_.size() - 1);
    return *ipc::SealedNumber::from({&index, 1});
  }
  base::Result<std::string> get(const ipc::Aad& aad, const ipc::SealedNumber& sealed) const {
    if (sealed.size() != 1 || sealed.view()[0] >= stored_.size() ||
        stored_[sealed.view()[0]].first != base::as_text(aad.view())) {
      return base::fail(base::Code::kCorrupt, "sealed");
    }
    return stored_[sealed.view()[0]].second;
  }
  base::Result<ipc::Seal::Reply> answer(ipc::Seal request) {
    asked.emplace_back("seal");
    ipc::Seal::Reply reply;
    for (const auto& item : request.items) {
      if (!has_shelf(item.shelf)) return base::fail(base::Code::kNotFound, "shelf");
      TRY(reply.items.push(
          {put(item.aad, std::string(base::as_text(item.number.read(base::secret_access())))),
           {},
           {}}));
    }
    return reply;
  }
  base::Result<ipc::Open::Reply> answer(ipc::Open request) {
    asked.emplace_back("open");
    if (on_open) on_open(request);
    if (!has_shelf(request.shelf)) return base::fail(base::Code::kNotFound, "shelf");
    const auto digits = TRY(get(request.aad, request.sealed));
    return ipc::Open::Reply{TRY(ipc::Digits::from(base::as_bytes(digits)))};
  }
  base::Result<ipc::Reseal::Reply> answer(ipc::Reseal request) {
    asked.emplace_back("reseal");
    ipc::Reseal::Reply reply;
    for (const auto& item : request.items) {
      TRY(reply.items.push({put(item.to_aad, TRY(get(item.from_aad, item.sealed))), {}}));
    }
    return reply;
  }
  base::Result<ipc::Mac::Reply> answer(ipc::Mac request) {
    asked.emplace_back("mac");
    if (!keys.contains(request.key)) return base::fail(base::Code::kNotFound, "key");
    std::string text(base::as_text(request.input.read(base::secret_access())));
    text += static_cast<char>(request.key.use);
    text += std::to_string(request.key.id);
    const auto digest = audit::sha256(base::as_bytes(text));
    return ipc::Mac::Reply{TRY(base::Secret<32>::from(digest.view()))};
  }
  base::Result<ipc::Sign::Reply> answer(ipc::Sign request) {
    asked.emplace_back("sign");
    if (wrong_signature) request.digest.mutable_view()[0] ^= 1U;
    EVP_PKEY_CTX* context = EVP_PKEY_CTX_new(key_, nullptr);
    std::array<unsigned char, 80> out{};
    std::size_t size = out.size();
    EVP_PKEY_sign_init(context);
    EVP_PKEY_sign(context, out.data(), &size, request.digest.view().data(), 32);
    EVP_PKEY_CTX_free(context);
    return ipc::Sign::Reply{TRY(base::Bytes<80>::from(base::ByteSpan(out).first(size)))};
  }
  base::Result<ipc::GetPublicKey::Reply> answer(ipc::GetPublicKey /*request*/) {
    asked.emplace_back("public");
    return ipc::GetPublicKey::Reply{spki()};
  }
  [[nodiscard]] bool has_shelf(base::ShelfId id) const {
    return keys.contains({ipc::KeyUse::kShelf, id.value});
  }

  base::Loop& loop_;
  std::string pin_;
  EVP_PKEY* key_;
  bool enrolled_ = false;
  std::vector<std::pair<std::string, std::string>> stored_;
  std::weak_ptr<ipc::ServerConnection<ipc::AuditHsm, Session>> connection_;
};

}  // namespace tests
