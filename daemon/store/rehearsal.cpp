#include "daemon/store/rehearsal.h"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "daemon/store/lmdb_kv.h"

namespace store {

namespace {

using base::ByteSpan;
using base::Code;
using base::fail;
using base::Result;

Result<> read_everything(const std::string& dir, std::uint64_t bytes) {
  const auto kv = TRY(LmdbKv::open(dir, bytes));
  const auto snapshot = TRY(kv->snapshot());
  std::uint64_t sum = 0;  // so that every byte is touched
  TRY(snapshot->scan({}, {}, [&sum](ByteSpan key, ByteSpan value, std::uint64_t) -> Result<> {
    for (const std::uint8_t byte : key) sum += byte;
    for (const std::uint8_t byte : value) sum += byte;
    return {};
  }));
  return sum == UINT64_MAX ? fail(Code::kInternal, "sum") : Result<>();
}

}  // namespace

Result<> rehearse(const std::string& dir, std::uint64_t bytes) {
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child < 0) return fail(Code::kUnavailable, "fork");
  if (child == 0) {
    // Whoever handles these has its own idea of going on.
    for (const int fault : {SIGSEGV, SIGBUS, SIGABRT, SIGILL, SIGFPE}) std::signal(fault, SIG_DFL);
    // Not longer than its parent, and never on into its parent's work.
    if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || ::getppid() != parent) ::_exit(1);
    ::_exit(read_everything(dir, bytes) ? 0 : 1);
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return fail(Code::kIo, "wait");
  }
  if (WIFEXITED(status)) return {};
  // Who is out of memory, or being stopped, has learned nothing of the store.
  const int signal = WTERMSIG(status);
  const bool from_outside = signal == SIGKILL || signal == SIGTERM || signal == SIGINT;
  return fail(from_outside ? Code::kUnavailable : Code::kCorrupt, "store");
}

}  // namespace store
