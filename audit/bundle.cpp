#include "audit/bundle.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

namespace audit {

namespace {

using base::Code;
using base::fail;
using base::Fd;
using base::Result;

Result<> read_at(const Fd& file, std::uint64_t offset, std::span<std::uint8_t> out) {
  while (!out.empty()) {
    const ssize_t got = ::pread(file.get(), out.data(), out.size(), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return fail(Code::kIo, "read");
    out = out.subspan(static_cast<std::size_t>(got));
    offset += static_cast<std::uint64_t>(got);
  }
  return {};
}

}  // namespace

Result<Bundle> Bundle::open(const std::string& path) {
  Bundle bundle;
  bundle.path_ = path;
  Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid()) return fail(errno == ENOENT ? Code::kNotFound : Code::kIo, "export");
  struct stat status{};
  if (::fstat(file.get(), &status) != 0) return fail(Code::kIo, "export");
  if (S_ISDIR(status.st_mode)) {
    TRY(bundle.open_folder());
    return bundle;
  }
  if (!S_ISREG(status.st_mode)) return fail(Code::kIo, "export");
  bundle.tar_ = std::move(file);
  const auto source = [&](std::uint64_t offset, std::span<std::uint8_t> out) {
    return read_at(bundle.tar_, offset, out);
  };
  bundle.files_ = TRY(read_tar(source, static_cast<std::uint64_t>(status.st_size)));
  return bundle;
}

Result<> Bundle::open_folder() {
  namespace fs = std::filesystem;
  std::error_code error;
  fs::recursive_directory_iterator item(path_, error);
  for (; !error && item != fs::recursive_directory_iterator(); item.increment(error)) {
    const fs::file_status status = item->symlink_status(error);
    if (error) break;
    if (fs::is_directory(status)) continue;
    const std::string name = item->path().lexically_relative(path_).generic_string();
    if (!fs::is_regular_file(status) || !is_plain_path(name)) return fail(Code::kCorrupt, "export");
    const std::uintmax_t size = item->file_size(error);
    if (error) break;
    if (files_.size() >= kTarFilesMax) return fail(Code::kCorrupt, "export");
    files_.emplace(name, TarFile{0, size});
  }
  if (error) return fail(Code::kIo, "export");
  return {};
}

Result<std::string> Bundle::read(std::string_view name, std::uint64_t max) const {
  const auto file = files_.find(name);
  if (file == files_.end()) return fail(Code::kNotFound, "file");
  if (file->second.size > max) return fail(Code::kTooLong, "file");
  if (!tar_.valid()) return base::read_file(path_ + "/" + file->first, max);
  std::vector<std::uint8_t> bytes(file->second.size);
  TRY(read_at(tar_, file->second.offset, bytes));
  return std::string(base::as_text(bytes));
}

}  // namespace audit
