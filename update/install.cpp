#include "update/install.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "update/boot_partition.h"
#include "update/signature.h"

namespace update {

namespace {

using base::Code;
using base::fail;
using base::Result;

constexpr std::size_t kKeysFileMax = 4096;
constexpr std::size_t kChunk = 1U << 20;

// Exactly that many bytes from that place.
Result<> read_at(const base::Fd& file, std::uint64_t offset, std::span<std::uint8_t> out) {
  while (!out.empty()) {
    const ssize_t n = pread(file.get(), out.data(), out.size(), static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return fail(Code::kIo, "read");
    if (n == 0) return fail(Code::kCorrupt, "size");
    out = out.subspan(static_cast<std::size_t>(n));
    offset += static_cast<std::uint64_t>(n);
  }
  return {};
}

// Reads `size` bytes from `offset` on, gives each piece to `use`, and wants this digest at the end.
template <class Use>
Result<> stream(const base::Fd& file, std::uint64_t offset, const Part& part, Use use) {
  auto hasher = TRY(Hasher::start());
  std::vector<std::uint8_t> chunk(kChunk);
  for (std::uint64_t done = 0; done < part.size;) {
    const auto now = static_cast<std::size_t>(std::min<std::uint64_t>(kChunk, part.size - done));
    const std::span<std::uint8_t> piece(chunk.data(), now);
    TRY(read_at(file, offset + done, piece));
    TRY(hasher.add(piece));
    TRY(use(base::ByteSpan(piece)));
    done += now;
  }
  if (TRY(hasher.finish()) != part.digest) return fail(Code::kCorrupt, "digest");
  return {};
}

Result<> only_read(base::ByteSpan) { return {}; }

// Copies a part to the start of `target`, waits for the disk, and reads back what it holds.
Result<> copy(const Checked& update, PartName name, const base::Fd& target) {
  const Part& part = update.header.part(name);
  TRY(stream(update.file, part.offset, part,
             [&](base::ByteSpan piece) { return base::write_all(target, piece); }));
  if (fsync(target.get()) != 0) return fail(Code::kIo, "write");
  // From the disk, not from what the kernel remembers of the writing.
  if (posix_fadvise(target.get(), 0, 0, POSIX_FADV_DONTNEED) != 0) return fail(Code::kIo, "read");
  return stream(target, 0, part, only_read);
}

// The partition for writing, which the kernel refuses while anything uses it.
Result<base::Fd> open_partition(const std::string& path, std::uint64_t size) {
  base::Fd out(open(path.c_str(), O_RDWR | O_EXCL | O_CLOEXEC));
  if (!out.valid()) return fail(errno == EBUSY ? Code::kConflict : Code::kIo, "partition");
  const off_t end = lseek(out.get(), 0, SEEK_END);
  if (end < 0 || static_cast<std::uint64_t>(end) < size) return fail(Code::kFull, "partition");
  if (lseek(out.get(), 0, SEEK_SET) != 0) return fail(Code::kIo, "partition");
  return out;
}

Result<> write_kernel(const Checked& update, PartName name, const BootPartition& boot,
                      const std::string& file) {
  const std::string path = boot.path("kagikura.new");
  const base::Fd fresh(open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!fresh.valid()) return fail(Code::kIo, "kernel");
  TRY(copy(update, name, fresh));
  return boot.rename("kagikura.new", file);
}

}  // namespace

std::string_view refusal(const base::Error& error) {
  for (const std::string_view reason :
       {"signature", "product", "older", "header", "digest", "size", "version", "number"}) {
    if (error.field.view() != reason) continue;
    return reason == "number" || reason == "version" ? "header" : reason;
  }
  return {};
}

Result<Checked> open_update(const Places& places, const std::string& path) {
  Checked update{base::Fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)), {}};
  struct stat facts = {};
  if (!update.file.valid() || fstat(update.file.get(), &facts) != 0 || !S_ISREG(facts.st_mode)) {
    return fail(Code::kNotFound, "file");
  }
  std::array<std::uint8_t, kBlock> block{};
  TRY(read_at(update.file, 0, block));
  const base::ByteSpan whole(block);
  const auto keys = TRY(keys_from(TRY(base::read_file(places.keys, kKeysFileMax))));
  const auto signature = TRY(Signature::from(whole.subspan(kSigned)));
  if (!is_signed(whole.first(kSigned), signature, keys)) return fail(Code::kDenied, "signature");
  update.header = TRY(parse_header(whole.first(kSigned)));
  if (update.header.product != kProduct) return fail(Code::kDenied, "product");
  const Version least = std::max(TRY(running_version(places)), TRY(floor_version(places)));
  if (update.header.version <= least) return fail(Code::kDenied, "older");
  if (static_cast<std::uint64_t>(facts.st_size) != update.header.file_size) {
    return fail(Code::kCorrupt, "size");
  }
  return update;
}

Result<> check_parts(const Checked& update) {
  for (const Part& part : update.header.parts) {
    TRY(stream(update.file, part.offset, part, only_read));
  }
  return {};
}

Result<> install(const Places& places, const Checked& update) {
  const Disk disk = TRY(running_disk(places));
  const Slot slot = other(disk.running);
  const std::string end(1, letter(slot));
  const auto root = TRY(partition(places, disk, "root-" + end));
  const auto verity = TRY(partition(places, disk, "verity-" + end));
  const auto root_fd = TRY(open_partition(root, update.header.part(PartName::kRoot).size));
  const auto verity_fd = TRY(open_partition(verity, update.header.part(PartName::kVerity).size));
  const auto boot = TRY(BootPartition::open(places, disk));
  // Whatever the slot held is not started any more before a byte of it changes.
  TRY(boot.remove_kernels(slot));
  TRY(copy(update, PartName::kRoot, root_fd));
  TRY(copy(update, PartName::kVerity, verity_fd));
  const PartName kernel = slot == Slot::kA ? PartName::kKernelA : PartName::kKernelB;
  return write_kernel(update, kernel, boot,
                      kernel_file(slot, update.header.version, /*on_trial=*/true));
}

Result<> guard(const Places& places) {
  if (TRY(running_version(places)) < TRY(floor_version(places))) {
    return fail(Code::kState, "older");
  }
  return {};
}

Result<> bless(const Places& places) {
  const Disk disk = TRY(running_disk(places));
  const Version version = TRY(running_version(places));
  const auto boot = TRY(BootPartition::open(places, disk));
  for (const auto& kernel : TRY(boot.kernels())) {
    if (kernel.slot != disk.running || kernel.version != version || !kernel.on_trial) continue;
    TRY(boot.rename(kernel.file, kernel_file(kernel.slot, kernel.version, /*on_trial=*/false)));
  }
  return raise_floor(places, version);
}

Result<std::string> status(const Places& places) {
  const Disk disk = TRY(running_disk(places));
  const Version version = TRY(running_version(places));
  bool trial = false;
  const auto boot = TRY(BootPartition::open(places, disk));
  for (const auto& kernel : TRY(boot.kernels())) {
    trial = trial || (kernel.slot == disk.running && kernel.version == version && kernel.on_trial);
  }
  return "version " + version.text() + " slot " + letter(disk.running) + " floor " +
         TRY(floor_version(places)).text() + " trial " + (trial ? "yes" : "no");
}

}  // namespace update
