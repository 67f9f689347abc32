// What the log asks of the operating system, as an interface, so that tests and the simulator can
// make it fail. SystemDisk is the real one.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/fd.h"
#include "base/result.h"

namespace audit {

class Disk {
 public:
  virtual ~Disk() = default;
  // Names in a folder, sorted, without "." and "..". kNotFound, kIo.
  virtual base::Result<std::vector<std::string>> list(const std::string& dir) = 0;
  // Opens for reading and writing; `create` makes it (mode 0600), empty if it was there.
  virtual base::Result<base::Fd> open(const std::string& path, bool create) = 0;
  virtual base::Result<std::uint64_t> size(const base::Fd& file) = 0;
  // Fills `out` exactly. kCorrupt when the file ends before.
  virtual base::Result<> read(const base::Fd& file, std::uint64_t offset,
                              std::span<std::uint8_t> out) = 0;
  // Writes all. kFull for no space or quota, kIo.
  virtual base::Result<> write(const base::Fd& file, std::uint64_t offset,
                               base::ByteSpan bytes) = 0;
  virtual base::Result<> sync(const base::Fd& file) = 0;  // fdatasync
  virtual base::Result<> sync_dir(const std::string& dir) = 0;
  virtual base::Result<> rename(const std::string& from, const std::string& to) = 0;
  virtual base::Result<> remove(const std::string& path) = 0;
};

class SystemDisk final : public Disk {
 public:
  base::Result<std::vector<std::string>> list(const std::string& dir) override;
  base::Result<base::Fd> open(const std::string& path, bool create) override;
  base::Result<std::uint64_t> size(const base::Fd& file) override;
  base::Result<> read(const base::Fd& file, std::uint64_t offset,
                      std::span<std::uint8_t> out) override;
  base::Result<> write(const base::Fd& file, std::uint64_t offset, base::ByteSpan bytes) override;
  base::Result<> sync(const base::Fd& file) override;
  base::Result<> sync_dir(const std::string& dir) override;
  base::Result<> rename(const std::string& from, const std::string& to) override;
  base::Result<> remove(const std::string& path) override;
};

}  // namespace audit
