// An export as a set of named files, whether it is a tar or a folder that was unpacked from one. It
// is untrusted: nothing is followed, unpacked or written.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "audit/tar.h"
#include "base/fd.h"

namespace audit {

class Bundle {
 public:
  // kNotFound, kIo: it cannot be read. kCorrupt: it can, and is not an export of ours (a tar that
  // has another spelling, a link, a strange name).
  static base::Result<Bundle> open(const std::string& path);

  [[nodiscard]] const TarIndex& files() const { return files_; }
  // A whole file of at most `max` bytes. kNotFound, kTooLong, kIo.
  [[nodiscard]] base::Result<std::string> read(std::string_view name, std::uint64_t max) const;

 private:
  base::Result<> open_folder();

  std::string path_;
  base::Fd tar_;  // not valid: a folder
  TarIndex files_;
};

}  // namespace audit
