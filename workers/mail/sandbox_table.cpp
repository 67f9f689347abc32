#include "workers/mail/sandbox_table.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

#include "base/sandbox.h"

namespace mail {

namespace {

using base::sandbox::Argument;
using base::sandbox::Call;
using base::sandbox::Refusal;

// PROT_EXEC is never asked for: code is what was loaded at start.
constexpr Argument kNoExec{.index = 2, .mask = PROT_EXEC, .value = 0};
constexpr Argument first(std::uint64_t value) { return {.index = 0, .value = value}; }
constexpr Argument second(std::uint64_t value) { return {.index = 1, .value = value}; }

constexpr std::array kCalls{
    Call{"write", "the operational log; libcurl wakes itself"},
    Call{"read", "the other end of that"},
    Call{"socket", "questions to core", first(AF_UNIX)},
    Call{"socket", "the relay", first(AF_INET)},
    Call{"socket", "the relay", first(AF_INET6)},
    Call{"socketpair", "libcurl wakes itself", first(AF_UNIX)},
    Call{"connect", "core and the relay"},
    Call{"getsockopt", "whether a connection came about"},
    Call{"setsockopt", "time-outs; no delay"},
    Call{"getsockname", "libcurl remembers both ends"},
    Call{"getpeername", "the same"},
    Call{"fcntl", "a socket that does not block", second(F_GETFL)},
    Call{"fcntl", "the same", second(F_SETFL)},
    Call{"poll", "answers, and connections that come about"},
    Call{"restart_syscall", "a wait after a stop"},
    Call{"recvfrom", "bytes of the relay"},
    Call{"sendto", "bytes to it"},
    Call{"sendmsg", "questions to core; the service manager"},
    Call{"recvmsg", "answers of core"},
    Call{"close", "ends of connections"},
    Call{"getrandom", "TLS"},
    Call{"getpid", "libcrypto looks whether it was forked"},
    Call{"futex", "locks inside libcrypto"},
    Call{"rt_sigaction", "libcurl looks away from a pipe that broke"},
    Call{"clock_nanosleep", "between two looks at the queue"},
    Call{"clock_gettime", "time, where the kernel has no vDSO for it"},
    Call{"mmap", "memory", kNoExec},
    Call{"munmap", "memory"},
    Call{"mremap", "memory"},
    Call{"brk", "memory"},
    Call{"exit_group", "the end"},
};

constexpr std::array kRefusals{
    Refusal{"openat", EACCES, "libcrypto looks for settings and more certificates, in vain"},
};

}  // namespace

base::Result<> lock_in() {
  base::sandbox::Profile profile;
  profile.calls = kCalls;
  profile.refusals = kRefusals;
  profile.descriptors_max = 32;
  profile.file_bytes_max = std::uint64_t{1} << 20;  // the operational log, where that is a file
  TRY(base::sandbox::enter(profile));
  return {};
}

}  // namespace mail
