// Tar archives as POSIX.1-1988 ustar, as much as exports need: regular files with names of up to
// 100 bytes. One archive has one spelling; the reader refuses every other. It is for untrusted
// archives.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/fd.h"

namespace audit {

inline constexpr std::size_t kTarFilesMax = 1U << 20U;

class TarWriter {
 public:
  // Writes to `out`, which outlives it, from where it stands. All files bear `made` (seconds).
  TarWriter(const base::Fd& out, base::WallTime made) : out_(out), made_(made) {}
  base::Result<> add(std::string_view name, base::ByteSpan content);
  // The two zero blocks at the end.
  base::Result<> finish();

 private:
  const base::Fd& out_;
  base::WallTime made_;
};

struct TarFile {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
};
using TarIndex = std::map<std::string, TarFile, std::less<>>;
// Fills `out` from `offset` of an archive.
using TarSource = std::function<base::Result<>(std::uint64_t offset, std::span<std::uint8_t> out)>;
// Where each file lies. kCorrupt for anything that TarWriter would not have written, names that are
// not relative paths of [A-Za-z0-9._/-], a name twice, or bytes behind the end.
base::Result<TarIndex> read_tar(const TarSource& source, std::uint64_t size);

// Whether a name is a relative path that stays where it is: parts of [A-Za-z0-9._-], none "." or
// "..".
bool is_plain_path(std::string_view name);

}  // namespace audit
