// Carrying out a disposal in the crash order of the design: survivors on new shelves, store
// committed twice, old keys destroyed and looked for, new epoch, certificate. Each phase is
// committed before the next begins, so that a restart finishes what was begun; nothing here is done
// twice with another result.
#pragma once

#include "daemon/core.h"

namespace core {

// From the disposal's recorded phase to its end. kState unless it is approved. One at a time.
base::Task<base::Result<>> carry_out(Core& core, base::DisposalId disposal, ipc::Actor actor);

// Finishes what a crash, or a fault of the HSM, has cut off; nothing when there is nothing.
base::Task<void> resume_disposal(Core& core);

}  // namespace core
