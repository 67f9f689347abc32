#include "daemon/registry/csv.h"

namespace registry {

bool CsvReader::at_line_end() const {
  return left_.empty() || left_[0] == '\n' || left_.starts_with("\r\n");
}

void CsvReader::skip_line() {
  const std::size_t end = left_.find('\n');
  left_.remove_prefix(end == std::string_view::npos ? left_.size() : end + 1);
  ++line_;
}

// False when the quote is not closed, or more than the end of the cell follows it.
bool CsvReader::quoted_cell(std::string& cell) {
  std::string_view rest = left_.substr(1);
  std::uint32_t lines = 0;
  while (true) {
    const std::size_t quote = rest.find('"');
    if (quote == std::string_view::npos) return false;
    const std::string_view part = rest.substr(0, quote);
    for (const char c : part) lines += c == '\n' ? 1U : 0U;
    cell += part;
    rest.remove_prefix(quote + 1);
    if (!rest.starts_with('"')) break;
    cell += '"';
    rest.remove_prefix(1);
  }
  if (!rest.empty() && rest[0] != ',' && rest[0] != '\n' && !rest.starts_with("\r\n")) return false;
  left_ = rest;
  line_ += lines;
  return true;
}

void CsvReader::plain_cell(std::string& cell) {
  std::size_t end = left_.find_first_of(",\n\"");
  if (end == std::string_view::npos) end = left_.size();
  if (end < left_.size() && left_[end] == '\n' && end > 0 && left_[end - 1] == '\r') --end;
  cell = left_.substr(0, end);
  left_.remove_prefix(end);
}

bool CsvReader::next(CsvRow& row) {
  if (left_.empty()) return false;
  row.line = line_;
  row.broken = 0;
  std::size_t used = 0;
  for (bool more = !at_line_end(); more;) {
    if (used == row.cells.size()) row.cells.emplace_back();
    std::string& cell = row.cells[used++];
    cell.clear();
    bool whole = true;
    if (left_.starts_with('"')) {
      whole = quoted_cell(cell);
    } else {
      plain_cell(cell);
      whole = !left_.starts_with('"');
    }
    if (!whole) {
      row.broken = static_cast<std::uint32_t>(used);
      break;
    }
    more = left_.starts_with(',');
    if (more) left_.remove_prefix(1);
  }
  row.cells.resize(used);
  skip_line();
  return true;
}

}  // namespace registry
