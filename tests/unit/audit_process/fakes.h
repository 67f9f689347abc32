// What the tests of the audit process share: a clock to turn, a folder, a disk that counts, an
// actor.
#pragma once

#include <filesystem>
#include <string>

#include "audit/disk.h"
#include "base/clock.h"
#include "ipc/core_audit.h"

namespace tests {

class FakeClock final : public base::Clock {
 public:
  [[nodiscard]] base::WallTime wall() const override { return {wall_ms}; }
  [[nodiscard]] base::MonoTime mono() const override { return {mono_ms}; }
  std::int64_t wall_ms = 1'800'000'000'000;
  std::int64_t mono_ms = 1'000'000;
};

class TempDir {
 public:
  TempDir() {
    std::string name = (std::filesystem::temp_directory_path() / "audit_process_XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  ~TempDir() { std::filesystem::remove_all(path_); }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// The real disk, whose syncs are counted and may fail.
class CountingDisk final : public audit::Disk {
 public:
  base::Result<std::vector<std::string>> list(const std::string& dir) override {
    return disk_.list(dir);
  }
  base::Result<base::Fd> open(const std::string& path, bool create) override {
    return disk_.open(path, create);
  }
  base::Result<std::uint64_t> size(const base::Fd& file) override { return disk_.size(file); }
  base::Result<> read(const base::Fd& file, std::uint64_t offset,
                      std::span<std::uint8_t> out) override {
    return disk_.read(file, offset, out);
  }
  base::Result<> write(const base::Fd& file, std::uint64_t offset, base::ByteSpan bytes) override {
    return disk_.write(file, offset, bytes);
  }
  base::Result<> sync(const base::Fd& file) override {
    ++syncs;
    if (fail_syncs) return base::fail(base::Code::kIo, "sync");
    return disk_.sync(file);
  }
  base::Result<> sync_dir(const std::string& dir) override { return disk_.sync_dir(dir); }
  base::Result<> rename(const std::string& from, const std::string& to) override {
    return disk_.rename(from, to);
  }
  base::Result<> remove(const std::string& path) override { return disk_.remove(path); }

  std::size_t syncs = 0;
  bool fail_syncs = false;

 private:
  audit::SystemDisk disk_;
};

inline ipc::Actor actor() {
  ipc::Actor out;
  out.account = base::AccountId{11};
  out.role = base::Role::kHandler;
  out.zone = base::Zone::kHandling;
  out.peer = base::Text<45>::literal("192.0.2.1");
  out.session = base::SessionId{12};
  return out;
}

inline ipc::NumberPlace place(std::uint64_t person, base::Purpose purpose = base::Purpose::kTax,
                              std::uint64_t shelf = 2) {
  return {base::TenantId{1}, base::PersonId{person}, purpose, base::ShelfId{shelf}, 1};
}

}  // namespace tests
