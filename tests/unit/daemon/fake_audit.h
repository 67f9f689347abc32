// The audit process with its log and HSM in memory, behind a real channel: answers at once, keeps
// every entry, knows which keys live. "Sealed" numbers carry their key's id and place, so that a
// test notices a number that is asked for under another place or after its key has gone.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/secret_access.h"
#include "daemon/digest.h"
#include "ipc/channel.h"
#include "ipc/core_audit.h"

namespace core::testing {

class FakeAudit {
 public:
  template <class R>
  using Answer = base::Task<base::Result<typename R::Reply>>;

  // ---- what a test looks at, and turns
  std::vector<ipc::Append> log;  // core's entries; audit's own are only counted
  std::uint64_t extra = 0;       // entries of audit's own
  std::set<std::uint64_t> epochs;
  std::set<base::ShelfId> shelves;
  std::set<base::ShelfId> loaded;
  std::string pin = "123456";
  bool enrolled = false;
  bool logged_in = false;
  std::uint64_t clock_behind_ms = 0;
  bool is_sealed = false;  // as the real one reads it from the log
  std::string sealed_by;
  // What was asked for, in order: "append appliance.state sealed", "lock".
  std::vector<std::string> order;
  std::uint64_t run_ms = 1000;
  base::TenantId asked_for;  // of the newest QueryLog
  std::uint32_t reveals = 0;
  std::function<void()> while_revealing;
  std::uint8_t rewritten = 0;  // another value: another log of the same length
  std::optional<base::Error> append_fails;
  std::optional<base::Error> destroy_shelves_fails;

  [[nodiscard]] std::uint64_t size() const { return log.size() + extra; }
  [[nodiscard]] std::size_t count(base::CoreEvent event) const {
    std::size_t n = 0;
    for (const auto& entry : log) n += entry.event == event ? 1 : 0;
    return n;
  }
  [[nodiscard]] const ipc::Append* last(base::CoreEvent event) const {
    for (auto it = log.rbegin(); it != log.rend(); ++it) {
      if (it->event == event) return &*it;
    }
    return nullptr;
  }

  [[nodiscard]] base::LogPoint point(std::uint64_t at) const {
    std::array<std::uint8_t, 32> root{};
    root[0] = static_cast<std::uint8_t>(at);
    root[1] = rewritten;
    return {at, *base::Digest::from(root)};
  }

  // ---- the service
  void violated(base::Error) {}
  void closed() {}

  Answer<ipc::GetAuditFacts> handle(ipc::GetAuditFacts) {
    ipc::GetAuditFacts::Reply reply;
    reply.size = size();
    reply.origin = ipc::Text<64>::literal("test/log");
    reply.root = ipc::Text<64>::literal("cm9vdA==");
    reply.hsm_enrolled = enrolled;
    reply.hsm_ok = logged_in;
    reply.clock_behind_ms = clock_behind_ms;
    reply.sealed = is_sealed;
    reply.sealed_by = ipc::Text<64>::literal(sealed_by);
    reply.run_ms = run_ms;
    co_return reply;
  }
  Answer<ipc::UnlockHsm> handle(ipc::UnlockHsm request) {
    if (is_sealed && !request.unseal) co_return base::fail(base::Code::kState, "sealed");
    if (request.pin.empty()) {
      if (!logged_in) co_return base::fail(base::Code::kState, "hsm");
    } else if (base::as_text(request.pin.read(base::secret_access())) != pin) {
      co_return base::fail(base::Code::kDenied, "pin");
    }
    if (request.enrol && enrolled) co_return base::fail(base::Code::kDuplicate, "enrol");
    enrolled = enrolled || request.enrol;
    logged_in = true;
    ++extra;
    ipc::UnlockHsm::Reply reply;
    reply.register_key = key("register", 0);
    reply.tls_public_key = *ipc::Bytes<256>::adopt(std::vector<std::uint8_t>(91, 7));
    reply.certificate_public_key = *ipc::Bytes<256>::adopt(std::vector<std::uint8_t>(91, 8));
    co_return std::move(reply);
  }
  Answer<ipc::LockHsm> handle(ipc::LockHsm) {
    logged_in = false;
    order.emplace_back("lock");
    co_return ipc::Done{};
  }
  Answer<ipc::OpenEpoch> handle(ipc::OpenEpoch request) {
    if (!epochs.contains(request.epoch)) co_return base::fail(base::Code::kNotFound, "key");
    co_return ipc::OpenEpoch::Reply{key("epoch", request.epoch)};
  }
  Answer<ipc::CreateEpoch> handle(ipc::CreateEpoch request) {
    if (!epochs.insert(request.epoch).second) co_return base::fail(base::Code::kConflict, "key");
    co_return ipc::CreateEpoch::Reply{key("epoch", request.epoch)};
  }
  Answer<ipc::DestroyEpoch> handle(ipc::DestroyEpoch request) {
    epochs.erase(request.epoch);
    co_return ipc::Done{};
  }
  Answer<ipc::ListKeys> handle(ipc::ListKeys) {
    ipc::ListKeys::Reply reply;
    for (const auto epoch : epochs) static_cast<void>(reply.epochs.push(epoch));
    for (const auto shelf : shelves) static_cast<void>(reply.shelves.push(shelf));
    co_return std::move(reply);
  }
  Answer<ipc::Append> handle(ipc::Append request) {
    if (append_fails) co_return std::unexpected(*append_fails);
    order.push_back(std::string(name(request.event)) + " " + request.action.str());
    note_seal(request);
    log.push_back(std::move(request));
    co_return ipc::Append::Reply{size() - 1, point(size())};
  }
  Answer<ipc::GetLogPoint> handle(ipc::GetLogPoint request) { co_return point(request.size); }
  Answer<ipc::OpenGrant> handle(ipc::OpenGrant request) {
    const base::GrantId id{++last_grant_};
    grants_.emplace(id, std::move(request));
    co_return ipc::OpenGrant::Reply{id, ipc::kGrantSeconds};
  }
  Answer<ipc::UseGrant> handle(ipc::UseGrant request) {
    const auto it = grants_.find(request.grant);
    if (it == grants_.end()) co_return base::fail(base::Code::kUsed, "grant");
    const bool same = it->second.act == request.act && it->second.ref == request.ref &&
                      it->second.actor.account == request.actor.account;
    grants_.erase(it);
    if (!same) co_return base::fail(base::Code::kDenied, "grant");
    co_return ipc::Done{};
  }
  Answer<ipc::RevealNumber> handle(ipc::RevealNumber request) {
    ++extra;
    const auto it = grants_.find(request.grant);
    if (it == grants_.end()) co_return base::fail(base::Code::kDenied, "grant");
    auto digits = open(request.place, request.sealed);
    if (!digits) co_return std::unexpected(digits.error());
    ++reveals;
    if (while_revealing) while_revealing();
    co_return ipc::RevealNumber::Reply{*std::move(digits), size() - 1, it->second.form,
                                       it->second.period};
  }
  Answer<ipc::GetBudget> handle(ipc::GetBudget) { co_return ipc::GetBudget::Reply{60, 200}; }
  Answer<ipc::CreateShelf> handle(ipc::CreateShelf request) {
    if (!shelves.insert(request.shelf).second) co_return base::fail(base::Code::kConflict, "key");
    loaded.insert(request.shelf);
    co_return ipc::CreateShelf::Reply{*ipc::Bytes<128>::from(base::as_bytes("salt"))};
  }
  Answer<ipc::LoadShelves> handle(ipc::LoadShelves request) {
    for (const auto& shelf : request.shelves) loaded.insert(shelf.shelf);
    co_return ipc::Done{};
  }
  Answer<ipc::SealNumbers> handle(ipc::SealNumbers request) {
    ipc::SealNumbers::Reply reply;
    reply.index = size();
    ++extra;
    for (const auto& item : request.items) {
      const auto digits = base::as_text(item.number.read(base::secret_access()));
      ipc::SealNumbers::Sealed sealed;
      sealed.sealed = seal(item.place, digits);
      sealed.tag = tag(item.place.shelf, digits);
      for (const auto shelf : request.probe)
        static_cast<void>(sealed.probes.push(tag(shelf, digits)));
      static_cast<void>(reply.items.push(std::move(sealed)));
    }
    co_return std::move(reply);
  }
  Answer<ipc::MoveNumbers> handle(ipc::MoveNumbers request) {
    ipc::MoveNumbers::Reply reply;
    reply.index = size();
    ++extra;
    for (const auto& item : request.items) {
      auto moved = move(item.from, item.sealed, item.to);
      if (!moved) co_return std::unexpected(moved.error());
      static_cast<void>(reply.items.push(*std::move(moved)));
    }
    co_return std::move(reply);
  }
  Answer<ipc::Reshelve> handle(ipc::Reshelve request) {
    ipc::Reshelve::Reply reply;
    ++extra;
    reply.point = point(size());
    for (const auto& item : request.items) {
      ipc::NumberPlace from{request.tenant, item.person, request.purpose, request.from,
                            item.version};
      ipc::NumberPlace to = from;
      to.shelf = request.to;
      auto moved = move(from, item.sealed, to);
      if (!moved) co_return std::unexpected(moved.error());
      static_cast<void>(reply.items.push(*std::move(moved)));
    }
    co_return std::move(reply);
  }
  Answer<ipc::DestroyShelves> handle(ipc::DestroyShelves request) {
    if (destroy_shelves_fails) co_return std::unexpected(*destroy_shelves_fails);
    for (const auto shelf : request.shelves) shelves.erase(shelf);
    ++extra;
    co_return ipc::DestroyShelves::Reply{size() - 1, base::WallTime{1}};
  }
  Answer<ipc::Pepper> handle(ipc::Pepper request) {
    ipc::Pepper::Reply reply;
    const auto in = request.input.read(base::secret_access());
    const auto digest = sha256(in);
    const auto out = reply.mac.fill(base::secret_access(), 32);
    std::copy(digest.view().begin(), digest.view().end(), out.begin());
    co_return std::move(reply);
  }
  Answer<ipc::SignTls> handle(ipc::SignTls) {
    co_return ipc::SignTls::Reply{*ipc::Bytes<80>::from(base::as_bytes("signature"))};
  }
  Answer<ipc::SignDisposalCertificate> handle(ipc::SignDisposalCertificate) {
    co_return ipc::SignDisposalCertificate::Reply{
        *ipc::Bytes<80>::from(base::as_bytes("signature"))};
  }
  Answer<ipc::QueryLog> handle(ipc::QueryLog request) {
    asked_for = request.tenant;
    co_return ipc::QueryLog::Reply{};
  }
  Answer<ipc::MakeCheckpoint> handle(ipc::MakeCheckpoint) {
    ipc::MakeCheckpoint::Reply reply;
    reply.size = size();
    reply.root = ipc::Text<64>::literal("cm9vdA==");
    co_return std::move(reply);
  }
  Answer<ipc::MakeExport> handle(ipc::MakeExport) {
    ipc::MakeExport::Reply reply;
    reply.tar = *base::sealed_memfd("export", base::as_bytes("tar"));
    reply.entries = size();
    co_return std::move(reply);
  }

 private:
  void note_seal(const ipc::Append& entry) {
    const bool state = entry.event == base::CoreEvent::kStateChanged;
    if (entry.event == base::CoreEvent::kTampered || (state && entry.action.view() == "sealed")) {
      is_sealed = true;
      sealed_by = entry.error ? std::string(entry.error->field.view()) : entry.action.str();
      if (state && !entry.error) sealed_by.clear();
    }
    if (state && (entry.action.view() == "operational" || entry.action.view() == "unprovisioned")) {
      is_sealed = false;
      sealed_by.clear();
    }
  }
  static base::Secret<32> key(std::string_view use, std::uint64_t id) {
    const auto digest = sha256(base::as_bytes(std::string(use) + std::to_string(id)));
    return *base::Secret<32>::from(digest.view());
  }
  static std::string place_text(const ipc::NumberPlace& place) {
    return std::to_string(place.person.value) + "/" +
           std::to_string(static_cast<int>(place.purpose)) + "/" +
           std::to_string(place.shelf.value) + "/" + std::to_string(place.version) + "/";
  }
  static ipc::SealedNumber seal(const ipc::NumberPlace& place, std::string_view digits) {
    return *ipc::SealedNumber::from(base::as_bytes(place_text(place) + std::string(digits)));
  }
  static ipc::DuplicateTag tag(base::ShelfId shelf, std::string_view digits) {
    return sha256(base::as_bytes(std::to_string(shelf.value) + ":" + std::string(digits)));
  }
  base::Result<ipc::Digits> open(const ipc::NumberPlace& place, const ipc::SealedNumber& sealed) {
    if (!shelves.contains(place.shelf)) return base::fail(base::Code::kNotFound, "shelf");
    const std::string prefix = place_text(place);
    const auto text = base::as_text(sealed.view());
    if (!text.starts_with(prefix)) return base::fail(base::Code::kCorrupt, "sealed");
    return ipc::Digits::from(base::as_bytes(text.substr(prefix.size())));
  }
  base::Result<ipc::MoveNumbers::Moved> move(const ipc::NumberPlace& from,
                                             const ipc::SealedNumber& sealed,
                                             const ipc::NumberPlace& to) {
    const auto digits = TRY(open(from, sealed));
    if (!shelves.contains(to.shelf)) return base::fail(base::Code::kNotFound, "shelf");
    const auto text = base::as_text(digits.read(base::secret_access()));
    return ipc::MoveNumbers::Moved{seal(to, text), tag(to.shelf, text)};
  }

  std::uint64_t last_grant_ = 0;
  std::map<base::GrantId, ipc::OpenGrant> grants_;
};

}  // namespace core::testing
