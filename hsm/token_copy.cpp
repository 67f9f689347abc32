#include "hsm/token_copy.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <memory>

#include "base/fd.h"
#include "hsm/durability.h"
#include "hsm/software.h"

namespace hsm {

namespace {

using base::Code;
using base::fail;
using base::Fd;
using base::Result;

// SoftHSM takes every file for an object whose name ends in ".object".
constexpr const char* kFile = "/token.object";
constexpr const char* kCopy = "/token.copy";
constexpr std::size_t kFileMax = 65536;
constexpr std::size_t kCheckSize = 32;

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

std::unexpected<base::Error> failed() { return fail(Code::kIo, "token_copy"); }

bool exists(const std::string& path) {
  struct stat status{};
  return ::stat(path.c_str(), &status) == 0;
}

Result<> sync_folder(const std::string& path) {
  const Fd folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.valid() || ::fsync(folder.get()) != 0) return failed();
  return {};
}

Result<> write_synced(const std::string& path, std::string_view bytes) {
  const Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
                       S_IRUSR | S_IWUSR));
  if (!file.valid() || !base::write_all(file, base::as_bytes(bytes))) return failed();
  return ::fsync(file.get()) == 0 ? Result<>() : failed();
}

// Not a secret: it tells a copy that was cut off from a whole one.
std::string check_of(std::string_view bytes) {
  const auto check = software::hmac(base::as_bytes("kagikura-token-copy"), {base::as_bytes(bytes)});
  return std::string(base::as_text(check.view()));
}

// The bytes of a whole copy, else empty.
std::string read_copy(const std::string& path) {
  auto text = base::read_file(path, kFileMax + kCheckSize);
  if (!text || text->size() <= kCheckSize) return {};
  const std::string bytes = text->substr(0, text->size() - kCheckSize);
  return check_of(bytes) == text->substr(bytes.size()) ? bytes : std::string();
}

Result<> remove(const std::string& token) {
  if (::unlink((token + kCopy).c_str()) != 0) return failed();
  return sync_folder(token);
}

}  // namespace

TokenCopy TokenCopy::of_place() {
  const auto place = SoftHsmPlace::find();
  return TokenCopy(place ? place->folder : std::string());
}

// The folders of tokens, which have either the file or its copy.
Result<std::vector<std::string>> TokenCopy::tokens() const {
  std::vector<std::string> out;
  if (folder_.empty()) return out;
  const std::unique_ptr<DIR, CloseFolder> folder(::opendir(folder_.c_str()));
  if (!folder) return out;  // no SoftHSM here, whatever its configuration says
  while (const dirent* entry =
             ::readdir(folder.get())) {  // NOLINT(concurrency-mt-unsafe): one thread
    const std::string name = entry->d_name;
    if (name == "." || name == "..") continue;
    std::string path = folder_ + "/" + name;
    if (exists(path + kFile) || exists(path + kCopy)) out.push_back(std::move(path));
  }
  return out;
}

Result<> TokenCopy::take() const {
  for (const std::string& token : TRY(tokens())) {
    const auto bytes = base::read_file(token + kFile, kFileMax);
    // Another token's, perhaps; the one to be used has been seen by the module.
    if (!bytes || bytes->empty()) continue;
    TRY(write_synced(token + kCopy, *bytes + check_of(*bytes)));
    TRY(sync_folder(token));
  }
  return {};
}

Result<> TokenCopy::drop() const {
  for (const std::string& token : TRY(tokens())) {
    if (!exists(token + kCopy)) continue;
    const Fd file(::open((token + kFile).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!file.valid() || ::fsync(file.get()) != 0) return failed();
    TRY(remove(token));
  }
  return {};
}

Result<int> TokenCopy::put_back() const {
  int count = 0;
  for (const std::string& token : TRY(tokens())) {
    if (!exists(token + kCopy)) continue;
    const std::string bytes = read_copy(token + kCopy);
    const auto now = base::read_file(token + kFile, kFileMax);
    // A file of the same length was written to its end: its PIN may be a newer one.
    if (!bytes.empty() && (!now || now->size() < bytes.size())) {
      TRY(write_synced(token + kFile, bytes));
      TRY(sync_folder(token));
      ++count;
    }
    TRY(remove(token));
  }
  return count;
}

}  // namespace hsm
