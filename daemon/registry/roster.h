// Reads a roster: a CSV file (RFC 4180) of people, in UTF-8 or CP932, as payroll systems export
// it. Pure: bytes in, rows and problems out; whether people exist is asked in people.h. All or
// nothing: with one problem the file is not imported. Never repeats a cell's content in a problem,
// since a cell may be the very number that must not be there.
#pragma once

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "daemon/registry/records.h"
#include "ipc/worker_people.h"

namespace registry {

inline constexpr std::size_t kRosterRowsMax = 200'000;
inline constexpr std::size_t kRosterColumnsMax = 64;
inline constexpr std::size_t kRosterCellMax = 1024;  // bytes of UTF-8
inline constexpr std::size_t kRosterProblemsMax = 100;

enum class RosterColumn : std::uint8_t {
  kEmployeeNo,  // 社員番号, employee_no
  kName,        // 氏名, name
  kKana,        // フリガナ, kana
  kKind,        // 区分, kind
  kGroup,       // 所属, group
  kBirth,       // 生年月日, birth
  kRelation,    // 続柄, relation
  kHead,        // 扶養者社員番号, head
  kJoined,      // 入社日, joined
  kLast = kJoined,
};

struct RosterRow {
  std::uint32_t line = 0;     // 1 is the header; the first line of a row whose cells span lines
  ipc::Text<32> employee_no;  // dependants may have none
  ipc::Name name;
  ipc::Name kana;  // folded to full-width katakana
  base::PersonKind kind = base::PersonKind::kEmployee;
  ipc::Text<64> group;
  std::optional<Day> birth;
  std::optional<Day> joined;
  ipc::Text<32> relation;
  ipc::Text<32> head;  // employee number of whose dependant this is
};

// Problems, the first kRosterProblemsMax of them listed, all counted.
class RosterProblems {
 public:
  void add(std::uint32_t line, std::uint32_t column, std::string_view column_name,
           ipc::RosterReason reason);
  [[nodiscard]] std::uint32_t total() const { return total_; }
  [[nodiscard]] const std::vector<ipc::RosterProblem>& listed() const { return listed_; }
  [[nodiscard]] bool empty() const { return total_ == 0; }

 private:
  std::vector<ipc::RosterProblem> listed_;
  std::uint32_t total_ = 0;
};

struct Roster {
  std::string encoding;  // "UTF-8" or "CP932"
  std::vector<RosterRow> rows;
  RosterProblems problems;
  // 1-based column of each RosterColumn in the file; 0: not there. For problems found later.
  std::array<std::uint32_t, static_cast<std::size_t>(RosterColumn::kLast) + 1> columns{};
};

// The converter for CP932. Made once at start, because the C library loads a module for it, which
// it cannot do any more once the process has locked itself in; kept until the end, or it would be
// unloaded.
class Cp932 {
 public:
  // kUnavailable when the system lacks it.
  static base::Result<Cp932> open();
  Cp932(const Cp932&) = delete;  // one conversion descriptor
  Cp932& operator=(const Cp932&) = delete;
  Cp932(Cp932&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Cp932& operator=(Cp932&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~Cp932();
  // Appends `line` as UTF-8 to `out`. False, and `out` unchanged, when it is not CP932.
  bool append_utf8(base::ByteSpan line, std::string& out) const;

 private:
  explicit Cp932(void* handle) : handle_(handle) {}
  void* handle_;
};

// Reads a whole file. Every row that could be split is in `rows`, with bad cells left empty, so
// that later checks can go on; with any problem nothing may be imported.
Roster parse_roster(const Cp932& cp932, base::ByteSpan file);

// Its first half: finds the encoding and appends the file as UTF-8 to `text`; lines that are
// neither are problems.
void decode_file(const Cp932& cp932, base::ByteSpan file, std::string& text, Roster& out);

// The column's name in Japanese, as problems give it.
std::string_view name(RosterColumn column);

}  // namespace registry
