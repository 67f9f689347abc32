// The files that a site may change (docs/design/0040-image.md), made from typed values. Whatever is
// not exactly an address, a block, a host name or a time is refused by its field; no text that
// somebody typed reaches a file unless it is one of these.
#pragma once

#include <string>

#include "ipc/console_site.h"

namespace site {

// systemd.network(5)
base::Result<std::string> network_file(const ipc::SetNetwork& wanted);
// One host name and a line feed.
base::Result<std::string> host_file(const ipc::SetNetwork& wanted);
// config/: [[zone]] tables.
base::Result<std::string> zones_file(const ipc::SetZones& wanted);
// nft(8): elements of the sets zones4 and zones6 of table inet kagikura.
base::Result<std::string> filter_file(const ipc::SetZones& wanted);
// chrony.conf(5), sourcedir.
base::Result<std::string> time_file(const ipc::SetTimeServers& wanted);
// Seconds since 1970, between 2025 and 2100.
base::Result<std::string> clock_file(const ipc::SetClock& wanted);

}  // namespace site
