#include "console/sandbox_table.h"

#include <asm/ioctls.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <array>

#include "base/sandbox.h"

namespace console {

namespace {

using base::sandbox::Access;
using base::sandbox::Argument;
using base::sandbox::Call;

// PROT_EXEC is never asked for: code is what was loaded at start.
constexpr Argument kNoExec{.index = 2, .mask = PROT_EXEC, .value = 0};
// A file that must not exist yet, to write.
constexpr Argument kNewFile{
    .index = 2, .mask = O_ACCMODE | O_CREAT | O_EXCL, .value = O_WRONLY | O_CREAT | O_EXCL};

constexpr Argument command(std::uint64_t value) { return {.index = 1, .value = value}; }

constexpr std::array kCalls = {
    // The terminal.
    Call{"read", "what is typed"},
    Call{"write", "what is said; an export"},
    Call{"ioctl", "is this a terminal, how is it set", command(TCGETS)},
    Call{"ioctl", "no echo while a PIN is typed, what was typed before is dropped",
         command(TCSETSF)},
    // Core: a connection for each request.
    Call{"socket", "core's socket", Argument{.index = 0, .value = AF_UNIX}},
    Call{"connect", "the same"},
    Call{"setsockopt", "the longest wait for an answer"},
    Call{"sendmsg", "requests"},
    Call{"recvmsg", "answers"},
    Call{"poll", "requests that take long"},
    Call{"restart_syscall", "a wait after a stop"},
    Call{"fcntl", "is an export sealed", command(F_GET_SEALS)},
    Call{"close", "the end of a request"},
    // The export.
    Call{"openat", "the export's new file", kNewFile},
    Call{"lseek", "the size of an export"},
    Call{"pread64", "an export as core hands it over"},
    // Memory and the end.
    Call{"mmap", "memory", kNoExec},
    Call{"munmap", "memory"},
    Call{"mremap", "memory"},
    Call{"brk", "memory"},
    Call{"clock_gettime", "time where the vDSO cannot answer"},
    Call{"exit_group", "the end"},
};

constexpr std::array kUnattendedCalls{
    Call{"socket", "a connection for each look at core", Argument{.index = 0, .value = AF_UNIX}},
    Call{"connect", "the same"},
    Call{"setsockopt", "its time-out"},
    Call{"poll", "an answer that takes long"},
    Call{"restart_syscall", "a wait after a stop"},
    Call{"sendmsg", "questions to core; the service manager"},
    Call{"recvmsg", "answers of core"},
    Call{"openat", "the PIN (Landlock: its file only)"},
    Call{"read", "the PIN"},
    Call{"close", "file and connections"},
    Call{"write", "the operational log"},
    Call{"clock_nanosleep", "between two looks"},
    Call{"clock_gettime", "time, where the kernel has no vDSO for it"},
    Call{"mmap", "memory", kNoExec},
    Call{"munmap", "memory"},
    Call{"mremap", "memory"},
    Call{"brk", "memory"},
    Call{"exit_group", "the end"},
};

constexpr std::uint64_t kExportMax = std::uint64_t{1} << 32U;

}  // namespace

base::Result<> lock_in() {
  base::sandbox::Profile profile;
  profile.calls = kCalls;
  profile.paths = {{"/", Access::kCreate, "an export, where its operator wants it"}};
  profile.descriptors_max = 16;
  profile.file_bytes_max = kExportMax;
  TRY(base::sandbox::enter(profile));
  return {};
}

base::Result<> lock_in_unattended(const std::string& pin_file) {
  base::sandbox::Profile profile;
  profile.calls = kUnattendedCalls;
  profile.paths = {{pin_file, Access::kRead, "the PIN"}};
  profile.descriptors_max = 16;
  TRY(base::sandbox::enter(profile));
  return {};
}

}  // namespace console
