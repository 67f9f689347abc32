#include <algorithm>

#include "audit/log.h"

namespace audit {

namespace {

using base::Code;
using base::fail;
using base::Result;

constexpr std::size_t kBlock = 256U << 10U;

}  // namespace

const Log::Segment& Log::segment_of(std::uint64_t index) const {
  const auto after = std::upper_bound(
      segments_.begin(), segments_.end(), index,
      [](std::uint64_t value, const Segment& segment) { return value < segment.first; });
  return *std::prev(after);
}

// Lines [first, end) of one segment; both are inside it and durable.
Result<> Log::scan_segment(const Segment& segment, std::uint64_t first, std::uint64_t end,
                           const OnLine& on_line) const {
  const std::uint64_t mark = (first - segment.first) / kMarkEvery;
  std::uint64_t index = segment.first + mark * kMarkEvery;
  std::uint64_t offset = segment.marks[mark];
  // Not `used`: the end of what is durable.
  const std::uint64_t limit =
      &segment == &segments_.back() ? segment.used - batch_.size() : segment.used;
  std::vector<std::uint8_t> block;
  while (index < end) {
    block.resize(std::min<std::uint64_t>(kBlock, limit - offset));
    TRY(disk_.read(segment.fd, offset, block));
    std::string_view rest = base::as_text(block);
    const std::size_t whole = rest.size();
    for (; index < end; ++index) {
      const std::size_t line_end = rest.find('\n');
      if (line_end == std::string_view::npos) break;
      if (index >= first) TRY(on_line(index, rest.substr(0, line_end)));
      rest.remove_prefix(line_end + 1);
    }
    if (rest.size() == whole) return fail(Code::kCorrupt, "segment");
    offset += whole - rest.size();
  }
  return {};
}

Result<> Log::scan(std::uint64_t first, std::uint64_t end, const OnLine& on_line) const {
  if (first > end || end > durable()) return fail(Code::kNotFound, "entry");
  while (first < end) {
    const Segment& segment = segment_of(first);
    const bool last = &segment == &segments_.back();
    const std::uint64_t stop = last ? end : std::min(end, (&segment + 1)->first);
    TRY(scan_segment(segment, first, stop, on_line));
    first = stop;
  }
  return {};
}

Result<Entry> Log::read(std::uint64_t index) const {
  if (index >= durable()) return fail(Code::kNotFound, "entry");
  Entry entry;
  TRY(scan(index, index + 1, [&](std::uint64_t /*index*/, std::string_view line) -> Result<> {
    entry = TRY(parse(line));
    return {};
  }));
  return entry;
}

Result<> Log::scan_back(std::uint64_t before,
                        const std::function<bool(const Entry&)>& on_entry) const {
  static constexpr std::uint64_t kStep = 512;
  std::uint64_t end = before == 0 ? durable() : std::min(before, durable());
  while (end > 0) {
    const std::uint64_t first = end > kStep ? end - kStep : 0;
    std::vector<std::string> lines;
    TRY(scan(first, end, [&](std::uint64_t /*index*/, std::string_view line) -> Result<> {
      lines.emplace_back(line);
      return {};
    }));
    for (auto line = lines.rbegin(); line != lines.rend(); ++line) {
      if (!on_entry(TRY(parse(*line)))) return {};
    }
    end = first;
  }
  return {};
}

Result<std::vector<Digest>> Log::leaves(std::uint64_t size) const {
  std::vector<Digest> out;
  out.reserve(size);
  TRY(scan(0, size, [&](std::uint64_t /*index*/, std::string_view line) -> Result<> {
    out.push_back(leaf_hash(line));
    return {};
  }));
  return out;
}

Result<Digest> Log::root_at(std::uint64_t size) const {
  if (size > durable()) return fail(Code::kNotFound, "size");
  if (size == durable()) return tree_.root();
  const std::uint64_t before = size / kMilestoneEvery;
  Frontier tree = before == 0 ? Frontier() : milestones_[before - 1];
  TRY(scan(tree.size(), size, [&](std::uint64_t /*index*/, std::string_view line) -> Result<> {
    tree.add(leaf_hash(line));
    return {};
  }));
  return tree.root();
}

}  // namespace audit
