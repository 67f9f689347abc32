// What a web worker may still do once TLS and HTTP are set up: move bytes on the descriptors that
// it has, use memory, read the clock, end. No file, no socket, no other process.
#pragma once

#include "base/sandbox.h"

namespace web {

base::sandbox::Profile worker_profile();

}  // namespace web
