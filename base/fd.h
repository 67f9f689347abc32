// Fd owns a file descriptor. Everything is opened close-on-exec; a descriptor crosses an exec only
// by an explicit act of the code that means it.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace base {

class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  // One owner closes it once.
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    if (this != &other) {
      reset();
      fd_ = std::exchange(other.fd_, -1);
    }
    return *this;
  }
  ~Fd() { reset(); }

  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] bool valid() const { return fd_ >= 0; }
  int release() { return std::exchange(fd_, -1); }
  void reset();

 private:
  int fd_ = -1;
};

// A sealed (no write, grow, shrink) memory file that holds exactly `bytes`.
Result<Fd> sealed_memfd(const char* name, ByteSpan bytes);
// Reads a whole sealed memory file of at most `max` bytes. kProtocol when it is not sealed (its
// sender could still change it under our hands), kTooLong when larger.
Result<std::vector<std::uint8_t>> read_sealed(const Fd& fd, std::size_t max);
// Reads a whole regular file of at most `max` bytes; kNotFound, kTooLong, kIo.
Result<std::string> read_file(const std::string& path, std::size_t max);
// Writes all of it, however often the system needs to be asked. kFull for ENOSPC/EDQUOT, else kIo.
Result<> write_all(const Fd& fd, ByteSpan bytes);

}  // namespace base
