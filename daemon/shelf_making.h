// New shelves: a key in the HSM first, then a record. A key without a record is destroyed at the
// next unlock.
#pragma once

#include "daemon/core.h"
#include "daemon/registry/shelves.h"

namespace core {

// Opens the shelves that a plan lacks. Not under `writes`; the plan is made again after it.
base::Task<base::Result<>> make_shelves(Core& core, std::vector<registry::ShelfNeed> needs);

}  // namespace core
