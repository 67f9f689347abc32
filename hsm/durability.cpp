#include "hsm/durability.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <ctime>
#include <memory>

#include "base/fd.h"

namespace hsm {

namespace {

using base::Code;
using base::fail;
using base::Fd;
using base::Result;

constexpr std::size_t kConfigurationMax = 65536;
constexpr int kDepthMax = 3;  // token folder / one folder a token / files

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

std::string trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t\r") - first + 1));
}

Result<> sync_tree(int parent, const char* name, std::int64_t since_s, int depth) {
  const auto failed = fail(Code::kIo, "token_folder");
  const Fd fd(::openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
  if (!fd.valid()) return failed;
  Fd listed(::openat(fd.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!listed.valid()) return failed;
  const std::unique_ptr<DIR, CloseFolder> folder(::fdopendir(listed.get()));
  if (!folder) return failed;
  listed.release();
  while (const dirent* entry =
             ::readdir(folder.get())) {  // NOLINT(concurrency-mt-unsafe): one thread
    const std::string_view child = entry->d_name;
    if (child == "." || child == "..") continue;
    struct stat status{};
    if (::fstatat(fd.get(), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0)
      continue;  // just removed
    if (S_ISDIR(status.st_mode)) {
      if (depth > 1) TRY(sync_tree(fd.get(), entry->d_name, since_s, depth - 1));
    } else if (S_ISREG(status.st_mode) && status.st_ctim.tv_sec >= since_s) {
      const Fd file(::openat(fd.get(), entry->d_name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
      if (!file.valid() || ::fsync(file.get()) != 0) return failed;
    }
  }
  return ::fsync(fd.get()) == 0 ? Result<>() : failed;
}

}  // namespace

Result<SoftHsmPlace> SoftHsmPlace::find() {
  const char* named = std::getenv("SOFTHSM2_CONF");
  SoftHsmPlace out;
  out.configuration = named != nullptr ? named : "/etc/softhsm/softhsm2.conf";
  const auto text = base::read_file(out.configuration, kConfigurationMax);
  if (!text) return fail(Code::kNotFound, "token_folder");
  for (std::string_view left = *text; !left.empty();) {
    const std::size_t end = left.find('\n');
    const std::string_view line = left.substr(0, end);
    left = end == std::string_view::npos ? std::string_view() : left.substr(end + 1);
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos ||
        trimmed(line.substr(0, equals)) != "directories.tokendir") {
      continue;
    }
    out.folder = trimmed(line.substr(equals + 1));
    if (out.folder.starts_with('/')) return out;
  }
  return fail(Code::kNotFound, "token_folder");
}

Result<Durability> Durability::of(const std::string& manufacturer) {
  Durability out;
  if (manufacturer == "SoftHSM project") out.folder_ = TRY(SoftHsmPlace::find()).folder;
  return out;
}

Result<> Durability::flush() {
  if (folder_.empty()) return {};
  const std::int64_t now_s = ::time(nullptr);
  // A second of room on each side: time stamps are coarser than calls. A clock that was set back
  // makes the next flush sync more, not less.
  const std::int64_t since_s = since_s_ > now_s ? 0 : since_s_ - 2;
  TRY(sync_tree(AT_FDCWD, folder_.c_str(), since_s, kDepthMax));
  since_s_ = now_s;
  return {};
}

}  // namespace hsm
