// Rosters: read and looked at first, imported as a second step, all or nothing.
#include <malloc.h>

#include "daemon/clients.h"
#include "daemon/digest.h"
#include "daemon/handlers.h"
#include "daemon/rows.h"
#include "daemon/scope.h"

namespace core {

using base::Code;
using base::fail;

namespace {

// Previews hold whole files: one a session, few in all.
constexpr std::size_t kPreviewsMax = 16;

// Of another system: whichever of its connections made it.
bool is_of(const Context& context, const Preview& preview) {
  return preview.account == context.actor.account && preview.session == context.actor.session;
}

base::PreviewId keep(Context& context, registry::Roster roster, const registry::RosterPlan& plan) {
  Core& core = context.core;
  std::erase_if(core.previews,
                [&context](const auto& entry) { return is_of(context, entry.second); });
  while (core.previews.size() >= kPreviewsMax) {
    auto oldest = core.previews.begin();
    for (auto it = core.previews.begin(); it != core.previews.end(); ++it) {
      if (it->second.made < oldest->second.made) oldest = it;
    }
    core.previews.erase(oldest);
  }
  const base::PreviewId id{core.random().id()};
  core.previews.emplace(id, Preview{context.actor.account, context.actor.session, std::move(roster),
                                    plan.added, plan.changed, core.mono()});
  return id;
}

base::Result<registry::RosterImport> import_roster(Context& context,
                                                   const registry::Roster& roster) {
  const Sight sight(context.core, context.actor);
  return registry::import_roster(context.core.reg(), roster, context.core.wall(), sight.only(),
                                 context.actor.tenant);
}

ipc::PersonRow sample_row(const registry::Person& person) {
  ipc::PersonRow row;
  row.id = person.id;
  row.employee_no = person.employee_no;
  row.name = person.name;
  row.kana = person.kana;
  row.kind = person.kind;
  row.group = person.group;
  row.leaving = person.leaving;
  return row;
}

}  // namespace

Answer<ipc::PreviewRoster> handle(Context& context, ipc::PreviewRoster request) {
  Core& core = context.core;
  if (!request.csv.valid()) co_return fail(Code::kMissing, "file");
  CO_TRY(const auto bytes, base::read_sealed(request.csv, ipc::kRosterMax));
  auto roster = registry::parse_roster(core.environment().cp932, bytes);
  const Sight sight(core, context.actor);
  const auto plan = registry::plan_roster(core.reg(), roster, sight.only(), context.actor.tenant);
  ipc::PreviewRoster::Reply reply;
  CO_TRY(reply.encoding, ipc::Text<16>::from(roster.encoding));
  reply.added = plan.added;
  reply.changed = plan.changed;
  reply.unchanged = plan.unchanged;
  reply.dependants = plan.dependants;
  reply.problems_total = plan.problems.total();
  for (const auto& problem : plan.problems.listed()) {
    if (reply.problems.full()) break;
    CO_CHECK(reply.problems.push(problem));
  }
  for (const auto& person : plan.sample) {
    if (reply.sample.full()) break;
    CO_CHECK(reply.sample.push(sample_row(person)));
  }
  if (plan.problems.empty()) reply.preview = keep(context, std::move(roster), plan);
  co_return std::move(reply);
}

Answer<ipc::ImportRoster> handle(Context& context, ipc::ImportRoster request) {
  Core& core = context.core;
  const auto held = co_await core.writes.lock();
  ipc::Encoder encoder;
  encoder.put(request.preview);
  const auto digest = sha256(encoder.view());
  CO_TRY(const auto before, done_before(context, request.idempotency, digest));
  if (before) co_return ipc::ImportRoster::Reply{before->first, before->second, true};
  const auto found = core.previews.find(request.preview);
  if (found == core.previews.end() || !is_of(context, found->second)) {
    co_return fail(Code::kNotFound, "preview");
  }
  CO_TRY(auto import, import_roster(context, found->second.roster));
  if (context.actor.role == base::Role::kApiClient &&
      (import.added != found->second.added || import.changed != found->second.changed)) {
    // Nobody looks at what a system overwrites: somebody has changed these people meanwhile.
    co_return fail(Code::kConflict, "preview");
  }
  auto entry = context.entry(base::CoreEvent::kRosterImported);
  entry.ref = request.preview.value;
  entry.count = std::uint64_t{import.added} + import.changed;
  remember(context, request.idempotency, digest, import.added, import.changed, import.change);
  CO_CHECK(co_await core.commit(std::move(entry), std::move(import.change)));
  core.previews.erase(request.preview);
  // A file of many thousand people is taken apart in as many small pieces: given back at once.
  ::malloc_trim(0);
  co_return ipc::ImportRoster::Reply{import.added, import.changed, false};
}

}  // namespace core
