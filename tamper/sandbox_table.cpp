#include "tamper/sandbox_table.h"

#include <sys/mman.h>
#include <sys/socket.h>

#include <array>

#include "base/sandbox.h"

namespace tamper {

namespace {

using base::sandbox::Argument;
using base::sandbox::Call;

// PROT_EXEC is never asked for: code is what was loaded at start.
constexpr Argument kNoExec{.index = 2, .mask = PROT_EXEC, .value = 0};

constexpr std::array kCalls{
    Call{"poll", "until the button is pressed or a look is due; an answer that takes long"},
    Call{"restart_syscall", "a wait after a stop"},
    Call{"pread64", "the cover switches, which are open already"},
    Call{"read", "the button, which is open already"},
    Call{"socket", "a connection to core for each report", Argument{.index = 0, .value = AF_UNIX}},
    Call{"connect", "the same"},
    Call{"setsockopt", "its time-out"},
    Call{"sendmsg", "reports to core; the service manager"},
    Call{"recvmsg", "answers of core"},
    Call{"close", "ends of connections"},
    Call{"write", "the operational log"},
    Call{"clock_gettime", "time, where the kernel has no vDSO for it"},
    Call{"mmap", "memory", kNoExec},
    Call{"munmap", "memory"},
    Call{"mremap", "memory"},
    Call{"brk", "memory"},
    Call{"exit_group", "the end"},
};

}  // namespace

base::Result<> lock_in() {
  base::sandbox::Profile profile;
  profile.calls = kCalls;
  profile.descriptors_max = 32;
  TRY(base::sandbox::enter(profile));
  return {};
}

}  // namespace tamper
