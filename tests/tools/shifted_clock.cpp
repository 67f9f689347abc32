// For LD_PRELOAD: the wall clock runs ahead by the seconds (int64) that the file named by
// SHIFTED_CLOCK begins with, as it says at each call. Each code of an authenticator is accepted
// once, and a test that needs many should not sit through the half minutes. Monotonic clocks are
// left alone. Loaded by tests into programs under test; in no program that is shipped.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>

namespace {

using ClockGettime = int (*)(clockid_t, timespec*);

ClockGettime real_clock = nullptr;
const volatile std::int64_t* ahead_s = nullptr;

// Before main(): a sandbox that is entered later keeps the mapping.
__attribute__((constructor)) void set_up() {
  real_clock = reinterpret_cast<ClockGettime>(::dlsym(RTLD_NEXT, "clock_gettime"));
  const char* path = ::getenv("SHIFTED_CLOCK");
  const int fd = path == nullptr ? -1 : ::open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return;
  void* page = ::mmap(nullptr, sizeof(std::int64_t), PROT_READ, MAP_SHARED, fd, 0);
  if (page != MAP_FAILED) ahead_s = static_cast<const volatile std::int64_t*>(page);
  ::close(fd);
}

}  // namespace

#define EXPORTED __attribute__((visibility("default")))

extern "C" EXPORTED int clock_gettime(clockid_t id, timespec* out) noexcept {
  if (real_clock == nullptr) return -1;
  const int done = real_clock(id, out);
  if (done == 0 && id == CLOCK_REALTIME && ahead_s != nullptr) out->tv_sec += *ahead_s;
  return done;
}
