#include "daemon/use_grant.h"

namespace core {

base::Task<base::Result<>> use_grant(Context& context, base::GrantId grant, base::StepUpAct act,
                                     std::uint64_t ref) {
  context.core.grants.spend(grant);
  ipc::UseGrant use;
  use.actor = context.actor;
  use.grant = grant;
  use.act = act;
  use.ref = ref;
  const auto used = co_await context.core.audit.call(std::move(use));
  if (!used) co_return std::unexpected(used.error());
  co_return base::Result<>{};
}

}  // namespace core
