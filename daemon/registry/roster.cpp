#include "daemon/registry/roster.h"

#include <algorithm>
#include <bitset>
#include <unordered_set>

#include "daemon/registry/csv.h"
#include "daemon/registry/dates.h"
#include "daemon/registry/kana.h"
#include "daemon/registry/number_shape.h"
#include "daemon/registry/search.h"

namespace registry {
namespace {

using base::PersonKind;
using ipc::RosterReason;

constexpr std::size_t kColumns = static_cast<std::size_t>(RosterColumn::kLast) + 1;

struct ColumnNames {
  std::string_view japanese;
  std::string_view english;
};
constexpr std::array<ColumnNames, kColumns> kColumnNames{{
    {"社員番号", "employee_no"},
    {"氏名", "name"},
    {"フリガナ", "kana"},
    {"区分", "kind"},
    {"所属", "group"},
    {"生年月日", "birth"},
    {"続柄", "relation"},
    {"扶養者社員番号", "head"},
    {"入社日", "joined"},
}};

struct KindName {
  std::string_view text;
  PersonKind kind;
};
constexpr std::array<KindName, 19> kKindNames{{
    {"従業員", PersonKind::kEmployee},
    {"社員", PersonKind::kEmployee},
    {"役員", PersonKind::kEmployee},
    {"employee", PersonKind::kEmployee},
    {"扶養親族", PersonKind::kDependant},
    {"扶養", PersonKind::kDependant},
    {"dependant", PersonKind::kDependant},
    {"第三号被保険者", PersonKind::kCategoryThree},
    {"第3号被保険者", PersonKind::kCategoryThree},
    {"category_three", PersonKind::kCategoryThree},
    {"個人支払先", PersonKind::kPayee},
    {"payee", PersonKind::kPayee},
    {"士業", PersonKind::kProfessional},
    {"professional", PersonKind::kProfessional},
    {"不動産オーナー", PersonKind::kLandlord},
    {"landlord", PersonKind::kLandlord},
    {"株主", PersonKind::kShareholder},
    {"shareholder", PersonKind::kShareholder},
    {"顧客", PersonKind::kCustomer},
}};

std::size_t at(RosterColumn column) { return static_cast<std::size_t>(column); }

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kWideBlank = "\u3000";
  while (true) {
    if (text.starts_with(' ')) {
      text.remove_prefix(1);
    } else if (text.ends_with(' ')) {
      text.remove_suffix(1);
    } else if (text.starts_with(kWideBlank)) {
      text.remove_prefix(kWideBlank.size());
    } else if (text.ends_with(kWideBlank)) {
      text.remove_suffix(kWideBlank.size());
    } else {
      return text;
    }
  }
}

bool is_blank(const CsvRow& row) {
  return row.broken == 0 &&
         std::ranges::all_of(row.cells, [](const std::string& c) { return trimmed(c).empty(); });
}

// Reads one file. Each step adds to `out` and goes on where it can.
class Parser {
 public:
  explicit Parser(Roster& out) : out_(&out) {}

  void parse(std::string_view text) {
    CsvReader reader(text);
    CsvRow row;
    bool any = false;
    while (reader.next(row)) {
      if (is_blank(row)) continue;
      if (!any) {
        any = true;
        if (!header(row)) return;
      } else if (out_->rows.size() >= kRosterRowsMax) {
        problem(row.line, 0, {}, RosterReason::kTooManyRows);
        return;
      } else {
        person(row);
      }
    }
    if (!any) problem(1, 0, name(RosterColumn::kEmployeeNo), RosterReason::kMissingColumn);
  }

 private:
  void problem(std::uint32_t line, std::uint32_t column, std::string_view column_name,
               RosterReason reason) {
    out_->problems.add(line, column, column_name, reason);
  }
  void problem(std::uint32_t line, RosterColumn column, RosterReason reason) {
    problem(line, out_->columns[at(column)], name(column), reason);
  }

  bool header(const CsvRow& row) {
    if (row.broken != 0) {
      problem(row.line, row.broken, {}, RosterReason::kQuote);
      return false;
    }
    if (row.cells.size() > kRosterColumnsMax) {
      problem(row.line, static_cast<std::uint32_t>(kRosterColumnsMax + 1), {},
              RosterReason::kTooManyColumns);
      return false;
    }
    width_ = static_cast<std::uint32_t>(row.cells.size());
    for (std::uint32_t i = 0; i < width_; ++i) {
      const std::string key = search_key(trimmed(row.cells[i]));
      const auto* found = std::ranges::find_if(kColumnNames, [&](const ColumnNames& names) {
        return key == search_key(names.japanese) || key == search_key(names.english);
      });
      if (looks_like_number(row.cells[i])) {
        problem(row.line, i + 1, {}, RosterReason::kLooksLikeNumber);
      } else if (found == kColumnNames.end()) {
        problem(row.line, i + 1, {}, RosterReason::kUnknownColumn);
      } else if (auto& column =
                     out_->columns[static_cast<std::size_t>(found - kColumnNames.begin())];
                 column != 0) {
        problem(row.line, i + 1, found->japanese, RosterReason::kUnknownColumn);
      } else {
        column = i + 1;
      }
    }
    for (const RosterColumn column : {RosterColumn::kEmployeeNo, RosterColumn::kName}) {
      if (out_->columns[at(column)] == 0) {
        problem(row.line, 0, name(column), RosterReason::kMissingColumn);
      }
    }
    return out_->problems.empty();
  }

  void person(const CsvRow& row) {
    row_ = &row;
    if (row.broken != 0) {
      problem(row.line, row.broken, column_name(row.broken), RosterReason::kQuote);
      return;
    }
    // Blank cells beyond the header are what spreadsheets leave behind.
    for (std::size_t i = width_; i < row.cells.size(); ++i) {
      if (trimmed(row.cells[i]).empty()) continue;
      problem(row.line, static_cast<std::uint32_t>(i + 1), {}, RosterReason::kTooManyColumns);
      return;
    }
    RosterRow person;
    person.line = row.line;
    text(RosterColumn::kEmployeeNo, person.employee_no);
    text(RosterColumn::kName, person.name);
    text(RosterColumn::kGroup, person.group);
    text(RosterColumn::kRelation, person.relation);
    text(RosterColumn::kHead, person.head);
    kana(person);
    date(RosterColumn::kBirth, person.birth);
    date(RosterColumn::kJoined, person.joined);
    kind(person);
    required(person);
    duplicates(person);
    out_->rows.push_back(std::move(person));
  }

  [[nodiscard]] std::string_view column_name(std::uint32_t column) const {
    const auto found = std::ranges::find(out_->columns, column);
    if (found == out_->columns.end()) return {};
    return kColumnNames[static_cast<std::size_t>(found - out_->columns.begin())].japanese;
  }

  // The cell, trimmed; empty when it is not there, or when it has been refused.
  std::string_view cell(RosterColumn column) {
    const std::uint32_t i = out_->columns[at(column)];
    if (i == 0 || i > row_->cells.size()) return {};
    const std::string_view text = trimmed(row_->cells[i - 1]);
    if (text.size() > kRosterCellMax) return refuse(column, RosterReason::kTooLong);
    if (!base::is_clean_utf8(text)) return refuse(column, RosterReason::kControlCharacter);
    if (looks_like_number(text)) return refuse(column, RosterReason::kLooksLikeNumber);
    return text;
  }
  std::string_view refuse(RosterColumn column, RosterReason reason) {
    problem(row_->line, column, reason);
    refused_.set(at(column));
    return {};
  }

  template <std::size_t N>
  void text(RosterColumn column, base::Text<N>& out) {
    auto value = base::Text<N>::from(cell(column));
    if (value) {
      out = *std::move(value);
    } else {
      refuse(column, RosterReason::kTooLong);
    }
  }

  void kana(RosterRow& person) {
    const std::string folded = to_katakana(cell(RosterColumn::kKana));
    auto value = ipc::Name::from(folded);
    if (!value) {
      refuse(RosterColumn::kKana, RosterReason::kTooLong);
    } else if (!is_reading(folded)) {
      refuse(RosterColumn::kKana, RosterReason::kNotKana);
    } else {
      person.kana = *std::move(value);
    }
  }

  void date(RosterColumn column, std::optional<Day>& out) {
    const std::string_view text = cell(column);
    if (text.empty()) return;
    const auto day = parse_date(text);
    if (day) {
      out = *day;
    } else {
      refuse(column, RosterReason::kNotADate);
    }
  }

  void kind(RosterRow& person) {
    const std::string key = search_key(cell(RosterColumn::kKind));
    if (key.empty()) {
      person.kind = person.head.empty() ? PersonKind::kEmployee : PersonKind::kDependant;
      return;
    }
    const auto* found = std::ranges::find_if(
        kKindNames, [&](const KindName& kind) { return key == search_key(kind.text); });
    if (found == kKindNames.end() && key != "customer") {
      refuse(RosterColumn::kKind, RosterReason::kUnknownKind);
      return;
    }
    person.kind = found == kKindNames.end() ? PersonKind::kCustomer : found->kind;
    const bool of_somebody =
        person.kind == PersonKind::kDependant || person.kind == PersonKind::kCategoryThree;
    if (!of_somebody && !person.head.empty())
      refuse(RosterColumn::kKind, RosterReason::kUnknownKind);
  }

  // A refused cell is not missing as well.
  void required(const RosterRow& person) {
    const auto check = [&](RosterColumn column, bool missing) {
      if (missing && !refused_.test(at(column))) {
        problem(person.line, column, RosterReason::kMissing);
      }
    };
    check(RosterColumn::kName, person.name.empty());
    check(RosterColumn::kEmployeeNo, person.employee_no.empty() && person.head.empty() &&
                                         !refused_.test(at(RosterColumn::kHead)) &&
                                         person.kind != PersonKind::kDependant);
    check(RosterColumn::kHead, person.kind == PersonKind::kDependant && person.head.empty());
    refused_.reset();
  }

  void duplicates(const RosterRow& person) {
    if (!person.employee_no.empty()) {
      if (!numbers_.insert(person.employee_no.str()).second) {
        problem(person.line, RosterColumn::kEmployeeNo, RosterReason::kDuplicateNumber);
      }
    } else if (!person.head.empty() && !person.name.empty()) {
      if (!family_.insert(person.head.str() + '\n' + person.name.str()).second) {
        problem(person.line, RosterColumn::kName, RosterReason::kDuplicateNumber);
      }
    }
  }

  Roster* out_;
  std::uint32_t width_ = 0;
  const CsvRow* row_ = nullptr;
  std::bitset<kColumns> refused_;
  std::unordered_set<std::string> numbers_;
  std::unordered_set<std::string> family_;  // dependants without a number: head and name
};

}  // namespace

std::string_view name(RosterColumn column) { return kColumnNames[at(column)].japanese; }

void RosterProblems::add(std::uint32_t line, std::uint32_t column, std::string_view column_name,
                         RosterReason reason) {
  ++total_;
  const auto place = [](const ipc::RosterProblem& p) { return std::pair(p.line, p.column); };
  const auto after = std::ranges::upper_bound(listed_, std::pair(line, column), {}, place);
  if (listed_.size() >= kRosterProblemsMax) {
    if (after == listed_.end()) return;
    listed_.pop_back();
  }
  listed_.insert(after, {line, column, ipc::Text<64>::literal(column_name), reason});
}

Roster parse_roster(const Cp932& cp932, base::ByteSpan file) {
  Roster out;
  if (file.size() > ipc::kRosterMax) {
    out.problems.add(0, 0, {}, RosterReason::kTooLong);
    return out;
  }
  std::string text;
  decode_file(cp932, file, text, out);
  if (out.problems.empty()) Parser(out).parse(text);
  return out;
}

}  // namespace registry
