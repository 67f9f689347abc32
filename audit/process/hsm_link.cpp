#include "audit/process/hsm_link.h"

#include <algorithm>

#include "base/secret_access.h"

namespace audit::process {

namespace {

using base::Code;
using base::Error;
using base::fail;
using base::Result;
using base::Secret;
using base::Task;

Secret<64> copy_of(const Secret<64>& pin) {
  Secret<64> out;
  const auto from = pin.read(base::secret_access());
  std::ranges::copy(from, out.fill(base::secret_access(), from.size()).begin());
  return out;
}

// A PIN that the token refused, or a token that takes none any more. Never tried again by itself.
bool is_refusal(const Error& error) {
  return error.code == Code::kDenied || error.code == Code::kLocked;
}

}  // namespace

HsmLink::HsmLink(base::Loop& loop, Options options) : loop_(loop), options_(std::move(options)) {}

HsmLink::~HsmLink() {
  alive_.reset();
  if (channel_) channel_->close();
}

void HsmLink::start() { connect(); }

void HsmLink::connect() {
  auto fd = options_.connect();
  if (!fd) return retry();
  const std::weak_ptr<bool> alive = alive_;
  auto channel = Channel::open(loop_, *std::move(fd), [this, alive](Error why) {
    if (!alive.expired()) ended(why);
  });
  if (!channel) return retry();
  channel_ = *std::move(channel);
  if (wanted()) base::spawn(log_in_again());
}

void HsmLink::retry() {
  retry_timer_ = loop_.after(back_off_ms_, [this] { connect(); });
  back_off_ms_ = std::min(2 * back_off_ms_, kBackOffMaxMs);
}

void HsmLink::ended(Error why) {
  const bool was_ready = std::exchange(ready_, false);
  // Not freed here: this runs inside the channel.
  loop_.post([gone = std::move(channel_)] {});
  channel_.reset();
  if (was_ready && options_.on_fault) options_.on_fault(why);
  retry();
}

Task<Result<>> HsmLink::login(Secret<64> pin, bool make) {
  if (logging_in_) co_return fail(Code::kConflict, "login");
  pin_ = std::move(pin);
  auto done = co_await login_now(make);
  if (!done) pin_.wipe();
  co_return done;
}

Task<Result<>> HsmLink::login_now(bool make) {
  logging_in_ = true;
  auto reply = co_await exchange(ipc::Login{copy_of(pin_), make});
  logging_in_ = false;
  if (!reply) co_return std::unexpected(reply.error());
  // LockHsm may have come while the token was thinking.
  if (pin_.empty()) co_return fail(Code::kState, "locked");
  keys_ = KeySet(reply->keys.begin(), reply->keys.end());
  model_ = std::move(reply->model);
  mechanism_ = std::move(reply->mechanism);
  ready_ = true;
  back_off_ms_ = kBackOffFirstMs;
  co_return Result<>();
}

Task<void> HsmLink::log_in_again() {
  if (logging_in_) co_return;
  const std::weak_ptr<bool> alive = alive_;
  const auto done = co_await login_now();
  if (alive.expired()) co_return;
  if (done) {
    if (options_.on_back) options_.on_back();
  } else if (is_refusal(done.error())) {
    pin_.wipe();
    if (options_.on_refused) options_.on_refused(done.error());
  } else if (channel_) {
    channel_->close();  // ended() tries again, later each time
  }
}

Task<Result<>> HsmLink::logout() {
  pin_.wipe();
  ready_ = false;
  CO_CHECK(co_await exchange(ipc::Logout{}));
  co_return Result<>();
}

bool HsmLink::is_pin(const Secret<64>& pin) const { return !pin_.empty() && pin_.equals(pin); }

Task<Result<>> HsmLink::destroy(std::vector<ipc::KeyRef> keys) {
  ipc::DestroyKeys request;
  for (const auto& key : keys) CO_CHECK(request.keys.push(key));
  request.pin = copy_of(pin_);
  CO_CHECK(co_await ask(std::move(request)));
  for (const auto& key : keys) keys_.erase(key);
  co_return Result<>();
}

Task<Result<>> HsmLink::create(ipc::KeyRef key) {
  if (has(key)) co_return fail(Code::kConflict, "key");
  CO_CHECK(co_await ask(ipc::CreateKey{key}));
  keys_.insert(key);
  co_return Result<>();
}

Task<Result<>> HsmLink::enrol() {
  CO_TRY(const auto reply, co_await ask(ipc::Enrol{}));
  mechanism_ = reply.mechanism;
  co_return Result<>();
}

}  // namespace audit::process
