// How a program locks itself in, as the last step before its loop: no new privileges, no core
// dumps, no ptrace, limits, Landlock rules for the few paths, and a seccomp list of the few system
// calls. Whatever is not named is refused: a forbidden path gives EACCES, a forbidden call kills
// the process. Each program keeps its own table (sandbox_table.cpp) with a reason on every line.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"

namespace base::sandbox {

// A condition on one argument (0 to 5): (argument & mask) == value.
struct Argument {
  unsigned index = 0;
  std::uint64_t mask = ~std::uint64_t{0};
  std::uint64_t value = 0;
};

struct Call {
  const char* name;
  const char* reason;
  std::optional<Argument> only = std::nullopt;
  std::optional<Argument> also = std::nullopt;  // and this one
};

// A call that is refused with an error instead of death: for what libraries try and can do without.
struct Refusal {
  const char* name;
  int error;
  const char* reason;
};

// kCreate: may make new files and write them, neither read nor replace what is there.
// kReadWriteFolders: and make folders.
enum class Access : std::uint8_t { kRead, kReadWrite, kExecute, kCreate, kReadWriteFolders };

struct Path {
  std::string path;  // a folder (with all below it) or a file; must exist
  Access access = Access::kRead;
  const char* reason = "";
};

struct Profile {
  std::span<const Call> calls;
  std::span<const Refusal> refusals;
  std::vector<Path> paths;
  std::uint64_t descriptors_max = 64;  // RLIMIT_NOFILE
  std::uint64_t file_bytes_max = 0;    // RLIMIT_FSIZE; memory files count too
  bool may_fork = false;               // else RLIMIT_NPROC is 0
  // Written instead of death, for finding what a table lacks; never in a release build.
  bool log_only = false;
};

// What the kernel could not give, for the status page and the log. Landlock is missing before 5.13;
// without it seccomp alone must keep files shut, which it does where `paths` is empty.
struct Entered {
  int landlock_abi = 0;
  bool memory_deny_write_execute = false;
};

// kIo with the step's name as field when any step fails: a program that cannot lock itself in
// stops.
Result<Entered> enter(const Profile& profile);

// The first part of enter(), also for programs that must stay unsandboxed (tests, tools): dumpable
// off, core size 0.
Result<> no_dumps();

}  // namespace base::sandbox
