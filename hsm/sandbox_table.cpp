#include "hsm/sandbox_table.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

#include "hsm/durability.h"
#include "ipc/wire.h"

namespace hsm {

namespace {

using base::sandbox::Access;
using base::sandbox::Argument;
using base::sandbox::Call;
using base::sandbox::Refusal;

// No bit of `bits` may be set.
constexpr Argument without(unsigned index, std::uint64_t bits) { return {index, bits, 0}; }

// fcntl(2): one command.
constexpr Argument command(std::uint64_t value) { return {.index = 1, .value = value}; }

constexpr std::array kCalls{
    // ---- the edge to the audit process
    Call{"poll", "waiting for the client, for the end"},
    Call{"accept4", "the client"},
    Call{"getsockopt", "the client's user"},
    Call{"geteuid", "is it ours"},
    Call{"recvmsg", "requests"},
    Call{"sendmsg", "answers"},
    Call{"memfd_create", "answers over 60 KiB"},
    Call{"pread64", "requests over 60 KiB"},
    Call{"setitimer", "the watchdog of module calls"},
    Call{"rt_sigreturn", "its ticks"},
    // ---- the token's files (Landlock: its folder only)
    Call{"openat", "keys, their locks, the token's generation"},
    Call{"read", "as above"},
    Call{"write", "as above; the log on standard error"},
    Call{"lseek", "as above"},
    Call{"fcntl", "locks of the token's files", command(F_SETLK)},
    Call{"fcntl", "as above", command(F_SETLKW)},
    Call{"fcntl", "how was this opened", command(F_GETFL)},
    Call{"fcntl", "the token's files are not for other programs", command(F_SETFD)},
    Call{"fcntl", "is this memory file sealed", command(F_GET_SEALS)},
    Call{"fcntl", "sealing a memory file", command(F_ADD_SEALS)},
    Call{"newfstatat", "as fstat; which files changed and need a sync"},
    Call{"ftruncate", "keys are rewritten in place"},
    Call{"mkdir", "the embedded token at set-up: a folder in its folder"},
    Call{"unlink", "destroyed keys, their locks"},
    Call{"getdents64", "which keys are there"},
    Call{"fsync", "a key that was made or destroyed is so after a power failure"},
    Call{"close", "files, descriptors"},
    // ---- every program
    Call{"clock_nanosleep", "as nanosleep, by newer C libraries"},
    Call{"mmap", "memory", without(2, PROT_EXEC)},
    Call{"munmap", "memory"},
    Call{"mremap", "memory"},
    Call{"brk", "memory"},
    Call{"futex", "locks in the libraries"},
    Call{"clock_gettime", "time, where the kernel has no vDSO for it"},
    Call{"getrandom", "IVs, salts; the libraries' generators"},
    Call{"getpid", "has this process been forked, asks the libraries' generator"},
    Call{"restart_syscall", "a wait after a stop"},
    Call{"exit_group", "the end"},
};

constexpr std::array kRefusals{
    Refusal{"socket", EACCES,
            "the module's own log would go to the system's; ours says what failed"},
    Refusal{"sysinfo", ENOSYS, "the C library guesses how much to sort in memory"},
};

}  // namespace

base::sandbox::Profile sandbox_profile() {
  base::sandbox::Profile out;
  out.calls = kCalls;
  out.refusals = kRefusals;
  if (const auto place = SoftHsmPlace::find()) {
    out.paths.push_back({place->configuration, Access::kRead, "each life reads it"});
    out.paths.push_back({place->folder, Access::kReadWriteFolders, "the token's keys"});
  }
  out.descriptors_max = 64;
  out.file_bytes_max = ipc::kBodyMax;  // an answer in a memory file; keys are far smaller
  return out;
}

}  // namespace hsm
