// The boot partition while kagikura-update works on it: mounted on open, unmounted at the end.
// Changes names of kernels and nothing else; every change is on the disk when its call returns.
#pragma once

#include <string>
#include <vector>

#include "base/fd.h"
#include "update/machine.h"

namespace update {

class BootPartition {
 public:
  static base::Result<BootPartition> open(const Places& places, const Disk& disk);
  // One mount, one owner.
  BootPartition(const BootPartition&) = delete;
  BootPartition& operator=(const BootPartition&) = delete;
  BootPartition(BootPartition&& from) noexcept;
  BootPartition& operator=(BootPartition&&) = delete;
  ~BootPartition();

  [[nodiscard]] std::string path(std::string_view file) const;
  [[nodiscard]] base::Result<std::vector<Kernel>> kernels() const;
  [[nodiscard]] base::Result<> remove_kernels(Slot slot) const;
  [[nodiscard]] base::Result<> rename(std::string_view from, std::string_view to) const;

 private:
  BootPartition() = default;
  [[nodiscard]] base::Result<> sync() const;

  std::string mounted_;  // empty when nothing is to be unmounted
  std::string folder_;
};

}  // namespace update
