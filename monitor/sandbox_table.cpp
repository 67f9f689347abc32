#include "monitor/sandbox_table.h"

#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

#include "base/sandbox.h"

namespace monitor {

namespace {

using base::sandbox::Argument;
using base::sandbox::Call;
using base::sandbox::Refusal;

// PROT_EXEC is never asked for: code is what was loaded at start.
constexpr Argument kNoExec{.index = 2, .mask = PROT_EXEC, .value = 0};
constexpr Argument domain(std::uint64_t value) { return {.index = 0, .value = value}; }

constexpr std::array kMetricsCalls{
    Call{"read", "bytes of the browser, as OpenSSL asks for them"},
    Call{"write", "bytes to it; the operational log"},
    Call{"socket", "one question to core", domain(AF_UNIX)},
    Call{"connect", "the same"},
    Call{"setsockopt", "its time-out"},
    Call{"poll", "an answer that takes long"},
    Call{"restart_syscall", "a wait after a stop"},
    Call{"sendmsg", "the question"},
    Call{"recvmsg", "the answer"},
    Call{"close", "ends of connections"},
    Call{"getrandom", "TLS"},
    Call{"getpid", "libcrypto looks whether it was forked"},
    Call{"futex", "locks inside libcrypto"},
    Call{"clock_gettime", "time, where the kernel has no vDSO for it"},
    Call{"mmap", "memory", kNoExec},
    Call{"munmap", "memory"},
    Call{"mremap", "memory"},
    Call{"brk", "memory"},
    Call{"exit_group", "the end"},
};

constexpr std::array kSyslogCalls{
    Call{"read", "bytes of the collector"},
    Call{"write", "bytes to it; the operational log"},
    Call{"socket", "questions to core", domain(AF_UNIX)},
    Call{"socket", "the collector", domain(AF_INET)},
    Call{"socket", "the collector", domain(AF_INET6)},
    Call{"connect", "both"},
    Call{"getsockopt", "whether a connection came about"},
    Call{"setsockopt", "time-outs"},
    Call{"poll", "answers, and connections that come about"},
    Call{"restart_syscall", "a wait after a stop"},
    Call{"sendmsg", "questions to core; the service manager"},
    Call{"recvmsg", "answers of core"},
    Call{"close", "ends of connections"},
    Call{"getrandom", "TLS"},
    Call{"getpid", "libcrypto looks whether it was forked"},
    Call{"futex", "locks inside libcrypto"},
    Call{"clock_nanosleep", "between two looks at the log"},
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

base::Result<> lock_in(std::span<const Call> calls) {
  base::sandbox::Profile profile;
  profile.calls = calls;
  profile.refusals = kRefusals;
  profile.descriptors_max = 16;
  TRY(base::sandbox::enter(profile));
  return {};
}

}  // namespace

base::Result<> lock_in_metrics() { return lock_in(kMetricsCalls); }
base::Result<> lock_in_syslog() { return lock_in(kSyslogCalls); }

}  // namespace monitor
