// Secret<N>: up to N bytes that must not be seen. Move-only, wiped when it dies or is moved from,
// no formatter, no stream operator, no conversion. Looking inside takes a SecretAccess, which only
// the files listed in tests/lint/secret_access.txt may make (base/secret_access.h).
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <span>

#include "base/bytes.h"
#include "base/result.h"

namespace base {

class SecretAccess {
 private:
  SecretAccess() = default;
  friend SecretAccess secret_access();
};

// Overwrites memory in a way that the compiler may not drop.
void wipe(void* data, std::size_t size);

// Compares without leaving early; different lengths are unequal at once.
bool equal_constant_time(ByteSpan a, ByteSpan b);

template <std::size_t N>
class Secret {
 public:
  static constexpr std::size_t kMax = N;

  Secret() = default;
  // A second copy of a secret is a second thing to wipe: hand it on, or read it.
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  Secret(Secret&& other) noexcept { take(other); }
  Secret& operator=(Secret&& other) noexcept {
    if (this != &other) {
      wipe();
      take(other);
    }
    return *this;
  }
  ~Secret() { wipe(); }

  // kTooLong over N bytes. The caller still owns, and wipes, what it passed.
  static Result<Secret> from(ByteSpan bytes, FieldName field = "secret") {
    if (bytes.size() > N) return fail(Code::kTooLong, field);
    Secret out;
    std::memcpy(out.data_.data(), bytes.data(), bytes.size());
    out.size_ = bytes.size();
    return out;
  }

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] ByteSpan read(SecretAccess /*access*/) const { return {data_.data(), size_}; }
  // Sets the length to `size` (at most N, else a bug) and lends the buffer to be filled.
  [[nodiscard]] std::span<std::uint8_t> fill(SecretAccess /*access*/, std::size_t size) {
    ASSERT(size <= N);
    size_ = size;
    return {data_.data(), size_};
  }
  [[nodiscard]] bool equals(const Secret& other) const {
    return equal_constant_time({data_.data(), size_}, {other.data_.data(), other.size_});
  }
  void wipe() {
    base::wipe(data_.data(), N);
    size_ = 0;
  }

 private:
  void take(Secret& other) {
    std::memcpy(data_.data(), other.data_.data(), other.size_);
    size_ = other.size_;
    other.wipe();
  }

  std::array<std::uint8_t, N> data_{};
  std::size_t size_ = 0;
};

}  // namespace base
