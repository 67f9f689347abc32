// Which encoding a roster is in, and its text (roster.h).
#include <algorithm>

#include "daemon/registry/roster.h"

namespace registry {
namespace {

using base::ByteSpan;

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// Calls visit(line number, bytes with their line feed) for each line.
template <class Visit>
void each_line(ByteSpan file, Visit visit) {
  std::uint32_t number = 1;
  while (!file.empty()) {
    const auto end = std::ranges::find(file, std::uint8_t{'\n'});
    const auto size = static_cast<std::size_t>(end - file.begin()) + (end == file.end() ? 0 : 1);
    visit(number++, file.first(size));
    file = file.subspan(size);
  }
}

// UTF-8 without regard to control characters, which are the cells' business.
bool is_utf8(std::string_view line) {
  std::string visible(line);
  std::ranges::replace_if(visible, [](char c) { return (c >= 0 && c < ' ') || c == '\x7f'; }, ' ');
  // C1 controls (C2 80 to C2 9F) are well-formed too.
  for (std::size_t i = 0; i + 1 < visible.size(); ++i) {
    const auto next = static_cast<unsigned char>(visible[i + 1]);
    if (visible[i] == '\xC2' && next >= 0x80 && next <= 0x9F) visible[i + 1] = '\xA9';
  }
  return base::is_clean_utf8(visible);
}

}  // namespace

void decode_file(const Cp932& cp932, ByteSpan file, std::string& text, Roster& out) {
  std::vector<std::uint32_t> not_utf8;
  const bool marked = base::as_text(file).starts_with(kByteOrderMark);
  if (marked) file = file.subspan(kByteOrderMark.size());
  each_line(file, [&](std::uint32_t number, ByteSpan line) {
    if (!is_utf8(base::as_text(line))) not_utf8.push_back(number);
  });
  if (not_utf8.empty()) {
    out.encoding = "UTF-8";
    text = base::as_text(file);
    return;
  }
  std::vector<std::uint32_t> not_cp932;
  if (!marked) {
    text.reserve(file.size() + file.size() / 2);
    each_line(file, [&](std::uint32_t number, ByteSpan line) {
      if (!cp932.append_utf8(line, text)) not_cp932.push_back(number);
    });
    out.encoding = "CP932";
    if (not_cp932.empty()) return;
  }
  // Neither: taken for what fits more of its lines.
  const bool rather_utf8 = marked || not_utf8.size() <= not_cp932.size();
  if (rather_utf8) out.encoding = "UTF-8";
  for (const std::uint32_t line : rather_utf8 ? not_utf8 : not_cp932) {
    out.problems.add(line, 0, {}, ipc::RosterReason::kNotUtf8OrCp932);
  }
}

}  // namespace registry
