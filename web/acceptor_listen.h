// The listening sockets of the web: what systemd passes under the name "https" (LISTEN_FDNAMES, see
// sd_listen_fds(3)), else one for each configured address. Used by the acceptor only.
#pragma once

#include <span>
#include <vector>

#include "base/fd.h"
#include "config/config.h"

namespace web {

inline constexpr std::size_t kListenersMax = 16;

// Non-blocking and close-on-exec. kMissing when there is nothing to listen on, kIo (with the step
// as field) when an address cannot be had.
base::Result<std::vector<base::Fd>> listen_all(std::span<const config::Endpoint> configured);

}  // namespace web
