#include "audit/process/checkpoints.h"

#include <algorithm>

namespace audit::process {

namespace {

using base::Code;
using base::fail;
using base::Result;

constexpr const char* kName = "/checkpoints";
constexpr std::string_view kEnd = "\n\n";  // also between a note's text and its signature

// The first note of `text` with the empty line after it; empty when there is no whole one.
std::string_view first_note(std::string_view text) {
  const std::size_t middle = text.find(kEnd);
  if (middle == std::string_view::npos) return {};
  const std::size_t end = text.find(kEnd, middle + kEnd.size());
  return end == std::string_view::npos ? std::string_view() : text.substr(0, end + kEnd.size());
}

Result<Checkpoint> checkpoint_of(std::string_view note) {
  auto checkpoint = parse_checkpoint(note.substr(0, note.find(kEnd) + 1));
  if (!checkpoint) return fail(Code::kCorrupt, "checkpoints");
  return *std::move(checkpoint);
}

Result<std::string> contents(Disk& disk, const base::Fd& file, std::uint64_t size) {
  std::vector<std::uint8_t> bytes(size);
  TRY(disk.read(file, 0, bytes));
  return std::string(base::as_text(bytes));
}

}  // namespace

Result<Checkpoints> Checkpoints::open(const std::string& log_dir, Disk& disk) {
  auto file = disk.open(log_dir + kName, /*create=*/false);
  const bool fresh = !file && file.error().code == Code::kNotFound;
  if (fresh) file = disk.open(log_dir + kName, /*create=*/true);
  if (!file) return std::unexpected(file.error());
  if (fresh) TRY(disk.sync_dir(log_dir));
  Checkpoints out(disk, *std::move(file));
  const std::uint64_t size = TRY(disk.size(out.file_));
  if (size > kFileMax + kNoteMax) return fail(Code::kCorrupt, "checkpoints");
  const std::string all = TRY(contents(disk, out.file_, size));
  std::string_view rest = std::string_view(all).substr(0, all.find('\0'));
  for (std::string_view note = first_note(rest); !note.empty(); note = first_note(rest)) {
    out.last_ = TRY(checkpoint_of(note));
    out.size_ += note.size();
    rest.remove_prefix(note.size());
  }
  // Nobody was given a note that was cut off: it is handed out after it is on disk.
  if (out.size_ < size) {
    TRY(disk.write(out.file_, out.size_, std::vector<std::uint8_t>(size - out.size_)));
    TRY(disk.sync(out.file_));
  }
  return out;
}

Result<> Checkpoints::add(const Checkpoint& checkpoint, const std::string& note) {
  const std::string bytes = note + "\n";
  if (size_ + bytes.size() > kFileMax) return fail(Code::kFull, "checkpoints");
  TRY(disk_->write(file_, size_, base::as_bytes(bytes)));
  TRY(disk_->sync(file_));
  size_ += bytes.size();
  last_ = checkpoint;
  return {};
}

Result<std::vector<std::string>> Checkpoints::spread(std::size_t max, std::uint64_t below) const {
  const std::string all = TRY(contents(*disk_, file_, size_));
  std::vector<std::string_view> notes;
  std::string_view rest = all;
  for (std::string_view note = first_note(rest); !note.empty(); note = first_note(rest)) {
    rest.remove_prefix(note.size());
    if (TRY(checkpoint_of(note)).size < below) notes.push_back(note.substr(0, note.size() - 1));
  }
  std::vector<std::string> out;
  for (std::size_t back = 1; back <= notes.size() && out.size() < max; back *= 2) {
    out.emplace_back(notes[notes.size() - back]);
  }
  std::ranges::reverse(out);
  return out;
}

}  // namespace audit::process
