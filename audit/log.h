// The log on disk: a folder of append-only segment files, each filled with zeros before it is used
// and named by the index of its first entry. One process at a time; it is not thread-safe. The
// caller decides what an entry says; the log decides its index, keeps its order and says when it is
// durable. It never changes or removes an entry, and after a failed fdatasync it refuses everything
// (what the disk holds is then unknown: stop the process, open again).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "audit/disk.h"
#include "audit/entry.h"
#include "audit/tree.h"
#include "base/fd.h"

namespace audit {

struct LogOptions {
  std::string dir;                                       // exists
  std::uint64_t log_bytes = std::uint64_t{1} << 30;      // all segments together
  std::uint64_t segment_bytes = std::uint64_t{8} << 20;  // of new segments; at least kSegmentMin
};
inline constexpr std::uint64_t kSegmentMin = 128U << 10U;
inline constexpr std::size_t kBatchMax = 64U << 10U;  // bytes that wait for one fdatasync at most

// What may use the space that is kept for locking, sealing and the log's own alarms.
enum class Priority : std::uint8_t { kNormal, kReserve };

// What open() found and did.
struct OpenReport {
  std::uint64_t entries = 0;
  std::uint64_t segments = 0;
  std::uint64_t torn_bytes = 0;  // of a batch that never became durable; zeroed again
};

class Log {
  struct Private {};  // only open() makes logs

 public:
  Log(Private /*key*/, LogOptions options, Disk& disk)
      : options_(std::move(options)), disk_(disk) {}

  using OnEntry = std::function<void(const Entry&)>;
  using OnLine = std::function<base::Result<>(std::uint64_t index, std::string_view line)>;

  // Reads and checks everything: names, continuity, canonical form, `run`, `back`, zeros after the
  // end. Calls `replay` for each entry in order. kCorrupt (field: what), kIo, kNotFound (the
  // folder). `disk` outlives the log.
  static base::Result<std::unique_ptr<Log>> open(LogOptions options, Disk& disk,
                                                 const OnEntry& replay = {});

  // Numbers the entry (n, back) and buffers it; durable after the next sync(). `run` must not be
  // less than the last entry's. Returns the index. kFull when the space left is kept for
  // Priority::kReserve, or when none is left; kInvalid, kTooLong as write(); kState when the log is
  // poisoned.
  base::Result<std::uint64_t> append(Entry entry, Priority priority = Priority::kNormal);
  // One fdatasync for all that was appended. Returns the durable size. kIo poisons the log.
  base::Result<std::uint64_t> sync();
  // Fills a slice of the next segment with zeros; call it when idle. Whether a slice is left to do.
  // kFull when the disk is full: the log goes on in the space it has.
  base::Result<bool> prepare();

  // Entries appended, and of these on disk.
  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] std::uint64_t durable() const { return tree_.size(); }
  // Of the durable entries: what may be signed.
  [[nodiscard]] const Frontier& tree() const { return tree_; }
  // The root over the first `size` entries: a few thousand lines are read at most. kNotFound beyond
  // durable().
  [[nodiscard]] base::Result<Digest> root_at(std::uint64_t size) const;
  [[nodiscard]] base::WallTime last_time() const { return last_time_; }
  [[nodiscard]] std::uint64_t last_run() const { return last_run_; }
  [[nodiscard]] const OpenReport& report() const { return report_; }
  // Of log_bytes; 100 when nothing but the reserve is left.
  [[nodiscard]] std::uint8_t used_percent() const;
  [[nodiscard]] bool poisoned() const { return poisoned_; }

  // One durable entry. kNotFound beyond durable().
  [[nodiscard]] base::Result<Entry> read(std::uint64_t index) const;
  // The durable lines [first, end) in order; stops at the first error of `on_line`.
  base::Result<> scan(std::uint64_t first, std::uint64_t end, const OnLine& on_line) const;
  // The durable entries before `before` (0: all), newest first, until `on_entry` returns false.
  base::Result<> scan_back(std::uint64_t before,
                           const std::function<bool(const Entry&)>& on_entry) const;
  // The leaf hashes of the first `size` durable entries, computed from the lines.
  [[nodiscard]] base::Result<std::vector<Digest>> leaves(std::uint64_t size) const;

 private:
  struct Segment {
    std::uint64_t first = 0;
    std::uint64_t bytes = 0;  // of the file
    std::uint64_t used = 0;   // bytes of lines, durable or being written
    base::Fd fd;
    std::vector<std::uint32_t> marks;  // offset of each kMarkEvery-th entry of the segment
  };
  static constexpr std::uint64_t kMarkEvery = 64;
  static constexpr std::uint64_t kMilestoneEvery = 4096;

  base::Result<> load(const OnEntry& replay);
  base::Result<> load_segment(const std::string& name, bool is_last, const OnEntry& replay);
  base::Result<> accept(std::string_view line, const OnEntry& replay);
  void grow(const Digest& leaf);
  base::Result<> clear_tail(Segment& segment, bool is_last);
  base::Result<> make_room(std::uint64_t bytes, Priority priority);
  base::Result<> roll();
  base::Result<> flush();
  base::Result<> lay_slice(std::uint64_t bytes);
  [[nodiscard]] std::uint64_t reserve() const;
  [[nodiscard]] std::uint64_t segments_max() const;
  [[nodiscard]] const Segment& segment_of(std::uint64_t index) const;
  base::Result<> scan_segment(const Segment& segment, std::uint64_t first, std::uint64_t end,
                              const OnLine& on_line) const;

  LogOptions options_;
  Disk& disk_;
  std::vector<Segment> segments_;
  base::Fd next_;                 // the segment being filled with zeros
  std::uint64_t next_ready_ = 0;  // bytes of it that are
  std::uint64_t size_ = 0;
  Frontier tree_;
  std::vector<Frontier> milestones_;  // the tree at kMilestoneEvery, twice that ...
  std::string batch_;  // lines that sync() writes at segments_.back().used - batch_.size()
  std::vector<Digest> batch_leaves_;
  base::WallTime last_time_;
  std::uint64_t last_run_ = 0;
  OpenReport report_;
  bool poisoned_ = false;
};

}  // namespace audit
