// The register as pages show it, and leaving.
#include "daemon/handlers.h"
#include "daemon/rows.h"
#include "daemon/scope.h"

namespace core {

using base::Code;
using base::fail;

namespace {

ipc::List<ipc::PurposeRow, ipc::kPurposesMax> purposes_of(
    Core& core, const registry::Person& person,
    const std::vector<const registry::Request*>& requests) {
  ipc::List<ipc::PurposeRow, ipc::kPurposesMax> out;
  for (std::size_t i = 1; i < registry::kPurposes; ++i) {
    ipc::PurposeRow row;
    row.purpose = static_cast<base::Purpose>(i);
    for (const auto* request : requests) {
      for (const auto purpose : request->purposes) row.notified |= purpose == row.purpose;
    }
    if (const auto* number = core.reg().number(person.id, row.purpose); number != nullptr) {
      row.held = true;
      row.sealed_at = number->sealed_at;
    }
    static_cast<void>(out.push(row));
  }
  return out;
}

// Of the people that the asker sees.
base::Result<> count_people(Context& context, ipc::GetDashboard::Reply& reply) {
  const auto& registry = context.core.reg();
  const Sight sight(context.core, context.actor);
  auto counts = registry.status_counts();
  if (sight.is_limited()) {
    counts = {};
    registry.each_person([&](const registry::Person& person) {
      if (sight.covers(person)) ++counts.at(static_cast<std::size_t>(registry.status(person.id)));
    });
  }
  for (std::size_t i = 0; i < counts.size(); ++i) {
    TRY(reply.statuses.push({static_cast<base::CollectionStatus>(i), counts.at(i)}));
  }
  const auto today = base::day_in_japan(context.core.wall());
  reply.approvals_waiting = registry.submissions(0, 1, sight.only()).total;
  reply.disposals_waiting = registry.disposals_waiting(context.actor.tenant);
  reply.leavers_holding_numbers = static_cast<std::uint32_t>(
      registry.disposal_candidates(today, registry::kPeopleMax, sight.only()).size());
  return {};
}

}  // namespace

Answer<ipc::GetDashboard> handle(Context& context, ipc::GetDashboard /*request*/) {
  Core& core = context.core;
  ipc::GetBudget ask;
  ask.account = context.actor.account;
  const auto budget = co_await core.audit.call(std::move(ask));
  const auto facts = co_await core.audit.call(ipc::GetAuditFacts{});
  ipc::GetDashboard::Reply reply;
  CO_CHECK(count_people(context, reply));
  reply.proposals_waiting = proposals_for(context);
  if (facts) core.facts = *facts;
  reply.log_entries = core.facts.size;
  reply.log_used_percent = core.facts.used_percent;
  reply.checkpoint_at = core.facts.checkpoint_at;
  reply.checkpoint_head = core.facts.root;
  reply.hsm_ok = facts.has_value() && core.facts.hsm_ok;
  reply.hsm_model = core.facts.hsm_model;
  reply.mechanism = core.facts.mechanism;
  reply.open = core.is_open(context.actor.role, context.peer->zone);
  reply.new_devices = core.reg().keyring(context.actor.account).notices;
  if (budget) {
    reply.reveals_left_hour = budget->left_hour;
    reply.reveals_left_day = budget->left_day;
  }
  co_return std::move(reply);
}

Answer<ipc::ListPeople> handle(Context& context, ipc::ListPeople request) {
  Core& core = context.core;
  registry::PeopleQuery query;
  query.text = request.query.view();
  query.status = request.status;
  query.kind = request.kind;
  query.group = request.group.view();
  query.tenant = context.actor.tenant;
  query.offset = request.offset;
  const Sight sight(core, context.actor);
  query.only = sight.only();
  const auto page = core.reg().people(query);
  ipc::ListPeople::Reply reply;
  reply.total = page.total;
  for (const auto* person : page.rows) {
    CO_TRY(auto row, row_of(core, person->id));
    CO_CHECK(reply.rows.push(std::move(row)));
  }
  for (const auto group : sight.groups()) {
    if (reply.groups.full()) break;
    CO_TRY(auto text, ipc::Text<64>::from(group));
    CO_CHECK(reply.groups.push(std::move(text)));
  }
  co_return std::move(reply);
}

Answer<ipc::GetPerson> handle(Context& context, ipc::GetPerson request) {
  Core& core = context.core;
  const auto* person = Sight(core, context.actor).person(request.person);
  if (person == nullptr) co_return fail(Code::kNotFound, "person");
  ipc::GetPerson::Reply reply;
  CO_TRY(reply.person, row_of(core, person->id));
  reply.birth = person->birth;
  reply.relation = person->relation;
  reply.declined_reason = person->declined_reason;
  if (person->head.valid()) {
    CO_TRY(reply.head, row_of(core, person->head));
  }
  for (const auto* dependant : core.reg().dependants_of(person->id)) {
    if (reply.dependants.full()) break;
    CO_TRY(auto row, row_of(core, dependant->id));
    CO_CHECK(reply.dependants.push(std::move(row)));
  }
  // A dependant is asked through the head.
  const auto requests = core.reg().requests_of(person->head.valid() ? person->head : person->id);
  reply.purposes = purposes_of(core, *person, requests);
  for (const auto* one : requests) {
    if (reply.requests.full()) break;
    CO_CHECK(reply.requests.push(row_of(core, *one)));
  }
  co_return std::move(reply);
}

Answer<ipc::SetLeaving> handle(Context& context, ipc::SetLeaving request) {
  Core& core = context.core;
  const auto held = co_await core.writes.lock();
  if (Sight(core, context.actor).person(request.person) == nullptr) {
    co_return fail(Code::kNotFound, "person");
  }
  CO_TRY(auto change, registry::set_leaving(core.reg(), request.person, request.leaving));
  auto entry = context.entry(base::CoreEvent::kPersonChanged);
  entry.person = request.person;
  CO_CHECK(co_await core.commit(std::move(entry), std::move(change)));
  co_return ipc::Done{};
}

}  // namespace core
