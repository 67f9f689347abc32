#include "audit/process/sandbox_table.h"

#include <linux/memfd.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

namespace audit::process {

namespace {

using base::sandbox::Access;
using base::sandbox::Argument;
using base::sandbox::Call;
using base::sandbox::Refusal;

// PROT_EXEC is never asked for: code is what was loaded at start.
constexpr Argument kNoExec{.index = 2, .mask = PROT_EXEC, .value = 0};

constexpr std::array kCalls = {
    // The loop.
    Call{"epoll_wait", "waits for core, the hsm process and signals"},
    Call{"epoll_pwait", "the same, as newer C libraries spell it"},
    Call{"epoll_ctl", "watches a connection, asks for room to write"},
    Call{"clock_gettime", "time stamps where the vDSO cannot answer"},
    Call{"rt_sigreturn", "end of a signal handler of the C library or a sanitizer"},
    // Connections: local ones only.
    Call{"accept4", "core connects"},
    Call{"socket", "connects to the hsm process again", Argument{.index = 0, .value = AF_UNIX}},
    Call{"connect", "the same"},
    Call{"getsockopt", "the uid of who connects (SO_PEERCRED)"},
    Call{"recvmsg", "receives messages"},
    Call{"sendmsg", "sends messages; tells the service manager"},
    Call{"fcntl", "non-blocking sockets; seals of memory files; duplicates for a queue"},
    Call{"close", "ends of connections, old segments"},
    // The log.
    Call{"openat", "the next segment (Landlock: the log's folder only)"},
    Call{"pread64", "reads entries for queries and exports"},
    Call{"pwrite64", "appends"},
    Call{"fdatasync", "makes entries durable"},
    Call{"fsync", "makes the folder's names durable"},
    Call{"rename", "gives a prepared segment its name"},
    Call{"renameat", "the same, as some C libraries spell it"},
    Call{"renameat2", "the same"},
    Call{"newfstatat", "sizes of files"},
    Call{"fstat", "the same"},
    Call{"write", "the operational log on standard error; memory files"},
    // Exports and large messages.
    Call{"memfd_create", "memory files for exports and large messages"},
    Call{"ftruncate", "their size"},
    Call{"lseek", "their start"},
    Call{"read", "memory files that core sends; the signal descriptor"},
    // Memory and ends.
    Call{"mmap", "memory", kNoExec},
    Call{"mprotect", "memory of the allocator", kNoExec},
    Call{"munmap", "memory"},
    Call{"mremap", "memory of large lists"},
    Call{"brk", "memory"},
    Call{"madvise", "memory given back"},
    Call{"futex", "locks inside libcrypto and the C library"},
    Call{"getrandom", "ids of grants, the log's name"},
    Call{"getpid", "libcrypto looks whether it was forked"},
    Call{"geteuid", "who may connect besides core's user"},
    Call{"restart_syscall", "a wait that a stop signal interrupted"},
    Call{"exit", "the end"},
    Call{"exit_group", "the end"},
};

constexpr std::array kRefusals = {
    Refusal{"ioctl", ENOTTY, "the C library asks whether standard error is a terminal"},
};

}  // namespace

base::Result<> lock_in(const config::Config& config, const base::Log& diary) {
  base::sandbox::Profile profile;
  profile.calls = kCalls;
  profile.refusals = kRefusals;
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
