// Epochs of the store: each has an HSM key that vouches for the store's state and dies when the
// next one begins, so that an older copy of the store opens no more (guarantee G7).
#pragma once

#include "daemon/core.h"

namespace core {

// Begins the next epoch in the design's crash order: new key, store under it (committed twice), old
// key destroyed and looked for. Answers the new epoch's number. Not under `writes`.
base::Task<base::Result<std::uint64_t>> next_epoch(Core& core, ipc::Actor actor);

// Destroys every epoch key but the store's own: the last part of the above, and at unlock what a
// crash left behind.
base::Task<base::Result<>> drop_other_epochs(Core& core, ipc::Actor actor);

}  // namespace core
