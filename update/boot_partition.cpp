#include "update/boot_partition.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>
#include <cstdio>

#include <memory>
#include <utility>

namespace update {

namespace {

using base::Code;
using base::fail;
using base::Result;

constexpr std::size_t kFilesMax = 256;

}  // namespace

Result<BootPartition> BootPartition::open(const Places& places, const Disk& disk) {
  BootPartition out;
  out.folder_ = places.esp + "/EFI/Linux";
  if (!places.mount_esp) return out;
  const auto device = TRY(partition(places, disk, "esp"));
  // FAT knows no owners and no programs that could be run from here.
  if (mount(device.c_str(), places.esp.c_str(), "vfat", MS_NOSUID | MS_NODEV | MS_NOEXEC,
            "umask=0077") != 0) {
    return fail(Code::kIo, "boot_partition");
  }
  out.mounted_ = places.esp;
  return out;
}

BootPartition::BootPartition(BootPartition&& from) noexcept
    : mounted_(std::exchange(from.mounted_, {})), folder_(std::move(from.folder_)) {}

BootPartition::~BootPartition() {
  if (!mounted_.empty()) umount2(mounted_.c_str(), UMOUNT_NOFOLLOW);
}

std::string BootPartition::path(std::string_view file) const {
  return folder_ + "/" + std::string(file);
}

Result<std::vector<Kernel>> BootPartition::kernels() const {
  const std::unique_ptr<DIR, int (*)(DIR*)> dir(opendir(folder_.c_str()), &closedir);
  if (!dir) return fail(Code::kIo, "boot_partition");
  std::vector<Kernel> found;
  std::size_t count = 0;
  while (const auto* entry = readdir(dir.get())) {
    if (++count > kFilesMax) return fail(Code::kTooMany, "boot_partition");
    if (auto kernel = kernel_from(static_cast<const char*>(entry->d_name))) {
      found.push_back(*std::move(kernel));
    }
  }
  return found;
}

Result<> BootPartition::remove_kernels(Slot slot) const {
  for (const auto& kernel : TRY(kernels())) {
    if (kernel.slot != slot) continue;
    if (unlink(path(kernel.file).c_str()) != 0) return fail(Code::kIo, "kernel");
  }
  return sync();
}

Result<> BootPartition::rename(std::string_view from, std::string_view to) const {
  if (::rename(path(from).c_str(), path(to).c_str()) != 0) return fail(Code::kIo, "kernel");
  return sync();
}

Result<> BootPartition::sync() const {
  const base::Fd folder(::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.valid() || syncfs(folder.get()) != 0) return fail(Code::kIo, "boot_partition");
  return {};
}

}  // namespace update
