#include "daemon/sandbox_table.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

namespace core {

namespace {

using base::sandbox::Argument;
using base::sandbox::Call;
using base::sandbox::Refusal;

// PROT_EXEC is never asked for: code is what was loaded at start.
constexpr Argument kNoExec{.index = 2, .mask = PROT_EXEC, .value = 0};
// What pthread_create(3) asks for, to the bit: no process, no namespace.
constexpr std::uint64_t kThread = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD |
                                  CLONE_SYSVSEM | CLONE_SETTLS | CLONE_PARENT_SETTID |
                                  CLONE_CHILD_CLEARTID;
constexpr Argument kLocal{.index = 0, .value = AF_UNIX};

// fcntl(2): one command.
constexpr Argument command(std::uint64_t value) { return {.index = 1, .value = value}; }

constexpr std::array kCalls = {
    // The loop.
    Call{"epoll_wait", "waits for connections, messages and signals"},
    Call{"epoll_ctl", "watches a connection, asks for room to write"},
    Call{"clock_gettime", "time where the vDSO cannot answer"},
    // Connections: local ones only.
    Call{"accept4", "the web acceptor and the console connect"},
    Call{"socketpair", "the channel of each admitted browser", kLocal},
    Call{"socket", "connects to the audit process again", kLocal},
    Call{"connect", "the same"},
    Call{"getsockopt", "the uid of who connects (SO_PEERCRED)"},
    Call{"geteuid", "is it ours, where the configuration names no users"},
    Call{"recvmsg", "receives messages"},
    Call{"sendmsg", "sends messages; tells the service manager"},
    Call{"fcntl", "does this socket block", command(F_GETFL)},
    Call{"fcntl", "sockets that do not block", command(F_SETFL)},
    Call{"fcntl", "LMDB marks its place in the table of readers", command(F_SETLK)},
    Call{"fcntl", "duplicates for a queue", command(F_DUPFD_CLOEXEC)},
    Call{"fcntl", "is this memory file sealed", command(F_GET_SEALS)},
    Call{"fcntl", "sealing a memory file", command(F_ADD_SEALS)},
    Call{"close", "ends of connections, memory files"},
    Call{"read", "rosters in memory files; the signal descriptor; hashes that are done"},
    Call{"write", "the operational log on standard error; memory files; hashes that are done"},
    Call{"memfd_create", "memory files for large messages"},
    Call{"lseek", "their start"},
    // The store: one file that is open already.
    Call{"pread64", "LMDB reads its meta pages"},
    Call{"pwrite64", "LMDB writes pages and, through a descriptor of its own, the meta page"},
    Call{"writev", "the same"},
    Call{"fdatasync", "makes pages durable"},
    // Threads that hash passwords: no process, only threads of this one.
    Call{"eventfd2", "tells the loop that a hash is done"},
    Call{"clone", "starts the hashing threads", Argument{.index = 0, .value = kThread}},
    Call{"sched_setscheduler", "strangers' hashes give way to everybody's work",
         Argument{.index = 0, .value = 0}, Argument{.index = 1, .value = SCHED_IDLE}},
    Call{"set_robust_list", "each thread's locks"},
    Call{"rseq", "each thread registers with the C library"},
    Call{"rt_sigprocmask", "thread start blocks signals for a moment"},
    Call{"sched_getaffinity", "the C library counts processors for its arenas"},
    Call{"futex", "locks between the threads"},
    // Memory and ends.
    Call{"mmap", "memory", kNoExec},
    Call{"mprotect", "memory of the allocator, guard pages of stacks", kNoExec},
    Call{"munmap", "memory"},
    Call{"mremap", "memory of large lists"},
    Call{"brk", "memory"},
    Call{"madvise", "memory given back; LMDB's access pattern"},
    Call{"getrandom", "tokens, ids, salts, nonces"},
    Call{"getpid", "libcrypto looks whether it was forked; LMDB"},
    Call{"exit", "the end of a thread"},
    Call{"exit_group", "the end"},
    Call{"rt_sigaction", "the first thread: the C library's own signals"},
};

constexpr std::array kRefusals = {
    Refusal{"clone3", ENOSYS, "its flags cannot be checked; the C library falls back to clone"},
    Refusal{"openat", EACCES, "the C library looks for processor counts and time zones"},
};

}  // namespace

base::Result<> lock_in(const config::Config& config, const base::Log& log) {
  base::sandbox::Profile profile;
  profile.calls = kCalls;
  profile.refusals = kRefusals;
  // No paths: the store's file is open already, and connecting to a socket is no access to files.
  profile.file_bytes_max = 2 * config.store_bytes + (std::uint64_t{64} << 20U);
  profile.descriptors_max = 64 + 2 * std::uint64_t{config.workers_max};
  // Threads count as processes for the limit; seccomp lets no process be made.
  profile.may_fork = true;
  const auto entered = TRY(base::sandbox::enter(profile));
  log.info("locked_in", {{"landlock", std::int64_t{entered.landlock_abi}}});
  return {};
}

}  // namespace core
