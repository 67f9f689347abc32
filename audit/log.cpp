#include "audit/log.h"

#include <algorithm>

namespace audit {

namespace {

using base::Code;
using base::fail;
using base::Result;

constexpr const char* kNextName = "/next.tmp";
constexpr std::uint64_t kSlice = 256U << 10U;

}  // namespace

std::uint64_t Log::segments_max() const {
  return std::max<std::uint64_t>(options_.log_bytes / options_.segment_bytes, 2);
}

std::uint64_t Log::reserve() const {
  return std::min<std::uint64_t>(options_.segment_bytes / 8, 256U << 10U);
}

std::uint8_t Log::used_percent() const {
  const std::uint64_t all = segments_max() * options_.segment_bytes - reserve();
  const std::uint64_t full = segments_.size() - 1;
  const std::uint64_t used = full * options_.segment_bytes + segments_.back().used;
  return static_cast<std::uint8_t>(std::min<std::uint64_t>(100, used * 100 / all));
}

Result<std::uint64_t> Log::append(Entry entry, Priority priority) {
  if (poisoned_) return fail(Code::kState, "log");
  if (entry.run < last_run_) return fail(Code::kInvalid, "run");
  entry.n = size_;
  entry.back = entry.t < last_time_ && size_ != 0
                   ? static_cast<std::uint64_t>(last_time_.ms - entry.t.ms)
                   : 0;
  std::string line = TRY(write(entry));
  const Digest leaf = leaf_hash(line);
  line += '\n';
  TRY(make_room(line.size(), priority));
  Segment& segment = segments_.back();
  if ((size_ - segment.first) % kMarkEvery == 0) {
    segment.marks.push_back(static_cast<std::uint32_t>(segment.used));
  }
  segment.used += line.size();
  batch_ += line;
  batch_leaves_.push_back(leaf);
  last_time_ = entry.t;
  last_run_ = entry.run;
  return size_++;
}

// Makes sure that `bytes` fit into the current segment and the batch, or refuses.
Result<> Log::make_room(std::uint64_t bytes, Priority priority) {
  const Segment& segment = segments_.back();
  const std::uint64_t here = segment.bytes - segment.used;
  const bool last = segments_.size() >= segments_max();
  // The reserve is the end of the space that is there already: the last segment, or the current one
  // while the disk has no room for another.
  if (priority == Priority::kNormal && here < bytes + reserve()) {
    if (last) return fail(Code::kFull, "log");
    TRY(lay_slice(options_.segment_bytes));
  }
  if (here < bytes) {
    if (last) return fail(Code::kFull, "log");
    return roll();
  }
  if (batch_.size() + bytes > kBatchMax) return flush();
  return {};
}

void Log::grow(const Digest& leaf) {
  tree_.add(leaf);
  if (tree_.size() % kMilestoneEvery == 0) milestones_.push_back(tree_);
}

// Writes the batch and waits until it is on disk.
Result<> Log::flush() {
  if (poisoned_) return fail(Code::kState, "log");
  if (batch_.empty()) return {};
  const Segment& segment = segments_.back();
  auto done = disk_.write(segment.fd, segment.used - batch_.size(), base::as_bytes(batch_));
  if (done) done = disk_.sync(segment.fd);
  if (!done) {
    poisoned_ = true;
    return fail(Code::kIo, "log");
  }
  for (const Digest& leaf : batch_leaves_) grow(leaf);
  batch_.clear();
  batch_leaves_.clear();
  return {};
}

Result<std::uint64_t> Log::sync() {
  TRY(flush());
  // Before the current segment is full the next one must be: each sync that finds it late does a
  // slice, so that no single append waits for a whole segment.
  const Segment& segment = segments_.back();
  const std::uint64_t late = segment.used > segment.bytes / 2 ? segment.bytes - segment.used : 0;
  if (late != 0 && next_ready_ < options_.segment_bytes && segments_.size() < segments_max()) {
    static_cast<void>(prepare());  // a full disk is reported by the append that needs the room
  }
  return durable();
}

Result<bool> Log::prepare() {
  if (poisoned_) return fail(Code::kState, "log");
  if (segments_.size() >= segments_max()) return false;
  TRY(lay_slice(kSlice));
  return next_ready_ < options_.segment_bytes;
}

// Fills up to `bytes` more of the next segment; the last slice waits until all are on disk.
Result<> Log::lay_slice(std::uint64_t bytes) {
  if (next_ready_ == options_.segment_bytes) return {};
  if (!next_.valid()) {
    next_ = TRY(disk_.open(options_.dir + kNextName, /*create=*/true));
    next_ready_ = 0;
  }
  static constexpr std::size_t kPiece = 64U << 10U;
  const std::vector<std::uint8_t> zeros(kPiece);
  const std::uint64_t end = std::min(options_.segment_bytes, next_ready_ + bytes);
  while (next_ready_ < end) {
    const std::uint64_t piece = std::min<std::uint64_t>(kPiece, end - next_ready_);
    auto done = disk_.write(next_, next_ready_, base::ByteSpan(zeros).first(piece));
    if (done && next_ready_ + piece == options_.segment_bytes) done = disk_.sync(next_);
    if (!done) {  // begin anew: what this file holds is unknown
      next_ = base::Fd();
      next_ready_ = 0;
      return done;
    }
    next_ready_ += piece;
  }
  return {};
}

// Goes on in the next segment; everything in the current one is durable first.
Result<> Log::roll() {
  TRY(flush());
  TRY(lay_slice(options_.segment_bytes));
  const std::string name = options_.dir + "/" + base::id_text(size_) + ".log";
  auto done = disk_.rename(options_.dir + kNextName, name);
  if (done) done = disk_.sync_dir(options_.dir);
  if (!done) {
    poisoned_ = true;
    return fail(Code::kIo, "log");
  }
  Segment segment;
  segment.first = size_;
  segment.bytes = options_.segment_bytes;
  segment.fd = std::move(next_);
  next_ = base::Fd();
  next_ready_ = 0;
  segments_.push_back(std::move(segment));
  return {};
}

}  // namespace audit
