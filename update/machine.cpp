#include "update/machine.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>
#include <cstdlib>

#include <array>
#include <memory>

#include "base/fd.h"

namespace update {

namespace {

using base::Code;
using base::fail;
using base::Result;

constexpr std::size_t kSmallFile = 65536;
constexpr std::size_t kEntriesMax = 4096;
constexpr std::string_view kFloor = "/floor";

Result<std::vector<std::string>> entries(const std::string& folder) {
  const std::unique_ptr<DIR, int (*)(DIR*)> dir(opendir(folder.c_str()), &closedir);
  if (!dir) return fail(Code::kNotFound, "folder");
  std::vector<std::string> names;
  while (const auto* entry = readdir(dir.get())) {
    const std::string_view name = static_cast<const char*>(entry->d_name);
    if (name == "." || name == "..") continue;
    if (names.size() >= kEntriesMax) return fail(Code::kTooMany, "folder");
    names.emplace_back(name);
  }
  return names;
}

// The value of KEY=value in a file of such lines.
Result<std::string> setting(const std::string& path, std::string_view key) {
  const std::string text = TRY(base::read_file(path, kSmallFile));
  std::string_view rest = text;
  while (!rest.empty()) {
    const auto end = rest.find('\n');
    const auto line = rest.substr(0, end);
    if (line.starts_with(key) && line.substr(key.size()).starts_with('=')) {
      return std::string(line.substr(key.size() + 1));
    }
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + 1);
  }
  return fail(Code::kNotFound, "setting");
}

std::optional<Slot> slot_of(std::string_view label) {
  if (label == "root-a") return Slot::kA;
  if (label == "root-b") return Slot::kB;
  return std::nullopt;
}

// The name of the disk that a partition is on: its folder of sysfs lies in the disk's.
Result<std::string> disk_of(const Places& places, const std::string& part) {
  const std::string link = places.sys + "/class/block/" + part;
  const std::unique_ptr<char, void (*)(void*)> path(realpath(link.c_str(), nullptr), &free);
  if (!path) return fail(Code::kNotFound, "partition");
  const std::string_view whole = path.get();
  const auto last = whole.rfind('/');
  const auto before = last == std::string_view::npos ? last : whole.rfind('/', last - 1);
  if (before == std::string_view::npos) return fail(Code::kNotFound, "disk");
  return std::string(whole.substr(before + 1, last - before - 1));
}

}  // namespace

Slot other(Slot slot) { return slot == Slot::kA ? Slot::kB : Slot::kA; }
char letter(Slot slot) { return slot == Slot::kA ? 'a' : 'b'; }

Result<Version> running_version(const Places& places) {
  return Version::from(TRY(setting(places.release, "IMAGE_VERSION")));
}

Result<Disk> running_disk(const Places& places) {
  for (const auto& mapped : TRY(entries(places.sys + "/block"))) {
    if (!mapped.starts_with("dm-")) continue;
    const std::string folder = places.sys + "/block/" + mapped;
    const auto called = base::read_file(folder + "/dm/name", kSmallFile);
    if (!called || *called != "root\n") continue;
    for (const auto& part : TRY(entries(folder + "/slaves"))) {
      const auto label = setting(places.sys + "/class/block/" + part + "/uevent", "PARTNAME");
      const auto slot = label ? slot_of(*label) : std::nullopt;
      if (slot) return Disk{*slot, TRY(disk_of(places, part))};
    }
  }
  return fail(Code::kNotFound, "image");
}

Result<std::string> partition(const Places& places, const Disk& disk, std::string_view label) {
  const std::string folder = places.sys + "/class/block/" + disk.name;
  for (const auto& part : TRY(entries(folder))) {
    const std::string facts = folder + "/" + part + "/uevent";
    const auto found = setting(facts, "PARTNAME");
    if (!found || *found != label) continue;
    return places.dev + "/" + TRY(setting(facts, "DEVNAME"));
  }
  return fail(Code::kNotFound, "partition");
}

std::optional<Kernel> kernel_from(std::string_view file) {
  for (const Slot slot : {Slot::kA, Slot::kB}) {
    const std::string start = std::string("kagikura-") + letter(slot) + "_";
    if (!file.starts_with(start) || !file.ends_with(".efi")) continue;
    auto middle = file.substr(start.size(), file.size() - start.size() - 4);
    Kernel kernel{slot, {}, false, std::string(file)};
    const auto plus = middle.find('+');
    if (plus != std::string_view::npos) {
      const auto count = middle.substr(plus);
      if (count != "+1" && count != "+0-1") return std::nullopt;
      kernel.on_trial = true;
      middle = middle.substr(0, plus);
    }
    const auto version = Version::from(middle);
    if (!version) return std::nullopt;
    kernel.version = *version;
    return kernel;
  }
  return std::nullopt;
}

std::string kernel_file(Slot slot, const Version& version, bool on_trial) {
  return std::string("kagikura-") + letter(slot) + "_" + version.text() +
         (on_trial ? "+1.efi" : ".efi");
}

Result<Version> floor_version(const Places& places) {
  auto text = base::read_file(places.state + std::string(kFloor), kSmallFile);
  if (!text && text.error().code == Code::kNotFound) return Version{};
  if (!text) return std::unexpected(text.error());
  if (text->ends_with('\n')) text->pop_back();
  return Version::from(*text);
}

Result<> raise_floor(const Places& places, const Version& version) {
  if (TRY(floor_version(places)) >= version) return {};
  const std::string path = places.state + std::string(kFloor);
  const std::string fresh = path + ".new";
  const base::Fd folder(open(places.state.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const base::Fd file(open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!folder.valid() || !file.valid()) return fail(Code::kIo, "floor");
  TRY(base::write_all(file, base::as_bytes(version.text() + "\n")));
  if (fsync(file.get()) != 0) return fail(Code::kIo, "floor");
  if (rename(fresh.c_str(), path.c_str()) != 0) return fail(Code::kIo, "floor");
  if (fsync(folder.get()) != 0) return fail(Code::kIo, "floor");
  return {};
}

}  // namespace update
