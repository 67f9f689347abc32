#include "daemon/sandbox_table.h"

#include <sched.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

namespace core {

namespace {

using base::sandbox::Access;
using base::sandbox::Argument;
using base::sandbox::Call;
using base::sandbox::Refusal;

// PROT_EXEC is never asked for: code is what was loaded at start.
constexpr Argument kNoExec{.index = 2, .mask = PROT_EXEC, .value = 0};
constexpr Argument kLocal{.index = 0, .value = AF_UNIX};

constexpr std::array kCalls = {
    // The loop.
    Call{"epoll_wait", "waits for connections, messages and signals"},
    Call{"epoll_pwait", "the same, as newer C libraries spell it"},
    Call{"epoll_ctl", "watches a connection, asks for room to write"},
    Call{"clock_gettime", "time where the vDSO cannot answer"},
    Call{"rt_sigreturn", "end of a signal handler of the C library or a sanitizer"},
    Call{"restart_syscall", "a wait that a stop signal interrupted"},
    // Connections: local ones only.
    Call{"accept4", "the web acceptor and the console connect"},
    Call{"socketpair", "the channel of each admitted browser", kLocal},
    Call{"socket", "connects to the audit process again", kLocal},
    Call{"connect", "the same"},
    Call{"getsockopt", "the uid of who connects (SO_PEERCRED)"},
    Call{"recvmsg", "receives messages"},
    Call{"sendmsg", "sends messages; tells the service manager"},
    Call{"fcntl", "non-blocking sockets; seals of memory files; duplicates for a queue"},
    Call{"close", "ends of connections, memory files"},
    Call{"read", "rosters in memory files; the signal descriptor; hashes that are done"},
    Call{"write", "the operational log on standard error; memory files; hashes that are done"},
    Call{"memfd_create", "memory files for large messages"},
    Call{"ftruncate", "their size"},
    Call{"lseek", "their start"},
    Call{"newfstatat", "their size"},
    Call{"fstat", "the same"},
    // The store: one file that is open already.
    Call{"pread64", "LMDB reads its meta pages"},
    Call{"pwrite64", "LMDB writes pages and, through a descriptor of its own, the meta page"},
    Call{"pwritev", "LMDB writes pages that lie side by side"},
    Call{"writev", "the same"},
    Call{"fdatasync", "makes pages durable"},
    Call{"fsync", "the same, when LMDB asks for all of it"},
    // Threads that hash passwords: no process, only threads of this one.
    Call{"eventfd2", "tells the loop that a hash is done"},
    Call{"clone", "starts the hashing threads",
         Argument{.index = 0, .mask = CLONE_THREAD, .value = CLONE_THREAD}},
    Call{"set_robust_list", "each thread's locks"},
    Call{"rseq", "each thread registers with the C library"},
    Call{"rt_sigprocmask", "thread start blocks signals for a moment"},
    Call{"sched_yield", "a lock that is nearly free"},
    Call{"sched_getaffinity", "the C library counts processors for its arenas"},
    Call{"futex", "locks between the threads"},
    Call{"gettid", "LMDB's reader table names the thread"},
    Call{"sigaltstack", "a sanitizer's or the C library's alternative stack"},
    // Memory and ends.
    Call{"mmap", "memory", kNoExec},
    Call{"mprotect", "memory of the allocator, guard pages of stacks", kNoExec},
    Call{"munmap", "memory"},
    Call{"mremap", "memory of large lists"},
    Call{"brk", "memory"},
    Call{"madvise", "memory given back; LMDB's access pattern"},
    Call{"getrandom", "tokens, ids, salts, nonces"},
    Call{"getpid", "libcrypto looks whether it was forked; LMDB"},
    Call{"geteuid", "who may connect besides the web and the console"},
    Call{"exit", "the end of a thread"},
    Call{"exit_group", "the end"},
    Call{"tgkill", "abort() after a broken invariant"},
    Call{"rt_sigaction", "abort() again"},
};

constexpr std::array kRefusals = {
    Refusal{"ioctl", ENOTTY, "the C library asks whether standard error is a terminal"},
    Refusal{"clone3", ENOSYS, "its flags cannot be checked; the C library falls back to clone"},
    Refusal{"openat", EACCES, "the C library looks for time zones and processor counts"},
    Refusal{"sched_setscheduler", EPERM, "thread start with default attributes tries it"},
    Refusal{"prctl", EPERM, "names of threads"},
};

}  // namespace

base::Result<> lock_in(const config::Config& config, const base::Log& log) {
  base::sandbox::Profile profile;
  profile.calls = kCalls;
  profile.refusals = kRefusals;
  profile.paths = {{config.store_dir(), Access::kReadWrite, "the store"},
                   {config.run, Access::kReadWrite, "connects to the audit process"}};
  profile.file_bytes_max = 2 * config.store_bytes + (std::uint64_t{64} << 20U);
  profile.descriptors_max = 64 + 2 * std::uint64_t{config.workers_max};
  // Threads count as processes for the limit; seccomp lets no process be made.
  profile.may_fork = true;
  const auto entered = TRY(base::sandbox::enter(profile));
  log.info("locked_in", {{"landlock", std::int64_t{entered.landlock_abi}}});
  return {};
}

}  // namespace core
