// Whatever a roster holds: problems and rows agree (listed at most 100, rows within the limits,
// kana folded, no number in any text), reading is repeatable, and a file without problems, written
// out again as strict CSV in UTF-8, reads to the same people.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "daemon/registry/kana.h"
#include "daemon/registry/number_shape.h"
#include "daemon/registry/roster.h"

namespace {

void put(std::string& out, std::string_view cell, char end) {
  out += '"';
  for (const char c : cell) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
  out += end;
}

std::string_view written(base::PersonKind kind) {
  switch (kind) {
    case base::PersonKind::kEmployee: return "従業員";
    case base::PersonKind::kDependant: return "扶養親族";
    case base::PersonKind::kCategoryThree: return "第三号被保険者";
    case base::PersonKind::kPayee: return "個人支払先";
    case base::PersonKind::kProfessional: return "士業";
    case base::PersonKind::kLandlord: return "不動産オーナー";
    case base::PersonKind::kShareholder: return "株主";
    case base::PersonKind::kCustomer: return "顧客";
  }
  return {};
}

std::string written(const std::vector<registry::RosterRow>& rows) {
  std::string out = "社員番号,氏名,フリガナ,区分,所属,生年月日,続柄,扶養者社員番号,入社日\n";
  for (const registry::RosterRow& row : rows) {
    put(out, row.employee_no.view(), ',');
    put(out, row.name.view(), ',');
    put(out, row.kana.view(), ',');
    put(out, written(row.kind), ',');
    put(out, row.group.view(), ',');
    put(out, row.birth ? base::to_iso(*row.birth) : "", ',');
    put(out, row.relation.view(), ',');
    put(out, row.head.view(), ',');
    put(out, row.joined ? base::to_iso(*row.joined) : "", '\n');
  }
  return out;
}

bool same(const registry::RosterRow& a, const registry::RosterRow& b) {
  return a.employee_no == b.employee_no && a.name == b.name && a.kana == b.kana &&
         a.kind == b.kind && a.group == b.group && a.birth == b.birth && a.joined == b.joined &&
         a.relation == b.relation && a.head == b.head;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto cp932 = registry::Cp932::open();
  ASSERT(cp932.has_value());
  const registry::Roster roster = registry::parse_roster(*cp932, {data, size});
  const registry::RosterProblems& problems = roster.problems;
  ASSERT(problems.listed().size() <= registry::kRosterProblemsMax);
  ASSERT(problems.listed().size() <= problems.total());
  ASSERT(problems.empty() == problems.listed().empty());
  for (const registry::RosterRow& row : roster.rows) {
    ASSERT(registry::is_reading(row.kana.view()));
    for (const std::string_view text : {row.employee_no.view(), row.name.view(), row.group.view(),
                                        row.relation.view(), row.head.view()}) {
      ASSERT(!registry::looks_like_number(text));
    }
  }
  if (!problems.empty()) return 0;
  const std::string text = written(roster.rows);
  const registry::Roster again = registry::parse_roster(*cp932, base::as_bytes(text));
  ASSERT(again.problems.empty());
  ASSERT(again.rows.size() == roster.rows.size());
  for (std::size_t i = 0; i < roster.rows.size(); ++i) {
    ASSERT(!roster.rows[i].name.empty());
    ASSERT(same(roster.rows[i], again.rows[i]));
  }
  return 0;
}
