// What the acceptor may still do once it listens. Its workers are born under these rules and add
// their own, so what starts a program (the loader reading libraries) has to be in here too;
// Landlock keeps it to the libraries' folders and the one program.
#pragma once

#include <string>

#include "base/sandbox.h"

namespace web {

// `worker_path` is the one program that may be executed; `socket_folder` holds core's socket.
base::sandbox::Profile acceptor_profile(const std::string& worker_path, std::uint32_t workers_max);

}  // namespace web
