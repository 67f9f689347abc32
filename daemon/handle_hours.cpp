// Opening hours (業務時間) and work outside of them: proposed here, in force when others have
// agreed (effects.h).
#include "daemon/effects.h"
#include "daemon/handlers.h"

namespace core {

using base::Code;
using base::fail;

Answer<ipc::GetHours> handle(Context& context, ipc::GetHours /*request*/) {
  Core& core = context.core;
  ipc::GetHours::Reply reply;
  reply.open = core.is_open(context.actor.role, context.actor.zone);
  reply.now = core.wall();
  const auto* hours = core.reg().hours();
  if (hours == nullptr) co_return std::move(reply);
  reply.rows = hours->rows;
  const policy::Moment now = core.moment();
  for (const auto& one : hours->emergencies) {
    if (now.wall >= one.ends || now.run_ms >= one.ends_run_ms) continue;
    CO_CHECK(reply.emergencies.push({one.roles, one.ends}));
  }
  co_return std::move(reply);
}

Answer<ipc::ProposeHours> handle(Context& context, ipc::ProposeHours request) {
  registry::ProposalContent content;
  content.kind = base::ProposalKind::kHours;
  content.hours = std::move(request.rows);
  co_return co_await propose(context, std::move(content), request.revises);
}

Answer<ipc::AskEmergency> handle(Context& context, ipc::AskEmergency request) {
  registry::ProposalContent content;
  content.kind = base::ProposalKind::kEmergency;
  content.role = context.actor.role;
  content.minutes = request.minutes;
  content.phrase = std::move(request.reason);
  co_return co_await propose(context, std::move(content), {});
}

}  // namespace core
