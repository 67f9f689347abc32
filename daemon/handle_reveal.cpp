// Use: one number, for one live grant. Core looks up the sealed bytes; audit checks the grant and
// the budget again, writes that it will reveal, and only then asks the HSM.
#include "daemon/dispatch.h"
#include "daemon/handlers.h"

namespace core {

using base::Code;
using base::fail;

namespace {

constexpr std::uint16_t kShowSeconds = 60;

void name_the_rest(Core& core, const Grant& grant, ipc::Reveal::Reply& reply) {
  reply.rest_total = static_cast<std::uint32_t>(grant.people.size());
  for (const base::PersonId id : grant.people) {
    if (reply.rest.full()) return;
    const auto* person = core.reg().person(id);
    if (person == nullptr) continue;  // gone since the grant was opened
    static_cast<void>(reply.rest.push({id, person->name}));
  }
}

// Somebody may have taken the right away while audit and the HSM worked.
base::Task<base::Result<>> still_allowed(Context& context, const ipc::Auth& auth,
                                         base::PersonId person, base::Purpose purpose) {
  const Sight sight(context.core, context.actor);
  policy::Facts facts;
  facts.step_up = policy::StepUpState::kValid;  // it was, and is spent on this
  facts.in_scope = sight.person(person) != nullptr && sight.covers(purpose);
  facts.purpose_notified = context.core.reg().number(person, purpose) != nullptr;
  co_return co_await judge_again(context, policy::Action::kReveal, auth, facts);
}

}  // namespace

Answer<ipc::Reveal> handle(Context& context, ipc::Reveal request) {
  Core& core = context.core;
  const auto* grant = core.grants.find(request.grant);
  if (grant == nullptr) co_return fail(Code::kStepUp, "grant");
  const base::Purpose purpose = base::purpose_of(grant->form);
  const auto* number = core.reg().number(request.person, purpose);
  const auto* person = core.reg().person(request.person);
  if (number == nullptr || person == nullptr) co_return fail(Code::kNotFound, "number");
  ipc::RevealNumber reveal;
  reveal.actor = context.actor;
  reveal.grant = request.grant;
  reveal.place = {number->tenant, number->person, number->purpose, number->shelf, number->version};
  reveal.sealed = number->sealed;
  ipc::Reveal::Reply reply;
  reply.person = request.person;
  reply.name = person->name;
  CO_TRY(reply.session, session_facts(context, request.auth.token));
  // Spent before the answer: whatever comes of it, it is not tried twice with one grant.
  core.grants.spend_person(request.grant, request.person);
  // The grant may have gone while audit worked: what stands on the page is read before.
  name_the_rest(core, *grant, reply);
  CO_TRY(auto revealed, co_await core.audit.call(std::move(reveal)));
  CO_CHECK(co_await still_allowed(context, request.auth, request.person, purpose));
  reply.number = std::move(revealed.number);
  reply.form = revealed.form;
  reply.period = revealed.period;
  reply.show_s = kShowSeconds;
  reply.log_index = revealed.index;
  co_return std::move(reply);
}

}  // namespace core
