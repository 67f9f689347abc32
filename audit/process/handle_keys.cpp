// Unlocking, locking, epochs, and the signatures and derivations that core needs.
#include <algorithm>

#include "audit/process/service.h"
#include "audit/tree.h"

namespace audit::process {

namespace {

using base::AuditEvent;
using base::Code;
using base::Error;
using base::fail;
using base::Result;
using base::Secret;
using base::Task;
using ipc::KeyRef;
using ipc::KeyUse;

constexpr std::array kFixedKeys = {KeyUse::kRegister, KeyUse::kPepper,   KeyUse::kDuplicate,
                                   KeyUse::kLogSign,  KeyUse::kCertSign, KeyUse::kTlsSign};
constexpr std::string_view kRegisterLabel = "kagikura-register-1";
constexpr std::string_view kStateLabel = "kagikura-state-1";

Entry epoch_entry(AuditEvent event, const ipc::Actor& actor, std::uint64_t epoch) {
  Entry entry = entry_of(event, actor);
  entry.epoch = epoch;
  return entry;
}

}  // namespace

bool Service::enrolled() const {
  return std::ranges::all_of(kFixedKeys, [&](KeyUse use) { return hsm_.has({use, 0}); });
}

Service::Answer<ipc::UnlockHsm> Service::handle(ipc::UnlockHsm request) {
  if (ceremony_) co_return fail(Code::kConflict, "unlock");
  ceremony_ = true;
  const auto done = co_await unlock(request);
  ceremony_ = false;
  if (!done) co_return std::unexpected(done.error());
  co_return co_await unlocked_reply();
}

Task<Result<>> Service::unlock(ipc::UnlockHsm& request) {
  // Neither a core that starts anew nor a PIN by itself opens what was sealed.
  if (seal_.sealed() && !request.unseal) co_return fail(Code::kState, "sealed");
  // Core has restarted while this process stayed logged in.
  if (request.pin.empty()) co_return hsm_.ready() ? Result<>() : fail(Code::kState, "hsm");
  CO_CHECK(pins_.check(journal_.run()));
  Result<> done;
  const bool again = hsm_.wanted();
  if (again) {
    // The token has taken the kept PIN; a wrong one must not end what is working.
    if (!hsm_.is_pin(request.pin)) done = fail(Code::kDenied, "pin");
    if (done && !hsm_.ready()) co_return fail(Code::kUnavailable, "hsm");
  } else {
    done = co_await hsm_.login(std::move(request.pin), request.enrol);
  }
  if (done && request.enrol == enrolled()) {
    done = request.enrol ? fail(Code::kDuplicate, "enrol") : fail(Code::kState, "enrol");
  }
  if (done && request.enrol) done = co_await enrol();
  if (done) done = co_await learn_log_key();
  Entry entry = entry_of(AuditEvent::kHsmUnlocked, request.actor);
  entry.model = hsm_.model();
  entry.mechanism = hsm_.mechanism();
  if (!done) {
    entry.event = AuditEvent::kHsmUnlockFailed;
    entry.error = done.error();
    if (done.error().code == Code::kDenied) pins_.failed(journal_.run());
    if (!again && hsm_.wanted()) static_cast<void>(co_await hsm_.logout());
  }
  const auto written = co_await journal_.append_durable(std::move(entry), Priority::kReserve);
  if (!done) co_return done;
  CO_CHECK(written);
  pins_.succeeded();
  clock_.accepted(loop_.clock().wall());
  co_return Result<>();
}

// Makes the fixed keys that are missing: a crash in the middle is gone on from.
Task<Result<>> Service::enrol() {
  if (hsm_.mechanism().empty()) CO_CHECK(co_await hsm_.enrol());
  for (const KeyUse use : kFixedKeys) {
    if (!hsm_.has({use, 0})) CO_CHECK(co_await hsm_.create({use, 0}));
  }
  Entry entry;
  entry.event = AuditEvent::kHsmEnrolled;
  entry.model = hsm_.model();
  entry.mechanism = hsm_.mechanism();
  CO_CHECK(co_await journal_.append_durable(std::move(entry)));
  co_return Result<>();
}

Task<Result<>> Service::learn_log_key() {
  CO_TRY(const auto key, co_await hsm_.ask(ipc::GetPublicKey{{KeyUse::kLogSign, 0}}));
  auto known = LogKey::from(origin_.view(), key.spki.view());
  if (!known) co_return fail(Code::kCorrupt, "log_key");
  // The key of a log never changes: its checkpoints could not be compared any more.
  if (log_key_ && *log_key_ != *known) co_return fail(Code::kCorrupt, "log_key");
  log_key_ = *std::move(known);
  co_return Result<>();
}

Task<Result<Secret<32>>> Service::derive(KeyRef key, std::string_view label) {
  if (!hsm_.has(key)) co_return fail(Code::kNotFound, "key");
  CO_TRY(auto input, Secret<64>::from(base::as_bytes(label)));
  CO_TRY(auto reply, co_await hsm_.ask(ipc::Mac{key, std::move(input)}));
  co_return std::move(reply.mac);
}

Task<Result<ipc::UnlockHsm::Reply>> Service::unlocked_reply() {
  ipc::UnlockHsm::Reply reply;
  CO_TRY(reply.register_key, co_await derive({KeyUse::kRegister, 0}, kRegisterLabel));
  CO_TRY(auto tls, co_await hsm_.ask(ipc::GetPublicKey{{KeyUse::kTlsSign, 0}}));
  CO_TRY(auto cert, co_await hsm_.ask(ipc::GetPublicKey{{KeyUse::kCertSign, 0}}));
  reply.tls_public_key_id = sha256(tls.spki.view());
  reply.tls_public_key = std::move(tls.spki);
  reply.certificate_public_key = std::move(cert.spki);
  co_return reply;
}

Service::Answer<ipc::LockHsm> Service::handle(ipc::LockHsm request) {
  grants_.clear();
  const auto done = co_await hsm_.logout();
  Entry entry = entry_of(AuditEvent::kHsmLocked, request.actor);
  // The PIN is forgotten here in any case; whether the token logged out is the hsm process' to say.
  if (!done) entry.error = done.error();
  CO_CHECK(co_await journal_.append_durable(std::move(entry), Priority::kReserve));
  co_return ipc::Done{};
}

// A login that this process made by itself, after a restart of the hsm process.
void Service::hsm_refused(Error why) {
  if (why.code == Code::kDenied) pins_.failed(journal_.run());
  diary_.error("hsm_refused", {{"error", why}});
  Entry entry;
  entry.event = AuditEvent::kHsmUnlockFailed;
  entry.error = why;
  static_cast<void>(journal_.append(std::move(entry), Priority::kReserve));
}

void Service::hsm_fault(Error why) {
  diary_.error("hsm_fault", {{"error", why}});
  Entry entry;
  entry.event = AuditEvent::kHsmFault;
  entry.error = why;
  static_cast<void>(journal_.append(std::move(entry), Priority::kReserve));
}

Service::Answer<ipc::OpenEpoch> Service::handle(ipc::OpenEpoch request) {
  CO_TRY(auto key, co_await derive({KeyUse::kEpoch, request.epoch}, kStateLabel));
  co_return ipc::OpenEpoch::Reply{std::move(key)};
}

Service::Answer<ipc::CreateEpoch> Service::handle(ipc::CreateEpoch request) {
  const KeyRef ref{KeyUse::kEpoch, request.epoch};
  CO_CHECK(co_await hsm_.create(ref));
  CO_CHECK(co_await journal_.append_durable(
      epoch_entry(AuditEvent::kEpochCreated, request.actor, request.epoch)));
  CO_TRY(auto key, co_await derive(ref, kStateLabel));
  co_return ipc::CreateEpoch::Reply{std::move(key)};
}

Service::Answer<ipc::DestroyEpoch> Service::handle(ipc::DestroyEpoch request) {
  Entries intents;
  intents.push_back(epoch_entry(AuditEvent::kDestroyIntent, request.actor, request.epoch));
  std::vector<KeyRef> keys{{KeyUse::kEpoch, request.epoch}};
  CO_CHECK(co_await destroy(std::move(intents), std::move(keys)));
  co_return ipc::Done{};
}

Service::Answer<ipc::ListKeys> Service::handle(ipc::ListKeys /*request*/) {
  if (!hsm_.ready()) co_return fail(Code::kState, "hsm");
  ipc::ListKeys::Reply reply;
  for (const KeyRef& key : hsm_.keys()) {
    if (key.use == KeyUse::kEpoch) CO_CHECK(reply.epochs.push(key.id));
    if (key.use == KeyUse::kShelf) CO_CHECK(reply.shelves.push(base::ShelfId{key.id}));
  }
  co_return reply;
}

Service::Answer<ipc::Pepper> Service::handle(ipc::Pepper request) {
  CO_TRY(auto reply, co_await hsm_.ask(ipc::Mac{{KeyUse::kPepper, 0}, std::move(request.input)}));
  co_return ipc::Pepper::Reply{std::move(reply.mac)};
}

Service::Answer<ipc::SignTls> Service::handle(ipc::SignTls request) {
  CO_TRY(auto reply, co_await hsm_.ask(ipc::Sign{{KeyUse::kTlsSign, 0}, request.digest}));
  co_return ipc::SignTls::Reply{std::move(reply.signature)};
}

Service::Answer<ipc::SignDisposalCertificate> Service::handle(
    ipc::SignDisposalCertificate request) {
  Entry entry = entry_of(AuditEvent::kCertificateSigned, request.actor);
  entry.ref = request.disposal.value;
  entry.digest = request.digest;
  CO_CHECK(co_await journal_.append_durable(std::move(entry)));
  CO_TRY(auto reply, co_await hsm_.ask(ipc::Sign{{KeyUse::kCertSign, 0}, request.digest}));
  co_return ipc::SignDisposalCertificate::Reply{std::move(reply.signature)};
}

Task<bool> Service::hsm_answers() {
  if (!hsm_.ready()) co_return true;
  const auto key = co_await hsm_.ask(ipc::GetPublicKey{{KeyUse::kLogSign, 0}});
  // A refusal is an answer: before enrolment there is no such key.
  co_return key || (key.error().code != Code::kUnavailable && key.error().code != Code::kTimeout);
}

}  // namespace audit::process
