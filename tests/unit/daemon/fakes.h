// Doubles for core's unit tests: a clock that the test turns, and random bytes from a seed.
#pragma once

#include <random>

#include "base/clock.h"
#include "daemon/random.h"

namespace core::testing {

class FakeClock final : public base::Clock {
 public:
  [[nodiscard]] base::WallTime wall() const override { return wall_; }
  [[nodiscard]] base::MonoTime mono() const override { return mono_; }
  void advance(std::int64_t ms) {
    wall_.ms += ms;
    mono_.ms += ms;
  }
  void set_wall(base::WallTime wall) { wall_ = wall; }

 private:
  base::WallTime wall_{1'795'000'000'000};
  base::MonoTime mono_{1'000'000};
};

class FakeRandom final : public Random {
 public:
  void fill(std::span<std::uint8_t> out) override {
    for (auto& byte : out) byte = static_cast<std::uint8_t>(engine_());
  }

 private:
  std::mt19937_64 engine_{42};
};

}  // namespace core::testing
