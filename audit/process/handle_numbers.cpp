// Shelves: sealing what people sent, moving it at approval, re-shelving and destroying at disposal.
#include <algorithm>

#include "audit/process/service.h"

namespace audit::process {

namespace {

using base::AuditEvent;
using base::Code;
using base::Error;
using base::fail;
using base::Purpose;
using base::Result;
using base::Task;
using ipc::KeyUse;

// Entries about one person each, from items in the order they came: what is next to each other and
// of the same person is one entry, with a count.
void add_item(std::vector<Entry>& entries, Entry entry) {
  if (!entries.empty() && entries.back().person == entry.person &&
      entries.back().tenant == entry.tenant) {
    Entry& last = entries.back();
    ++last.count;
    if (last.purpose != entry.purpose) last.purpose.reset();
    if (last.shelf != entry.shelf) last.shelf = {};
    if (last.shelf_to != entry.shelf_to) last.shelf_to = {};
    if (last.version != entry.version) last.version = 0;
    return;
  }
  entry.count = 1;
  entries.push_back(std::move(entry));
}

Entry number_entry(AuditEvent event, const ipc::Actor& actor, std::uint64_t ref,
                   const ipc::NumberPlace& place) {
  Entry entry = entry_of(event, actor);
  entry.tenant = place.tenant;
  entry.person = place.person;
  entry.purpose = place.purpose;
  entry.shelf = place.shelf;
  entry.version = place.version;
  entry.ref = ref;
  return entry;
}

}  // namespace

Result<> Service::check_shelf(base::ShelfId id, base::TenantId tenant, Purpose purpose) const {
  const auto it = shelves_.find(id);
  if (it == shelves_.end()) return fail(Code::kNotFound, "shelf");
  if (it->second.tenant != tenant || it->second.purpose != purpose) {
    return fail(Code::kMismatch, "shelf");
  }
  return {};
}

Result<> Service::check_place(const ipc::NumberPlace& place) const {
  if (!place.tenant.valid()) return fail(Code::kInvalid, "tenant");
  if (!place.person.valid()) return fail(Code::kInvalid, "person");
  return check_shelf(place.shelf, place.tenant, place.purpose);
}

// Writes all and waits until they are on disk; each then knows its index (n). kFull may leave some
// of them written: intents without an act, which is what intents are for.
Task<Result<>> Service::write_durable(Entries& entries) {
  if (entries.empty()) co_return fail(Code::kMissing, "items");
  for (Entry& entry : entries) {
    CO_TRY(entry.n, journal_.append(entry));
  }
  co_await journal_.durable(entries.back().n);
  co_return Result<>();
}

// One outcome an intent. The index of the last.
Result<std::uint64_t> Service::write_outcomes(const Entries& intents, AuditEvent event,
                                              const Error* error) {
  std::uint64_t last = 0;
  for (const Entry& intent : intents) {
    Entry outcome = intent;
    outcome.event = event;
    outcome.of = intent.n;
    if (error != nullptr) outcome.error = *error;
    last = TRY(journal_.append(std::move(outcome), Priority::kReserve));
  }
  return last;
}

Service::Answer<ipc::CreateShelf> Service::handle(ipc::CreateShelf request) {
  if (!request.tenant.valid()) co_return fail(Code::kInvalid, "tenant");
  if (!request.shelf.valid()) co_return fail(Code::kInvalid, "shelf");
  if (shelves_.size() >= decltype(ipc::LoadSalts::items)::kMax) {
    co_return fail(Code::kTooMany, "shelves");
  }
  CO_CHECK(co_await hsm_.create({KeyUse::kShelf, request.shelf.value}));
  CO_TRY(auto salt, co_await hsm_.ask(ipc::SealSalt{
                        request.shelf, salt_aad(request.tenant, request.purpose, request.shelf)}));
  Entry entry;
  entry.event = AuditEvent::kShelfCreated;
  entry.tenant = request.tenant;
  entry.purpose = request.purpose;
  entry.shelf = request.shelf;
  CO_CHECK(co_await journal_.append_durable(std::move(entry)));
  shelves_[request.shelf] = {request.tenant, request.purpose, salt.sealed};
  co_return ipc::CreateShelf::Reply{std::move(salt.sealed)};
}

Service::Answer<ipc::LoadShelves> Service::handle(ipc::LoadShelves request) {
  ipc::LoadSalts salts;
  for (const auto& shelf : request.shelves) {
    if (!hsm_.has({KeyUse::kShelf, shelf.shelf.value})) co_return fail(Code::kNotFound, "shelf");
    CO_CHECK(salts.items.push(
        {shelf.shelf, salt_aad(shelf.tenant, shelf.purpose, shelf.shelf), shelf.sealed_salt}));
  }
  CO_CHECK(co_await hsm_.ask(std::move(salts)));
  for (auto& shelf : request.shelves) {
    shelves_[shelf.shelf] = {shelf.tenant, shelf.purpose, std::move(shelf.sealed_salt)};
  }
  co_return ipc::Done{};
}

// The hsm process has restarted: it has lost the salts, which core gave once after the unlock.
Task<void> Service::reload_salts() {
  Entry entry;
  entry.event = AuditEvent::kHsmUnlocked;
  entry.model = hsm_.model();
  entry.mechanism = hsm_.mechanism();
  static_cast<void>(journal_.append(std::move(entry), Priority::kReserve));
  ipc::LoadSalts salts;
  for (const auto& [id, shelf] : shelves_) {
    if (!hsm_.has({KeyUse::kShelf, id.value})) continue;
    if (!salts.items.push({id, salt_aad(shelf.tenant, shelf.purpose, id), shelf.sealed_salt}))
      break;
  }
  const auto loaded = co_await hsm_.ask(std::move(salts));
  if (!loaded) hsm_fault(loaded.error());
}

Service::Answer<ipc::SealNumbers> Service::handle(ipc::SealNumbers request) {
  Entries intents;
  ipc::Seal seal;
  for (auto& item : request.items) {
    CO_CHECK(check_place(item.place));
    if (item.place.tenant != request.items[0].place.tenant)
      co_return fail(Code::kMismatch, "tenant");
    add_item(intents,
             number_entry(AuditEvent::kSealIntent, request.actor, request.ref, item.place));
    CO_CHECK(seal.items.push({item.place.shelf, number_aad(item.place), std::move(item.number)}));
  }
  // Tags of another tenant's shelf would tell that a number is there.
  for (const auto shelf : request.probe) {
    const auto it = shelves_.find(shelf);
    if (it == shelves_.end()) co_return fail(Code::kNotFound, "probe");
    if (request.items.empty() || it->second.tenant != request.items[0].place.tenant) {
      co_return fail(Code::kMismatch, "probe");
    }
  }
  seal.probe = std::move(request.probe);
  CO_CHECK(co_await write_durable(intents));

  auto sealed = co_await hsm_.ask(std::move(seal));

  const auto written =
      write_outcomes(intents, sealed ? AuditEvent::kSealDone : AuditEvent::kSealFailed,
                     sealed ? nullptr : &sealed.error());
  if (!sealed) co_return std::unexpected(sealed.error());
  CO_CHECK(written);
  ipc::SealNumbers::Reply reply;
  reply.index = intents.front().n;
  for (auto& item : sealed->items) {
    CO_CHECK(reply.items.push({std::move(item.sealed), item.tag, std::move(item.probes)}));
  }
  co_return reply;
}

Service::Answer<ipc::MoveNumbers> Service::handle(ipc::MoveNumbers request) {
  Entries intents;
  ipc::Reseal reseal;
  for (auto& item : request.items) {
    if (item.from.purpose != Purpose::kIntake || item.to.purpose == Purpose::kIntake) {
      co_return fail(Code::kDenied, "purpose");
    }
    if (item.from.tenant != item.to.tenant) co_return fail(Code::kDenied, "tenant");
    if (item.from.person != item.to.person) co_return fail(Code::kDenied, "person");
    CO_CHECK(check_place(item.from));
    CO_CHECK(check_place(item.to));
    Entry entry = number_entry(AuditEvent::kMoveIntent, request.actor, request.ref, item.to);
    entry.shelf = item.from.shelf;
    entry.shelf_to = item.to.shelf;
    add_item(intents, std::move(entry));
    CO_CHECK(reseal.items.push({item.from.shelf, number_aad(item.from), std::move(item.sealed),
                                item.to.shelf, number_aad(item.to)}));
  }
  CO_CHECK(co_await write_durable(intents));

  auto moved = co_await hsm_.ask(std::move(reseal));

  const auto written =
      write_outcomes(intents, moved ? AuditEvent::kMoveDone : AuditEvent::kMoveFailed,
                     moved ? nullptr : &moved.error());
  if (!moved) co_return std::unexpected(moved.error());
  CO_CHECK(written);
  ipc::MoveNumbers::Reply reply;
  reply.index = intents.front().n;
  for (auto& item : moved->items) CO_CHECK(reply.items.push(std::move(item)));
  co_return reply;
}

Service::Answer<ipc::Reshelve> Service::handle(ipc::Reshelve request) {
  if (request.from == request.to) co_return fail(Code::kInvalid, "shelf");
  CO_CHECK(check_shelf(request.from, request.tenant, request.purpose));
  CO_CHECK(check_shelf(request.to, request.tenant, request.purpose));
  ipc::Reseal reseal;
  for (auto& item : request.items) {
    if (!item.person.valid()) co_return fail(Code::kInvalid, "person");
    const ipc::NumberPlace from{request.tenant, item.person, request.purpose, request.from,
                                item.version};
    ipc::NumberPlace to = from;
    to.shelf = request.to;
    CO_CHECK(reseal.items.push(
        {from.shelf, number_aad(from), std::move(item.sealed), to.shelf, number_aad(to)}));
  }
  Entry intent = entry_of(AuditEvent::kReshelveIntent, request.actor);
  intent.tenant = request.tenant;
  intent.purpose = request.purpose;
  intent.shelf = request.from;
  intent.shelf_to = request.to;
  intent.ref = request.ref;
  intent.count = request.items.size();
  Entries intents{std::move(intent)};
  CO_CHECK(co_await write_durable(intents));

  auto moved = co_await hsm_.ask(std::move(reseal));

  const auto written =
      write_outcomes(intents, moved ? AuditEvent::kReshelveDone : AuditEvent::kReshelveFailed,
                     moved ? nullptr : &moved.error());
  if (!moved) co_return std::unexpected(moved.error());
  CO_CHECK(written);
  co_return ipc::Reshelve::Reply{std::move(moved->items), point()};
}

Service::Answer<ipc::DestroyShelves> Service::handle(ipc::DestroyShelves request) {
  Entries intents;
  std::vector<ipc::KeyRef> keys;
  for (const auto shelf : request.shelves) {
    Entry entry = entry_of(AuditEvent::kDestroyIntent, request.actor);
    entry.ref = request.ref;
    entry.shelf = shelf;
    if (const auto it = shelves_.find(shelf); it != shelves_.end()) {
      entry.tenant = it->second.tenant;
      entry.purpose = it->second.purpose;
    }
    intents.push_back(std::move(entry));
    keys.push_back({KeyUse::kShelf, shelf.value});
  }
  CO_TRY(const std::uint64_t last, co_await destroy(std::move(intents), std::move(keys)));
  for (const auto shelf : request.shelves) shelves_.erase(shelf);
  CO_TRY(const Entry gone, log_.read(last));
  co_return ipc::DestroyShelves::Reply{last, gone.t};
}

// Intents on disk, keys destroyed and looked for in a new life of the token, outcomes on disk. Also
// when the keys are absent already: then the look is what is wanted. The index of the last outcome.
Task<Result<std::uint64_t>> Service::destroy(Entries intents, std::vector<ipc::KeyRef> keys) {
  if (!hsm_.ready()) co_return fail(Code::kState, "hsm");
  CO_CHECK(co_await write_durable(intents));

  const auto gone = co_await hsm_.destroy(std::move(keys));

  const auto last =
      write_outcomes(intents, gone ? AuditEvent::kKeyGone : AuditEvent::kDestroyFailed,
                     gone ? nullptr : &gone.error());
  if (!gone) co_return std::unexpected(gone.error());
  if (last) co_await journal_.durable(*last);
  co_return last;
}

}  // namespace audit::process
