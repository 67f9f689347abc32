// The listening sockets of the web: what systemd passes under the names "https" (pages) and "api"
// (LISTEN_FDNAMES, see sd_listen_fds(3)), else one for each configured address. Used by the
// acceptor only.
#pragma once

#include <span>
#include <vector>

#include "base/fd.h"
#include "config/config.h"

namespace web {

inline constexpr std::size_t kListenersMax = 16;

struct ListeningSocket {
  base::Fd fd;
  base::Listener listener = base::Listener::kPages;
};

// Non-blocking and close-on-exec. kMissing when there is nothing to listen on for pages, kIo (with
// the step as field) when an address cannot be had. The listener of other systems need not be.
base::Result<std::vector<ListeningSocket>> listen_all(std::span<const config::Endpoint> pages,
                                                      std::span<const config::Endpoint> api);

}  // namespace web
