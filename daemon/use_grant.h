// Uses up a grant for an act other than a reveal: here, and in audit, which keeps its own list.
#pragma once

#include "daemon/context.h"

namespace core {

// `ref` is what the act is about, as at the re-authentication. The error is audit's.
base::Task<base::Result<>> use_grant(Context& context, base::GrantId grant, base::StepUpAct act,
                                     std::uint64_t ref = 0);

}  // namespace core
