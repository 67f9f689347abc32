// The commands of kagikura that talk to core over the console's socket. Each prints its result on
// standard output, its complaint on standard error, and returns the exit code that its man page
// promises.
#pragma once

#include <cstdint>
#include <string>

namespace cli {

enum class Format : std::uint8_t { kText, kJson };

// 0: operational; 1: core does not answer, or another error; 2: answers, but is not operational.
int status_command(const std::string& socket, Format format);

// Writes the signed export of the whole log to a new file. 0: written; 1: not.
int export_command(const std::string& socket, const std::string& path, Format format);

}  // namespace cli
