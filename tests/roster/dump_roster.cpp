// Prints what the readers make of a file, a line a row, cells as hexadecimal, so that another
// implementation can be compared: `dump_roster csv FILE` or `dump_roster roster FILE`.
#include <cstdio>

#include "base/fd.h"
#include "daemon/registry/csv.h"
#include "daemon/registry/roster.h"

namespace {

void print(std::string_view cell) {
  std::printf("%s,", base::to_hex(base::as_bytes(cell)).c_str());
}

void print_csv(std::string_view text) {
  registry::CsvReader reader(text);
  registry::CsvRow row;
  while (reader.next(row)) {
    for (const std::string& cell : row.cells) print(cell);
    std::printf("%s\n", row.broken == 0 ? "" : "broken");
  }
}

int print_roster(std::string_view bytes) {
  const auto cp932 = registry::Cp932::open();
  if (!cp932) return 1;
  const registry::Roster roster = registry::parse_roster(*cp932, base::as_bytes(bytes));
  for (const registry::RosterRow& row : roster.rows) {
    print(row.employee_no.view());
    print(row.name.view());
    print(row.kana.view());
    print(row.group.view());
    print(row.relation.view());
    print(row.head.view());
    print(row.birth ? base::to_iso(*row.birth) : "");
    std::printf("\n");
  }
  return roster.problems.empty() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const auto file = base::read_file(argv[2], ipc::kRosterMax);
  if (!file) return 2;
  if (std::string_view(argv[1]) == "roster") return print_roster(*file);
  print_csv(*file);
  return 0;
}
