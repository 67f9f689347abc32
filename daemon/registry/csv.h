// Splits UTF-8 text into rows and cells by RFC 4180: comma, double quotes, CRLF or LF. Strict: a
// quote inside an unquoted cell, text after a closing quote and an unclosed quote are errors, so
// that two readers never see different cells. Pure; for rosters.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace registry {

struct CsvRow {
  std::uint32_t line = 0;  // where it begins, from 1
  std::uint32_t broken =
      0;  // column (from 1) whose quoting is broken; 0: none. Then cells end there.
  std::vector<std::string> cells;
};

class CsvReader {
 public:
  explicit CsvReader(std::string_view text) : left_(text) {}
  // Reads the next row into `row` (reusing its memory); false at the end. Empty lines are rows
  // without cells. After broken quoting, reading goes on with the line after.
  bool next(CsvRow& row);

 private:
  bool quoted_cell(std::string& cell);
  void plain_cell(std::string& cell);
  bool at_line_end() const;
  void skip_line();
  std::string_view left_;
  std::uint32_t line_ = 1;
};

}  // namespace registry
