// What this machine runs and where: version, slot, partitions, kernels on the boot partition, and
// the floor below which no version may run.
//
// Used by kagikura-update alone. Partitions are found on the disk that the running system came
// from, never by a label that another disk could carry too.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "update/header.h"

namespace update {

enum class Slot : std::uint8_t { kA, kB };
Slot other(Slot slot);
char letter(Slot slot);

// Where things are; tests give folders of their own.
struct Places {
  std::string sys = "/sys";
  std::string dev = "/dev";
  std::string release = "/usr/lib/os-release";
  std::string keys = "/usr/lib/kagikura-image/update-keys";
  std::string state = "/var/lib/kagikura-image";
  std::string esp = "/run/kagikura-update";
  bool mount_esp = true;  // tests have a plain folder there
};

// IMAGE_VERSION of the running system.
base::Result<Version> running_version(const Places& places);

struct Disk {
  Slot running = Slot::kA;
  std::string name;  // below /sys/class/block
};
// The disk under the verified root; kNotFound when this is no image.
base::Result<Disk> running_disk(const Places& places);
// The device of the partition with that name on that disk.
base::Result<std::string> partition(const Places& places, const Disk& disk, std::string_view label);

// A kernel's name on the boot partition: kagikura-b_0.2.0.efi, or with tries left and done, as
// systemd-boot counts them, kagikura-b_0.2.0+1.efi and kagikura-b_0.2.0+0-1.efi.
struct Kernel {
  Slot slot = Slot::kA;
  Version version;
  bool on_trial = false;
  std::string file;
};
std::optional<Kernel> kernel_from(std::string_view file);
std::string kernel_file(Slot slot, const Version& version, bool on_trial);

// The lowest version that may run here, 0.0.0 at first. Written so that a power cut leaves the old
// or the new one.
base::Result<Version> floor_version(const Places& places);
base::Result<> raise_floor(const Places& places, const Version& version);

}  // namespace update
