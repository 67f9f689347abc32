#include "daemon/random.h"

#include <sys/random.h>

#include <cerrno>

namespace core {

std::uint64_t Random::id() {
  for (;;) {
    std::uint64_t value = 0;
    for (const std::uint8_t byte : bytes<8>().view()) value = (value << 8U) | byte;
    if (value != 0) return value;
  }
}

void SystemRandom::fill(std::span<std::uint8_t> out) {
  while (!out.empty()) {
    const ssize_t got = ::getrandom(out.data(), out.size(), 0);
    ASSERT(got > 0 || errno == EINTR);
    if (got > 0) out = out.subspan(static_cast<std::size_t>(got));
  }
}

}  // namespace core
