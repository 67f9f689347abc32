// What the mail program may do once it has begun: speak to core and to the relay.
#pragma once

#include "base/result.h"

namespace mail {

base::Result<> lock_in();

}  // namespace mail
