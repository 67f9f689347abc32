#include "site/requests.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>

namespace site {

using base::Code;
using base::fail;
using base::Result;

namespace {
constexpr std::size_t kLineMax = 220;
}  // namespace

Result<> replace_file(const std::string& folder, const std::string& name, std::string_view text) {
  const std::string path = folder + "/" + name;
  const std::string fresh = path + ".new";
  {
    const base::Fd file(
        ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644));
    if (!file.valid()) return fail(Code::kIo, "site_file");
    // What the umask took away is wanted here: these files hold no secret, and others read them.
    if (::fchmod(file.get(), 0644) != 0) return fail(Code::kIo, "site_file");
    TRY(base::write_all(file, base::as_bytes(text)));
    if (::fsync(file.get()) != 0) return fail(Code::kIo, "site_file");
  }
  if (::rename(fresh.c_str(), path.c_str()) != 0) return fail(Code::kIo, "site_file");
  const base::Fd parent(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!parent.valid() || ::fsync(parent.get()) != 0) return fail(Code::kIo, "site_file");
  return {};
}

Result<> ask(const Folders& folders, std::string_view what, std::string_view text) {
  return replace_file(folders.requests, std::string(what), text);
}

std::string answer(const Folders& folders, std::string_view what, std::string_view number) {
  const auto text = base::read_file(folders.results + "/" + std::string(what), kLineMax);
  if (!text || !text->starts_with(std::string(number) + " ")) return {};
  const std::string_view line = std::string_view(*text).substr(number.size() + 1);
  return std::string(line.substr(0, line.find('\n')));
}

}  // namespace site
