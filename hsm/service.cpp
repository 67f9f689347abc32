#include "hsm/service.h"

#include "base/secret_access.h"
#include "hsm/enrolment.h"

namespace hsm {

namespace {

using base::Code;
using base::Error;
using base::fail;
using base::Result;

// True when the life can no longer be relied on.
bool is_lost(const Error& error) {
  if (error.code == Code::kUnavailable || error.code == Code::kIo || error.code == Code::kTooMany)
    return true;
  // A function, mechanism or attribute that worked before and is refused now.
  return error.code == Code::kInvalid && error.field.view().starts_with("C_");
}

bool is_about_pin(const Error& error) {
  return (error.code == Code::kDenied || error.code == Code::kLocked) &&
         error.field.view() == "pin";
}

}  // namespace

Result<> Service::begin_life(const base::Secret<64>& pin) {
  keyring_.reset();
  auto opened = Keyring::open(module_, place_, pin);
  if (!opened) return std::unexpected(opened.error());
  keyring_.emplace(std::move(*opened));
  if (keyring_->tokens_put_back() != 0) log_.warn("token_put_back");
  if (keyring_->leftovers() != 0) {
    log_.warn("unfinished_keys_removed",
              {{"count", static_cast<std::int64_t>(keyring_->leftovers())}});
  }
  auto begun = shelves_.begin(*keyring_);
  if (!begun) keyring_.reset();
  return begun;
}

Result<> Service::renew() {
  if (keyring_) return {};
  if (pin_.empty()) return fail(Code::kState, "login");
  const auto begun = begin_life(pin_);
  if (begun) {
    log_.warn("life_renewed");
    return {};
  }
  log_.error("life_not_renewed", {{"error", begun.error()}});
  if (is_about_pin(begun.error())) log_out();
  return fail(Code::kUnavailable, begun.error().field);
}

template <class Work>
auto Service::with_life(Work work) -> decltype(work(std::declval<Keyring&>())) {
  Error last{Code::kUnavailable, "token"};
  for (int lives = 0; lives < kLivesMax; ++lives) {
    const auto renewed = renew();
    if (!renewed) {
      if (renewed.error().code == Code::kState || pin_.empty())
        return std::unexpected(renewed.error());
      last = renewed.error();
      continue;
    }
    auto done = work(*keyring_);
    if (done || !is_lost(done.error())) return done;
    log_.error("life_lost", {{"error", done.error()}});
    last = {Code::kUnavailable, done.error().field};
    keyring_.reset();
  }
  return std::unexpected(last);
}

void Service::log_out() {
  if (keyring_) static_cast<void>(keyring_->close());
  keyring_.reset();
  pin_.wipe();
  shelves_.forget();
}

ipc::Login::Reply Service::login_reply() const {
  ipc::Login::Reply reply;
  const auto& facts = keyring_->facts();
  auto model = base::Text<64>::from(facts.manufacturer + " " + facts.model);
  reply.model = model ? *std::move(model) : base::Text<64>::literal("unknown");
  reply.mechanism = base::Text<32>::literal(name(keyring_->mechanism()));
  for (const auto& key : keyring_->keys()) static_cast<void>(reply.keys.push(key));
  return reply;
}

Result<ipc::Login::Reply> Service::handle(ipc::Login request) {
  log_out();
  if (request.make) {
    const auto made = set_embedded_token_up(module_, place_, request.pin);
    if (!made) {
      log_.error("token_not_made", {{"error", made.error()}});
      return std::unexpected(made.error());
    }
    if (*made) log_.info("token_made");
  }
  Result<> begun = begin_life(request.pin);
  // A second look before a token is called corrupt or gone; a refused PIN gets none.
  if (!begun && !is_about_pin(begun.error())) {
    log_.error("login_failed", {{"error", begun.error()}});
    begun = begin_life(request.pin);
  }
  if (!begun) {
    log_.error("login_refused", {{"error", begun.error()}});
    shelves_.forget();
    if (is_lost(begun.error())) return fail(Code::kUnavailable, begun.error().field);
    return std::unexpected(begun.error());
  }
  pin_ = std::move(request.pin);
  return login_reply();
}

Result<ipc::Enrol::Reply> Service::handle(ipc::Enrol /*request*/) {
  const Mechanism chosen = TRY(with_life([](Keyring& keyring) { return keyring.enrol(); }));
  TRY(with_life([this](Keyring& keyring) { return shelves_.begin(keyring); }));
  log_.info("enrolled", {{"mechanism", name(chosen)}});
  if (keyring_ && keyring_->unkept() != 0) {
    // The token cannot pin what a key may be used for: its operators have to know.
    log_.warn("token_keeps_less", {{"attributes", static_cast<std::int64_t>(keyring_->unkept())}});
  }
  return ipc::Enrol::Reply{base::Text<32>::literal(name(chosen))};
}

Result<ipc::Done> Service::handle(ipc::Logout /*request*/) {
  log_out();
  return ipc::Done{};
}

Result<ipc::Done> Service::handle(ipc::CreateKey request) {
  bool tried = false;
  TRY(with_life([&](Keyring& keyring) -> Result<> {
    auto created = keyring.create(request.key);
    // Made by the first try, whose answer was lost; the new life's inventory has looked at it.
    if (tried && !created && created.error().code == Code::kDuplicate) return keyring.flush();
    tried = true;
    return created;
  }));
  return ipc::Done{};
}

Result<> Service::destroy_once(const ipc::DestroyKeys& request) {
  TRY(renew());
  for (const auto& key : request.keys) TRY(keyring_->destroy(key));
  // SoftHSM forgets a destroyed object before its file is gone: only a new life tells what the
  // token really holds.
  TRY(keyring_->flush());
  const auto closed = keyring_->close();
  keyring_.reset();
  TRY(closed);
  TRY(begin_life(request.pin));
  TRY(keyring_->flush());
  for (const auto& key : request.keys) {
    if (keyring_->holds(key)) return fail(Code::kUnavailable, "not_destroyed");
  }
  return {};
}

Result<ipc::Done> Service::handle(ipc::DestroyKeys request) {
  if (pin_.empty()) return fail(Code::kState, "login");
  // Checked before anything is destroyed: afterwards nobody could look.
  if (!pin_.equals(request.pin)) return fail(Code::kDenied, "pin");
  Result<> done;
  for (int lives = 0; lives < kLivesMax; ++lives) {
    done = destroy_once(request);
    if (done) break;
    log_.error("destroy_failed", {{"error", done.error()}});
    if (!is_lost(done.error())) break;
    keyring_.reset();
  }
  if (!done) {
    keyring_.reset();
    if (is_about_pin(done.error())) log_out();
    return fail(Code::kUnavailable, done.error().field);
  }
  for (const auto& key : request.keys) {
    if (key.use == ipc::KeyUse::kShelf) shelves_.forget(ipc::ShelfId{key.id});
  }
  return ipc::Done{};
}

Result<ipc::SealSalt::Reply> Service::handle(ipc::SealSalt request) {
  auto sealed =
      TRY(with_life([&](Keyring& keyring) { return shelves_.seal_salt(keyring, request); }));
  return ipc::SealSalt::Reply{std::move(sealed)};
}

Result<ipc::Done> Service::handle(ipc::LoadSalts request) {
  TRY(with_life([&](Keyring& keyring) { return shelves_.load_salts(keyring, request); }));
  return ipc::Done{};
}

Result<ipc::Seal::Reply> Service::handle(ipc::Seal request) {
  return with_life([&](Keyring& keyring) { return shelves_.seal(keyring, request); });
}

Result<ipc::Open::Reply> Service::handle(ipc::Open request) {
  auto number = TRY(with_life([&](Keyring& keyring) { return shelves_.open(keyring, request); }));
  return ipc::Open::Reply{std::move(number)};
}

Result<ipc::Reseal::Reply> Service::handle(ipc::Reseal request) {
  return with_life([&](Keyring& keyring) { return shelves_.reseal(keyring, request); });
}

Result<ipc::Mac::Reply> Service::handle(ipc::Mac request) {
  auto mac = TRY(with_life([&](Keyring& keyring) {
    return keyring.mac(request.key, request.input.read(base::secret_access()));
  }));
  return ipc::Mac::Reply{std::move(mac)};
}

Result<ipc::Sign::Reply> Service::handle(ipc::Sign request) {
  const auto der =
      TRY(with_life([&](Keyring& keyring) { return keyring.sign(request.key, request.digest); }));
  return ipc::Sign::Reply{TRY(base::Bytes<80>::from(der))};
}

Result<ipc::GetPublicKey::Reply> Service::handle(ipc::GetPublicKey request) {
  const auto spki = TRY(with_life([&](Keyring& keyring) { return keyring.spki(request.key); }));
  return ipc::GetPublicKey::Reply{TRY(base::Bytes<256>::from(spki))};
}

}  // namespace hsm
