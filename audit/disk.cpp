#include "audit/disk.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

namespace audit {

namespace {

using base::Code;
using base::Fd;
using base::Result;

std::unexpected<base::Error> failed(base::FieldName what) {
  switch (errno) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG: return base::fail(Code::kFull, what);
    case ENOENT: return base::fail(Code::kNotFound, what);
    default: return base::fail(Code::kIo, what);
  }
}

off_t as_offset(std::uint64_t value) { return static_cast<off_t>(value); }

}  // namespace

Result<std::vector<std::string>> SystemDisk::list(const std::string& dir) {
  DIR* stream = ::opendir(dir.c_str());
  if (stream == nullptr) return failed("folder");
  std::vector<std::string> names;
  while (true) {
    errno = 0;
    const dirent* item = ::readdir(stream);
    if (item == nullptr) break;
    std::string name = item->d_name;
    if (name != "." && name != "..") names.push_back(std::move(name));
  }
  const int error = errno;
  ::closedir(stream);
  if (error != 0) return base::fail(Code::kIo, "folder");
  std::sort(names.begin(), names.end());
  return names;
}

Result<Fd> SystemDisk::open(const std::string& path, bool create) {
  const int flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW | (create ? O_CREAT | O_TRUNC : 0);
  Fd file(::open(path.c_str(), flags, 0600));
  if (!file.valid()) return failed("file");
  return file;
}

Result<std::uint64_t> SystemDisk::size(const Fd& file) {
  struct stat status{};
  if (::fstat(file.get(), &status) != 0) return failed("file");
  if (!S_ISREG(status.st_mode)) return base::fail(Code::kCorrupt, "file");
  return static_cast<std::uint64_t>(status.st_size);
}

Result<> SystemDisk::read(const Fd& file, std::uint64_t offset, std::span<std::uint8_t> out) {
  while (!out.empty()) {
    const ssize_t got = ::pread(file.get(), out.data(), out.size(), as_offset(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed("read");
    if (got == 0) return base::fail(Code::kCorrupt, "read");
    out = out.subspan(static_cast<std::size_t>(got));
    offset += static_cast<std::uint64_t>(got);
  }
  return {};
}

Result<> SystemDisk::write(const Fd& file, std::uint64_t offset, base::ByteSpan bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::pwrite(file.get(), bytes.data(), bytes.size(), as_offset(offset));
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return failed("write");
    bytes = bytes.subspan(static_cast<std::size_t>(put));
    offset += static_cast<std::uint64_t>(put);
  }
  return {};
}

Result<> SystemDisk::sync(const Fd& file) {
  if (::fdatasync(file.get()) != 0) return failed("sync");
  return {};
}

Result<> SystemDisk::sync_dir(const std::string& dir) {
  const Fd folder(::open(dir.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.valid()) return failed("folder");
  if (::fsync(folder.get()) != 0) return failed("folder");
  return {};
}

Result<> SystemDisk::rename(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return failed("rename");
  return {};
}

Result<> SystemDisk::remove(const std::string& path) {
  if (::unlink(path.c_str()) != 0) return failed("remove");
  return {};
}

}  // namespace audit
