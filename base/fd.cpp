#include "base/fd.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>

namespace base {

void Fd::reset() {
  // close() is not repeated on EINTR: on Linux the descriptor is gone either way (close(2)).
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

Result<> write_all(const Fd& fd, ByteSpan bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd.get(), bytes.data(), bytes.size());
    if (n < 0) {
      if (errno == EINTR) continue;
      return fail(errno == ENOSPC || errno == EDQUOT ? Code::kFull : Code::kIo, "write");
    }
    bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
  return {};
}

namespace {

constexpr int kSeals = F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK;

Result<> read_exactly(const Fd& fd, std::uint8_t* out, std::size_t size) {
  std::size_t done = 0;
  while (done < size) {
    const ssize_t n = ::pread(fd.get(), out + done, size - done, static_cast<off_t>(done));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return fail(Code::kIo, "read");
    done += static_cast<std::size_t>(n);
  }
  return {};
}

}  // namespace

Result<Fd> sealed_memfd(const char* name, ByteSpan bytes) {
  Fd fd(::memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!fd.valid()) return fail(Code::kIo, "memfd");
  TRY(write_all(fd, bytes));
  if (::fcntl(fd.get(), F_ADD_SEALS, kSeals | F_SEAL_SEAL) != 0) return fail(Code::kIo, "seal");
  return fd;
}

Result<std::vector<std::uint8_t>> read_sealed(const Fd& fd, std::size_t max) {
  const int seals = ::fcntl(fd.get(), F_GET_SEALS);
  if (seals < 0 || (seals & kSeals) != kSeals) return fail(Code::kProtocol, "seals");
  // Not fstat: that is newfstatat, which would let a web worker look for files by path.
  const off_t end = ::lseek(fd.get(), 0, SEEK_END);
  if (end < 0) return fail(Code::kIo, "memfd");
  const auto size = static_cast<std::size_t>(end);
  if (size > max) return fail(Code::kTooLong, "memfd");
  std::vector<std::uint8_t> out(size);
  TRY(read_exactly(fd, out.data(), size));
  return out;
}

Result<std::string> read_file(const std::string& path, std::size_t max) {
  const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.valid()) return fail(errno == ENOENT ? Code::kNotFound : Code::kIo, "open");
  std::string out;
  char buffer[16384];
  while (true) {
    const ssize_t n = ::read(fd.get(), buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return fail(Code::kIo, "read");
    if (n == 0) return out;
    if (out.size() + static_cast<std::size_t>(n) > max) return fail(Code::kTooLong, "file");
    out.append(buffer, static_cast<std::size_t>(n));
  }
}

}  // namespace base
