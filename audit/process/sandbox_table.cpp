#include "audit/process/sandbox_table.h"

#include <fcntl.h>
#include <linux/memfd.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <array>

namespace audit::process {

namespace {

using base::sandbox::Access;
using base::sandbox::Argument;
using base::sandbox::Call;

// PROT_EXEC is never asked for: code is what was loaded at start.
constexpr Argument kNoExec{.index = 2, .mask = PROT_EXEC, .value = 0};

// fcntl(2): one command.
constexpr Argument command(std::uint64_t value) { return {.index = 1, .value = value}; }

constexpr std::array kCalls = {
    // The loop.
    Call{"epoll_wait", "waits for core, the hsm process and signals"},
    Call{"epoll_ctl", "watches a connection, asks for room to write"},
    Call{"clock_gettime", "time stamps where the vDSO cannot answer"},
    // Connections: local ones only.
    Call{"accept4", "core connects"},
    Call{"socket", "connects to the hsm process again", Argument{.index = 0, .value = AF_UNIX}},
    Call{"connect", "the same"},
    Call{"getsockopt", "the uid of who connects (SO_PEERCRED)"},
    Call{"recvmsg", "receives messages"},
    Call{"sendmsg", "sends messages; tells the service manager"},
    Call{"fcntl", "does this socket block", command(F_GETFL)},
    Call{"fcntl", "sockets that do not block", command(F_SETFL)},
    Call{"fcntl", "duplicates for a queue", command(F_DUPFD_CLOEXEC)},
    Call{"fcntl", "is this memory file sealed", command(F_GET_SEALS)},
    Call{"fcntl", "sealing a memory file", command(F_ADD_SEALS)},
    Call{"close", "ends of connections, old segments"},
    // The log.
    Call{"openat", "the next segment (Landlock: the log's folder only)"},
    Call{"pread64", "reads entries for queries and exports"},
    Call{"pwrite64", "appends"},
    Call{"fdatasync", "makes entries durable"},
    Call{"fsync", "makes the folder's names durable"},
    Call{"rename", "gives a prepared segment its name"},
    Call{"fstatfs", "how much room the disk has left"},
    Call{"write", "the operational log on standard error; memory files"},
    // Exports and large messages.
    Call{"memfd_create", "memory files for exports and large messages"},
    Call{"lseek", "their start"},
    // Memory and ends.
    Call{"mmap", "memory", kNoExec},
    Call{"munmap", "memory"},
    Call{"mremap", "memory of large lists"},
    Call{"brk", "memory"},
    Call{"futex", "locks inside libcrypto and the C library"},
    Call{"getrandom", "ids of grants, the log's name"},
    Call{"geteuid", "who may connect besides core's user"},
    Call{"exit_group", "the end"},
};

}  // namespace

base::Result<> lock_in(const config::Config& config, const base::Log& diary) {
  base::sandbox::Profile profile;
  profile.calls = kCalls;
  profile.paths = {{config.log_dir(), Access::kReadWrite, "segments and checkpoints"}};
  // An export holds every line once, and the tiles and proofs beside them.
  profile.file_bytes_max = 2 * config.log_bytes + (std::uint64_t{64} << 20U);
  // Segments stay open: two for each the log may have room for would be more than enough.
  profile.descriptors_max = 64 + 2 * (config.log_bytes / config.log_segment_bytes + 2);
  const auto entered = TRY(base::sandbox::enter(profile));
  diary.info("locked_in", {{"landlock", std::int64_t{entered.landlock_abi}}});
  return {};
}

}  // namespace audit::process
