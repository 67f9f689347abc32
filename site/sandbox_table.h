// What kagikura-site may ask of the kernel: its socket, the site's files, the machine's addresses.
#pragma once

#include "base/result.h"
#include "site/requests.h"

namespace site {

base::Result<> lock_in(const Folders& folders);

}  // namespace site
