// An entry of the audit log as RFC 5424 says it, in the frame of RFC 5425. The entry's own words
// and identifiers are its structured data; sign-in names stay in the log.
#pragma once

#include <string>

#include "ipc/worker_core.h"

namespace monitor {

// "123 <110>1 2026-11-23T..." without an end of line: the count is the frame.
std::string framed(const ipc::LogRow& row, std::string_view host);

// The same for what was not sent: `count` entries from `from` on.
std::string framed_gap(std::uint64_t from, std::uint64_t count, base::WallTime now,
                       std::string_view host);

}  // namespace monitor
