// The checkpoints this log has given out: an append-only file of signed notes beside the segments,
// so that later exports can prove that they grew from earlier ones. Used by the service alone.
#pragma once

#include <string>
#include <vector>

#include "audit/checkpoint.h"
#include "audit/disk.h"

namespace audit::process {

class Checkpoints {
 public:
  static constexpr std::uint64_t kFileMax = std::uint64_t{64} << 20;  // then none is kept any more

  // Reads and checks the form of what is there; a note that a crash cut off is dropped. kCorrupt,
  // kIo.
  static base::Result<Checkpoints> open(const std::string& log_dir, Disk& disk);

  // Writes a note and waits until it is on disk. kFull, kIo.
  base::Result<> add(const Checkpoint& checkpoint, const std::string& note);
  // What the last note is about; nothing at first.
  [[nodiscard]] const Checkpoint& last() const { return last_; }
  // At most `max` of the stored notes of trees smaller than `below`, oldest first: the newest, and
  // ever fewer of the older ones (1, 2, 4, 8 ... notes back), so that old holders find one near
  // theirs.
  [[nodiscard]] base::Result<std::vector<std::string>> spread(std::size_t max,
                                                              std::uint64_t below) const;

 private:
  Checkpoints(Disk& disk, base::Fd file) : disk_(&disk), file_(std::move(file)) {}
  Disk* disk_;
  base::Fd file_;
  std::uint64_t size_ = 0;
  Checkpoint last_;
};

}  // namespace audit::process
