// Where core's random bytes come from. Logic takes a Random, so that tests can choose them.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "base/bytes.h"
#include "base/secret.h"

namespace core {

class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(std::span<std::uint8_t> out) = 0;

  template <std::size_t N>
  base::Secret<N> secret() {
    std::array<std::uint8_t, N> bytes{};
    fill(bytes);
    auto out = base::Secret<N>::from(bytes);
    base::wipe(bytes.data(), bytes.size());
    return *std::move(out);
  }
  template <std::size_t N>
  base::FixedBytes<N> bytes() {
    base::FixedBytes<N> out;
    fill(out.mutable_view());
    return out;
  }
  // Never zero, which means "none".
  std::uint64_t id();
};

// getrandom(2); the kernel's generator is ready before any of our programs starts.
class SystemRandom final : public Random {
 public:
  void fill(std::span<std::uint8_t> out) override;
};

}  // namespace core
