// The person's portal: a one-time link says who, the passcode comes by another way. Numbers are
// checked, sealed inside the HSM and compared before the person hears that they have arrived.
#include "base/individual_number.h"
#include "base/secret_access.h"
#include "daemon/accounts.h"
#include "daemon/base32.h"
#include "daemon/companies.h"
#include "daemon/digest.h"
#include "daemon/handlers.h"
#include "daemon/registry/requests.h"
#include "daemon/registry/submissions.h"
#include "daemon/shelf_making.h"

namespace core {

using base::Code;
using base::fail;

namespace {

// Plans that another change made void are made again this often.
constexpr int kPlansMax = 3;

base::Result<const registry::Request*> request_of(Core& core, const ipc::Digest& link) {
  return registry::usable_request(core.reg(), link, core.wall());
}

base::Task<base::Result<>> count_wrong_passcode(Context& context, base::RequestId id) {
  Core& core = context.core;
  core.portal_failures.failed(context.peer->address, core.mono());
  const auto held = co_await core.writes.lock();
  CO_TRY(auto change, registry::count_passcode_failure(core.reg(), id, core.wall()));
  auto entry = context.entry(base::CoreEvent::kPortalFailed);
  entry.ref = id.value;
  entry.error = base::Error{Code::kDenied, "passcode"};
  CO_CHECK(co_await core.commit(std::move(entry), std::move(change)));
  co_return fail(Code::kDenied, "passcode");
}

// The request of a link whose holder knows the passcode.
base::Task<base::Result<base::RequestId>> enter_portal(Context& context, const ipc::Digest& link,
                                                       const base::Secret<64>& passcode) {
  Core& core = context.core;
  CO_CHECK(core.portal_failures.check(context.peer->address, core.mono()));
  CO_TRY(const auto* request, request_of(core, link));
  const base::RequestId id = request->id;
  context.actor.tenant = request->tenant;
  Verifier verifier = words_of(core, request->tenant).passcode;
  CO_TRY(auto typed, base::Secret<256>::from(passcode.read(base::secret_access())));
  CO_TRY(const bool right, co_await matches_verifier(
                               core, VerifierUse::kPasscode, passcode_owner(context.actor.tenant),
                               std::move(verifier), std::move(typed), HashFor::kKnown));
  if (!right) CO_CHECK(co_await count_wrong_passcode(context, id));
  // The link may have been used or revoked while the passcode was hashed.
  CO_CHECK(request_of(core, link));
  co_return id;
}

ipc::Text<24> new_receipt(Core& core) {
  const auto text = to_base32(core.random().secret<kKeyBytes>());
  const auto chars = base::as_text(text.read(base::secret_access()));
  std::string out;
  for (std::size_t i = 0; i < 12; i += 4) {
    if (i > 0) out += '-';
    out += chars.substr(i, 4);
  }
  return ipc::Text<24>::literal(out);
}

using Numbers = ipc::List<ipc::SubmitNumbers::Item, ipc::kDependantsMax + 1>;

// Names the entry by its place, which says nothing of the number.
base::FieldName field_of(std::size_t i) {
  const std::string text = "numbers." + std::to_string(i);
  return base::FieldName(std::string_view(text));
}

base::Result<> check_numbers(const Numbers& numbers) {
  if (numbers.empty()) return fail(Code::kMissing, "numbers");
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    TRY(base::IndividualNumber::from(numbers[i].number, field_of(i)));
    for (std::size_t j = 0; j < i; ++j) {
      if (numbers[i].person == numbers[j].person) return fail(Code::kDuplicate, "people");
      if (numbers[i].number.equals(numbers[j].number)) return fail(Code::kDuplicate, field_of(i));
    }
  }
  return {};
}

struct Sealed {
  registry::SendPlan plan;
  std::vector<registry::SentItem> items;
};

base::Task<base::Result<Sealed>> seal_numbers(Context& context, base::RequestId request,
                                              base::SubmissionId submission,
                                              const Numbers& numbers) {
  Core& core = context.core;
  std::vector<base::PersonId> people;
  for (const auto& item : numbers) people.push_back(item.person);
  Sealed out;
  for (int i = 0; i < kPlansMax; ++i) {
    CO_TRY(out.plan, registry::plan_send(core.reg(), request, people));
    if (out.plan.missing.empty()) break;
    CO_CHECK(co_await make_shelves(core, out.plan.missing));
  }
  if (!out.plan.missing.empty()) co_return fail(Code::kConflict, "shelf");
  ipc::SealNumbers seal;
  seal.actor = context.actor;
  seal.ref = submission.value;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    CO_TRY(auto digits, ipc::Digits::from(numbers[i].number.read(base::secret_access())));
    CO_CHECK(seal.items.push({out.plan.places[i], std::move(digits)}));
  }
  for (const auto shelf : out.plan.probe) CO_CHECK(seal.probe.push(shelf));
  CO_TRY(auto reply, co_await core.audit.call(std::move(seal), AuditLink::kLongMs));
  if (reply.items.size() != numbers.size()) co_return fail(Code::kProtocol, "sealed");
  for (auto& item : reply.items) {
    out.items.push_back({std::move(item.sealed), item.tag, std::move(item.probes).release()});
  }
  co_return out;
}

base::Task<base::Result<ipc::SubmitNumbers::Reply>> send(Context& context, base::RequestId request,
                                                         base::SubmissionId submission,
                                                         const Sealed& sealed) {
  Core& core = context.core;
  const auto held = co_await core.writes.lock();
  registry::Sending sending;
  sending.id = submission;
  sending.receipt = new_receipt(core);
  sending.now = core.wall();
  CO_TRY(auto change,
         registry::send_numbers(core.reg(), request, sealed.plan, sealed.items, sending));
  auto entry = context.entry(base::CoreEvent::kSubmitted);
  if (const auto* asked = core.reg().request(request); asked != nullptr) {
    entry.person = asked->person;
  }
  entry.ref = submission.value;
  entry.count = sealed.items.size();
  CO_CHECK(co_await core.commit(std::move(entry), std::move(change)));
  co_return ipc::SubmitNumbers::Reply{sending.receipt, sending.now};
}

}  // namespace

Answer<ipc::OpenPortal> handle(Context& context, ipc::OpenPortal request) {
  Core& core = context.core;
  const auto link = sha256(request.link.read(base::secret_access()));
  context.actor.role = base::Role::kSubject;
  CO_TRY(const auto id, co_await enter_portal(context, link, request.passcode));
  auto entry = context.entry(base::CoreEvent::kPortalOpened);
  entry.ref = id.value;
  co_await core.note(std::move(entry));
  CO_TRY(const auto* asked, request_of(core, link));
  ipc::OpenPortal::Reply reply;
  const auto words = words_of(core, asked->tenant);
  reply.firm = words.name;
  reply.phrase = words.phrase;
  reply.purposes = asked->purposes;
  reply.expires_at = asked->expires_at;
  for (const auto* person : registry::people_of(core.reg(), *asked)) {
    CO_CHECK(reply.people.push({person->id, person->name, person->relation}));
  }
  co_return std::move(reply);
}

Answer<ipc::SubmitNumbers> handle(Context& context, ipc::SubmitNumbers request) {
  Core& core = context.core;
  const auto link = sha256(request.link.read(base::secret_access()));
  context.actor.role = base::Role::kSubject;
  CO_TRY(const auto id, co_await enter_portal(context, link, request.passcode));
  CO_CHECK(check_numbers(request.numbers));
  for (int i = 1;; ++i) {
    const base::SubmissionId submission{core.reg().new_id()};
    CO_TRY(const auto sealed, co_await seal_numbers(context, id, submission, request.numbers));
    auto sent = co_await send(context, id, submission, sealed);
    if (sent || sent.error().code != Code::kConflict || i == kPlansMax) co_return sent;
  }
}

Answer<ipc::DeclineNumbers> handle(Context& context, ipc::DeclineNumbers request) {
  Core& core = context.core;
  const auto link = sha256(request.link.read(base::secret_access()));
  context.actor.role = base::Role::kSubject;
  CO_TRY(const auto id, co_await enter_portal(context, link, request.passcode));
  const auto held = co_await core.writes.lock();
  CO_TRY(auto change, registry::decline_request(core.reg(), id, request.reason, core.wall()));
  auto entry = context.entry(base::CoreEvent::kDeclined);
  if (const auto* asked = core.reg().request(id); asked != nullptr) entry.person = asked->person;
  entry.ref = id.value;
  CO_CHECK(co_await core.commit(std::move(entry), std::move(change)));
  co_return ipc::Done{};
}

}  // namespace core
