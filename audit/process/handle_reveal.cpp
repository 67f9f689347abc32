// Grants, and the only way by which a number leaves the HSM.
#include <algorithm>

#include "audit/process/service.h"
#include "audit/tree.h"

namespace audit::process {

namespace {

using base::AuditEvent;
using base::Error;
using base::Result;
using base::Task;

// One digest for the list of a grant: its people's ids, sorted, in their text form, a line each.
base::Digest digest_of(const base::List<base::PersonId, ipc::kGrantPeopleMax>& people) {
  std::vector<base::PersonId> sorted(people.begin(), people.end());
  std::ranges::sort(sorted);
  std::string text;
  for (const auto person : sorted) text += base::to_text(person) + "\n";
  return sha256(base::as_bytes(text));
}

Entry grant_entry(AuditEvent event, const ipc::OpenGrant& request) {
  Entry entry = entry_of(event, request.actor);
  entry.act = request.act;
  entry.ref = request.ref;
  if (request.act != base::StepUpAct::kReveal) return entry;
  entry.form = request.form;
  entry.purpose = base::purpose_of(request.form);
  if (!number_shaped(request.period.view())) entry.period = request.period;
  entry.count = request.people.size();
  if (request.people.size() == 1) entry.person = request.people[0];
  if (request.people.size() > 1) entry.digest = digest_of(request.people);
  return entry;
}

Entry reveal_entry(AuditEvent event, const ipc::RevealNumber& request) {
  Entry entry = entry_of(event, request.actor);
  entry.tenant = request.place.tenant;
  entry.person = request.place.person;
  entry.purpose = request.place.purpose;
  entry.shelf = request.place.shelf;
  entry.version = request.place.version;
  entry.grant = request.grant;
  return entry;
}

}  // namespace

// Writes down why something was refused; the answer waits until that is on disk, like every other.
Task<Error> Service::refused(Entry entry, Error why) {
  entry.error = why;
  static_cast<void>(co_await journal_.append_durable(std::move(entry)));
  co_return why;
}

Service::Answer<ipc::OpenGrant> Service::handle(ipc::OpenGrant request) {
  const auto id = grants_.open(request);
  if (!id) {
    Entry entry = grant_entry(AuditEvent::kGrantRefused, request);
    co_return std::unexpected(co_await refused(std::move(entry), id.error()));
  }
  Entry entry = grant_entry(AuditEvent::kGrantOpened, request);
  entry.grant = *id;
  const auto index = co_await journal_.append_durable(std::move(entry));
  if (!index) {
    grants_.revoke(*id);
    co_return std::unexpected(index.error());
  }
  co_return ipc::OpenGrant::Reply{*id, ipc::kGrantSeconds};
}

Service::Answer<ipc::UseGrant> Service::handle(ipc::UseGrant request) {
  const auto used = grants_.use(request);
  if (used) co_return ipc::Done{};
  Entry entry = entry_of(AuditEvent::kGrantRefused, request.actor);
  entry.grant = request.grant;
  entry.act = request.act;
  entry.ref = request.ref;
  co_return std::unexpected(co_await refused(std::move(entry), used.error()));
}

// Whether the grant, the HSM's state and the budget allow it, in this order.
Result<Grants::Reason> Service::admit_reveal(const ipc::RevealNumber& request) const {
  auto reason = TRY(grants_.check_reveal(request.grant, request.actor, request.place));
  if (!hsm_.ready()) return base::fail(base::Code::kState, "hsm");
  TRY(budget_.check(request.actor.account, journal_.run()));
  return reason;
}

Service::Answer<ipc::RevealNumber> Service::handle(ipc::RevealNumber request) {
  // From the checks to the intent nothing waits: of two requests at once for the last reveal of a
  // budget, or for the same person of a grant, one is refused.
  auto reason = admit_reveal(request);
  if (!reason) {
    const bool spent = reason.error().code == base::Code::kBudget;
    Entry entry =
        reveal_entry(spent ? AuditEvent::kBudgetRefused : AuditEvent::kRevealRefused, request);
    co_return std::unexpected(co_await refused(std::move(entry), reason.error()));
  }
  Entry intent = reveal_entry(AuditEvent::kRevealIntent, request);
  intent.form = reason->form;
  intent.period = reason->period;
  CO_TRY(const std::uint64_t index, journal_.append(std::move(intent)));
  grants_.spend(request.grant, request.place.person);
  budget_.count(request.actor.account, log_.last_run());
  co_await journal_.durable(index);

  auto opened = co_await hsm_.ask(
      ipc::Open{request.place.shelf, number_aad(request.place), std::move(request.sealed)});

  Entry outcome =
      reveal_entry(opened ? AuditEvent::kRevealDone : AuditEvent::kRevealFailed, request);
  outcome.of = index;
  if (!opened) outcome.error = opened.error();
  const auto written = journal_.append(std::move(outcome), Priority::kReserve);
  if (!opened) co_return std::unexpected(opened.error());
  if (!written) co_return std::unexpected(written.error());
  co_return ipc::RevealNumber::Reply{std::move(opened->number), index, reason->form,
                                     std::move(reason->period)};
}

Service::Answer<ipc::GetBudget> Service::handle(ipc::GetBudget request) {
  const auto left = budget_.left(request.account, journal_.run());
  co_return ipc::GetBudget::Reply{left.hour, left.day};
}

}  // namespace audit::process
