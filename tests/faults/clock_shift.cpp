// Loaded before a program of ours in tests (LD_PRELOAD): its clocks are shifted by the seconds that
// the file KAGIKURA_TEST_CLOCK holds, eight bytes for CLOCK_REALTIME and eight for CLOCK_BOOTTIME,
// which the test changes while it runs. The product knows nothing of it.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <ctime>

namespace {

using ClockGettime = int (*)(clockid_t, timespec*);

struct Shift {
  const volatile std::int64_t* seconds = nullptr;
  ClockGettime real = nullptr;
};

Shift& shift() {
  static Shift loaded = [] {
    Shift out;
    out.real = reinterpret_cast<ClockGettime>(::dlsym(RTLD_NEXT, "clock_gettime"));
    const char* path = std::getenv("KAGIKURA_TEST_CLOCK");
    const int fd = path == nullptr ? -1 : ::open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
      void* map = ::mmap(nullptr, 2 * sizeof(std::int64_t), PROT_READ, MAP_SHARED, fd, 0);
      if (map != MAP_FAILED) out.seconds = static_cast<const volatile std::int64_t*>(map);
      ::close(fd);
    }
    return out;
  }();
  return loaded;
}

// Before the program locks itself in.
[[gnu::constructor]] void load() { static_cast<void>(shift()); }

}  // namespace

extern "C" [[gnu::visibility("default")]] int clock_gettime(clockid_t id, timespec* now) noexcept {
  const Shift& by = shift();
  const int done = by.real(id, now);
  if (done == 0 && by.seconds != nullptr) {
    if (id == CLOCK_REALTIME) now->tv_sec += by.seconds[0];
    if (id == CLOCK_BOOTTIME) now->tv_sec += by.seconds[1];
  }
  return done;
}

extern "C" [[gnu::visibility("default")]] time_t time(time_t* out) noexcept {
  timespec now{};
  static_cast<void>(clock_gettime(CLOCK_REALTIME, &now));
  if (out != nullptr) *out = now.tv_sec;
  return now.tv_sec;
}

extern "C" [[gnu::visibility("default")]] int gettimeofday(timeval* out, void* /*zone*/) noexcept {
  timespec now{};
  const int done = clock_gettime(CLOCK_REALTIME, &now);
  *out = {now.tv_sec, now.tv_nsec / 1000};
  return done;
}
