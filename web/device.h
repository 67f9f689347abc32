// What a browser says that it is, as one of a few words: for its owner to recognise in a list. The
// text itself goes no further than here.
#pragma once

#include <string_view>

#include "ipc/worker_self.h"

namespace web {

// From the User-Agent header (RFC 9110, 10.1.5); kOther for what is not one of ours.
ipc::Device device_of(std::string_view user_agent);

}  // namespace web
