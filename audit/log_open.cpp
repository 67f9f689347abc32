#include <algorithm>

#include "audit/log.h"

namespace audit {

namespace {

using base::Code;
using base::fail;
using base::Result;

constexpr std::string_view kSuffix = ".log";
constexpr std::uint64_t kSegmentMax = std::uint64_t{1} << 31;  // marks are 32 bits

// The index in "0123456789abcdef.log", or kInvalid.
Result<std::uint64_t> index_of(std::string_view name) {
  if (name.size() != 20 || !name.ends_with(kSuffix)) return fail(Code::kInvalid, "name");
  const std::string_view hex = name.substr(0, 16);
  if (hex == "0000000000000000") return std::uint64_t{0};
  return base::id_from_text(hex, "name");
}

bool all_zero(base::ByteSpan bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0; });
}

}  // namespace

Result<std::unique_ptr<Log>> Log::open(LogOptions options, Disk& disk, const OnEntry& replay) {
  if (options.segment_bytes < kSegmentMin || options.segment_bytes > kSegmentMax) {
    return fail(Code::kInvalid, "segment_bytes");
  }
  auto log = std::make_unique<Log>(Private(), std::move(options), disk);
  TRY(log->load(replay));
  if (log->segments_.empty()) TRY(log->roll());
  log->report_.entries = log->size_;
  log->report_.segments = log->segments_.size();
  return log;
}

Result<> Log::load(const OnEntry& replay) {
  std::vector<std::string> names;
  std::vector<std::string> all = TRY(disk_.list(options_.dir));
  for (std::string& name : all) {
    if (index_of(name)) names.push_back(std::move(name));
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    TRY(load_segment(names[i], i + 1 == names.size(), replay));
  }
  return {};
}

Result<> Log::load_segment(const std::string& name, bool is_last, const OnEntry& replay) {
  const std::uint64_t first = TRY(index_of(name));
  if (first != size_) return fail(Code::kCorrupt, "segment");
  Segment segment;
  segment.first = size_;
  segment.fd = TRY(disk_.open(options_.dir + "/" + name, /*create=*/false));
  segment.bytes = TRY(disk_.size(segment.fd));
  if (segment.bytes < kSegmentMin || segment.bytes > kSegmentMax) {
    return fail(Code::kCorrupt, "segment");
  }
  static constexpr std::uint64_t kBlock = 1U << 20U;
  std::vector<std::uint8_t> block;
  for (bool more = true; more && segment.used < segment.bytes;) {
    block.resize(std::min(kBlock, segment.bytes - segment.used));
    TRY(disk_.read(segment.fd, segment.used, block));
    std::string_view rest = base::as_text(block);
    more = false;
    while (!rest.empty()) {
      const std::size_t end = rest.substr(0, kLineMax + 1).find('\n');
      // A line that holds a zero byte was cut off by a crash; clear_tail() judges.
      if (end == std::string_view::npos || rest.substr(0, end).contains('\0')) break;
      if ((size_ - segment.first) % kMarkEvery == 0) {
        segment.marks.push_back(static_cast<std::uint32_t>(segment.used));
      }
      TRY(accept(rest.substr(0, end), replay));
      segment.used += end + 1;
      rest.remove_prefix(end + 1);
      more = true;
    }
  }
  TRY(clear_tail(segment, is_last));
  if (!is_last && segment.first == size_) return fail(Code::kCorrupt, "segment");
  segments_.push_back(std::move(segment));
  return {};
}

Result<> Log::accept(std::string_view line, const OnEntry& replay) {
  const auto entry = parse(line);
  if (!entry) return fail(Code::kCorrupt, "entry");
  const bool first = size_ == 0;
  const std::uint64_t back =
      !first && entry->t < last_time_ ? static_cast<std::uint64_t>(last_time_.ms - entry->t.ms) : 0;
  if (entry->n != size_) return fail(Code::kCorrupt, "n");
  if (entry->run < last_run_) return fail(Code::kCorrupt, "run");
  if (entry->back != back) return fail(Code::kCorrupt, "back");
  last_time_ = entry->t;
  last_run_ = entry->run;
  grow(leaf_hash(line));
  ++size_;
  if (replay) replay(*entry);
  return {};
}

// What follows the last line: zeros; or, in the last segment, the remains of one batch that a crash
// cut off before its fdatasync returned. Disks write the blocks of a batch in any order, so the
// remains may have holes; they begin with a line that is not whole and are no longer than a batch.
// They were never acknowledged, and are zeroed. Everything else is corrupt.
Result<> Log::clear_tail(Segment& segment, bool is_last) {
  static constexpr std::uint64_t kBlock = 1U << 20U;
  std::vector<std::uint8_t> block;
  for (std::uint64_t at = segment.used; at < segment.bytes; at += block.size()) {
    block.resize(std::min(kBlock, segment.bytes - at));
    TRY(disk_.read(segment.fd, at, block));
    const std::uint64_t torn_at = at == segment.used ? std::min(kBatchMax, block.size()) : 0;
    if (!all_zero(base::ByteSpan(block).subspan(torn_at))) return fail(Code::kCorrupt, "tail");
    const base::ByteSpan tail = base::ByteSpan(block).first(torn_at);
    if (all_zero(tail)) continue;
    const std::string_view head = base::as_text(tail.first(std::min(tail.size(), kLineMax + 1)));
    if (!is_last || !head.contains('\0') || head.find('\n') < head.find('\0')) {
      return fail(Code::kCorrupt, "tail");
    }
    const auto end =
        std::find_if(tail.rbegin(), tail.rend(), [](std::uint8_t b) { return b != 0; });
    const auto torn = static_cast<std::uint64_t>(tail.rend() - end);
    const std::vector<std::uint8_t> zeros(torn);
    TRY(disk_.write(segment.fd, segment.used, zeros));
    TRY(disk_.sync(segment.fd));
    report_.torn_bytes = torn;
  }
  return {};
}

}  // namespace audit
