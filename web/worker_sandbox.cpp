#include "web/worker_sandbox.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

#include "web/multipart.h"

namespace web {

namespace {

using base::sandbox::Argument;
using base::sandbox::Call;
using base::sandbox::Refusal;

constexpr Argument argument(unsigned index, std::uint64_t value) {
  return {index, ~std::uint64_t{0}, value};
}
// No bit of `bits` may be set.
constexpr Argument without(unsigned index, std::uint64_t bits) { return {index, bits, 0}; }

constexpr std::array kCalls{
    Call{"write", "an upload's memory file; the log on standard error"},
    Call{"recvfrom", "bytes of the connection and of the HTTP layer's socket pair"},
    Call{"sendto", "bytes of the connection and of the HTTP layer's socket pair"},
    Call{"recvmsg", "answers of core"},
    Call{"sendmsg", "questions to core; TLS records"},
    Call{"poll", "waiting for the peer, for core"},
    Call{"shutdown", "the end of the connection"},
    Call{"close", "descriptors that core sent; the end"},
    Call{"fcntl", "is this memory file sealed", argument(1, F_GET_SEALS)},
    Call{"fcntl", "sealing an upload", argument(1, F_ADD_SEALS)},
    Call{"memfd_create", "an upload, a message over 60 KiB"},
    Call{"lseek", "the size of a memory file"},
    Call{"pread64", "reading a memory file from core"},
    Call{"mmap", "memory; memory files", without(2, PROT_EXEC)},
    Call{"munmap", "memory"},
    Call{"mremap", "memory"},
    Call{"brk", "memory"},
    Call{"futex", "locks in the libraries"},
    Call{"clock_gettime", "deadlines, where the kernel has no vDSO for it"},
    Call{"getrandom", "random numbers of TLS"},
    Call{"restart_syscall", "a wait after a stop"},
    Call{"exit_group", "the end"},
};

constexpr std::array kRefusals{
    Refusal{"setsockopt", EOPNOTSUPP, "the HTTP layer tries TCP options on its socket pair"},
};

}  // namespace

base::sandbox::Profile worker_profile() {
  base::sandbox::Profile out;
  out.calls = kCalls;
  out.refusals = kRefusals;
  out.descriptors_max = 32;
  out.file_bytes_max = kUploadBodyMax;
  return out;
}

}  // namespace web
