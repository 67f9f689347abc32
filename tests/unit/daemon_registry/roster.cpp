#include "daemon/registry/roster.h"

#include "daemon/registry/people.h"
#include "tests/unit/daemon_registry/fixture.h"

namespace {

using fixture::kFamilies;
using fixture::World;
using ipc::RosterReason;
using registry::Roster;

constexpr std::string_view kHeader =
    "社員番号,氏名,フリガナ,区分,所属,生年月日,続柄,扶養者社員番号,入社日\n";

std::string with_header(std::string_view rows) { return std::string(kHeader) + std::string(rows); }

// "line:column:reason" of every problem.
std::string shown(const registry::RosterProblems& problems) {
  std::string out;
  for (const ipc::RosterProblem& p : problems.listed()) {
    out += std::to_string(p.line) + ":" + std::to_string(p.column) + ":" +
           std::to_string(static_cast<int>(p.reason)) + " ";
  }
  return out;
}
std::string one(std::uint32_t line, std::uint32_t column, RosterReason reason) {
  return std::to_string(line) + ":" + std::to_string(column) + ":" +
         std::to_string(static_cast<int>(reason)) + " ";
}
std::string problems_of(std::string_view csv) {
  World world;
  return shown(registry::plan_roster(world.people, world.parse(csv)).problems);
}
std::string row_problems(std::string_view rows) { return problems_of(with_header(rows)); }

BOOST_AUTO_TEST_SUITE(roster)

BOOST_AUTO_TEST_CASE(a_good_file_is_read_whole) {
  World world;
  const Roster roster = world.parse(kFamilies);
  BOOST_TEST(roster.problems.empty());
  BOOST_TEST(roster.encoding == "UTF-8");
  BOOST_REQUIRE(roster.rows.size() == 5U);
  BOOST_TEST(roster.rows[1].employee_no.view() == "E2");
  BOOST_TEST(roster.rows[1].kana.view() == "ミホン ニゴウ");
  BOOST_TEST(base::to_iso(*roster.rows[1].birth) == "1981-02-03");
  BOOST_TEST((roster.rows[2].kind == base::PersonKind::kDependant));
  BOOST_TEST(roster.rows[2].head.view() == "E1");
  BOOST_TEST(roster.rows[2].line == 4U);
}

BOOST_AUTO_TEST_CASE(english_headers_any_order_crlf_mark_quotes_blank_lines_and_padding_are_taken) {
  World world;
  const Roster roster = world.parse(
      "\xEF\xBB\xBFName,\"Employee_No\", kana ,KIND\r\n\r\n\"見本, \"\"一号\"\"\",　E1 "
      ",みほん,employee,\r\n,,,\r\n");
  BOOST_TEST(shown(roster.problems) == "");
  BOOST_REQUIRE(roster.rows.size() == 1U);
  BOOST_TEST(roster.rows[0].name.view() == "見本, \"一号\"");
  BOOST_TEST(roster.rows[0].employee_no.view() == "E1");
  BOOST_TEST(roster.rows[0].kana.view() == "ミホン");
  BOOST_TEST(roster.rows[0].line == 3U);
}

BOOST_AUTO_TEST_CASE(windows_characters_of_cp932_are_read_and_rare_kanji_of_utf8) {
  World world;
  // 社員番号,氏名 / 1,髙﨑① in CP932
  const Roster cp932 = world.parse(
      "\x8E\xD0\x88\xF5\x94\xD4\x8D\x86,\x8E\x81\x96\xBC\r\n1,\xFB\xFC\xFA\xB1\x87\x40\r\n");
  BOOST_TEST(shown(cp932.problems) == "");
  BOOST_TEST(cp932.encoding == "CP932");
  BOOST_TEST(cp932.rows[0].name.view() == "髙﨑①");
  const Roster utf8 = world.parse("社員番号,氏名\n1,𠮷見本\n");
  BOOST_TEST(utf8.rows[0].name.view() == "\U00020BB7見本");
}

BOOST_AUTO_TEST_CASE(long_cp932_lines_are_converted_across_pieces) {
  World world;
  for (std::size_t pad = 500; pad < 516; ++pad) {
    std::string line(pad, 'x');
    std::string out;
    for (int i = 0; i < 10; ++i) line += "\xFB\xFC";
    BOOST_TEST(world.cp932.append_utf8(base::as_bytes(line), out));
    BOOST_TEST(out.size() == pad + 30);
    BOOST_TEST(out.ends_with("髙髙"));
  }
  std::string out = "kept";
  BOOST_TEST(!world.cp932.append_utf8(base::as_bytes("ab\xFB"), out));
  BOOST_TEST(!world.cp932.append_utf8(base::as_bytes("ab\xFB\x20 cd"), out));
  BOOST_TEST(out == "kept");
}

BOOST_AUTO_TEST_CASE(bytes_that_are_neither_encoding_are_named_by_line) {
  BOOST_TEST(problems_of("社員番号,氏名\n1,a\n2,\xFF\xFF\n") ==
             one(3, 0, RosterReason::kNotUtf8OrCp932));
  BOOST_TEST(problems_of("\xEF\xBB\xBFname,employee_no\na,\xFB\xFC\n") ==
             one(2, 0, RosterReason::kNotUtf8OrCp932));
}

BOOST_AUTO_TEST_CASE(headers_are_checked_before_anything_else) {
  BOOST_TEST(problems_of("") == one(1, 0, RosterReason::kMissingColumn));
  BOOST_TEST(problems_of("社員番号\n") == one(1, 0, RosterReason::kMissingColumn));
  BOOST_TEST(problems_of("社員番号,氏名,住所\nbad,\n") == one(1, 3, RosterReason::kUnknownColumn));
  BOOST_TEST(problems_of("社員番号,氏名,name\n") == one(1, 3, RosterReason::kUnknownColumn));
  BOOST_TEST(problems_of("社員番号,氏\"名\n") == one(1, 2, RosterReason::kQuote));
  BOOST_TEST(problems_of(std::string(64, ',') + "氏名\n") ==
             one(1, 65, RosterReason::kTooManyColumns));
  BOOST_TEST(problems_of("社員番号,氏名,123456789018\n") ==
             one(1, 3, RosterReason::kLooksLikeNumber));
}

BOOST_AUTO_TEST_CASE(each_reason_names_line_and_column) {
  const std::string long_name(129, 'n');
  const std::string long_cell(1025, 'n');
  const struct {
    std::string rows;
    std::string expected;
  } cases[] = {
      {",見本\n", one(2, 1, RosterReason::kMissing)},
      {"1,\n", one(2, 2, RosterReason::kMissing)},
      {"1," + long_name + "\n", one(2, 2, RosterReason::kTooLong)},
      {"1," + long_cell + "\n", one(2, 2, RosterReason::kTooLong)},
      {std::string(33, '1') + ",a\n", one(2, 1, RosterReason::kTooLong)},
      {"1,\"a\nb\"\n", one(2, 2, RosterReason::kControlCharacter)},
      {"1,a\x01z\n", one(2, 2, RosterReason::kControlCharacter)},
      {"1,a,見本\n", one(2, 3, RosterReason::kNotKana)},
      {"1,a,ABC\n", one(2, 3, RosterReason::kNotKana)},
      {"1,a,,社長\n", one(2, 4, RosterReason::kUnknownKind)},
      {"1,a,,従業員,,2025-02-29\n", one(2, 6, RosterReason::kNotADate)},
      {"1,a,,,,S65.1.1\n", one(2, 6, RosterReason::kNotADate)},
      {"1,a,,,,,,,yesterday\n", one(2, 9, RosterReason::kNotADate)},
      {"1,a\n\n1,b\n", one(4, 1, RosterReason::kDuplicateNumber)},
      {"1,a\n,b,,,,,,1\n,b,,,,,,1\n", one(4, 2, RosterReason::kDuplicateNumber)},
      {"1,a\n,b,,,,,,2\n", one(3, 8, RosterReason::kNoSuchHead)},
      {"1,a\n2,b,,,,,,1\n,c,,,,,,2\n", one(4, 8, RosterReason::kNoSuchHead)},  // of a dependant
      {"1,a,,扶養親族\n", one(2, 8, RosterReason::kMissing)},
      {"1,a\n2,b,,従業員,,,,1\n", one(3, 4, RosterReason::kUnknownKind)},
      {"1,a,,,,,,,,x\n", one(2, 10, RosterReason::kTooManyColumns)},
      {"1,a\"b\n2,c\n", one(2, 2, RosterReason::kQuote)},
      {"1,\"a\"b\n2,c\n", one(2, 2, RosterReason::kQuote)},
      {"1,\"a\n2,c\n", one(2, 2, RosterReason::kQuote)},
      {"1,123456789018\n", one(2, 2, RosterReason::kLooksLikeNumber)},
      {"1,a,,,番号１２３４-５６７８-９０１８です\n", one(2, 5, RosterReason::kLooksLikeNumber)},
  };
  for (const auto& c : cases) BOOST_TEST(row_problems(c.rows) == c.expected, c.rows);
}

BOOST_AUTO_TEST_CASE(twelve_digits_with_a_wrong_check_digit_and_longer_runs_are_no_number) {
  BOOST_TEST(row_problems("123456789012,a\n") == "");
  BOOST_TEST(row_problems("1234567890189,a\n") == "");
  BOOST_TEST(row_problems("000000000000,a\n") == "");
}

BOOST_AUTO_TEST_CASE(a_family_has_a_limit) {
  std::string rows = "1,a\n";
  for (int i = 0; i < 32; ++i) rows += ",d" + std::to_string(i) + ",,,,,,1\n";
  BOOST_TEST(row_problems(rows) == "");
  BOOST_TEST(row_problems(rows + ",d32,,,,,,1\n") == one(35, 8, RosterReason::kTooManyDependants));
}

BOOST_AUTO_TEST_CASE(a_hundred_problems_are_listed_in_order_and_all_are_counted) {
  std::string rows;
  for (int i = 0; i < 150; ++i) rows += "n" + std::to_string(i) + ",\n";
  World world;
  const auto problems = world.parse(with_header(rows)).problems;
  BOOST_TEST(problems.total() == 150U);
  BOOST_REQUIRE(problems.listed().size() == 100U);
  BOOST_TEST(problems.listed().front().line == 2U);
  BOOST_TEST(problems.listed().back().line == 101U);
  BOOST_TEST(problems.listed().front().column_name.view() == "氏名");
}

BOOST_AUTO_TEST_CASE(too_many_rows_and_too_large_a_file_are_refused) {
  World world;
  std::string rows;
  for (std::size_t i = 0; i <= registry::kRosterRowsMax; ++i) rows += std::to_string(i) + ",a\n";
  BOOST_TEST(
      shown(world.parse(with_header(rows)).problems) ==
      one(static_cast<std::uint32_t>(registry::kRosterRowsMax) + 2, 0, RosterReason::kTooManyRows));
  BOOST_TEST(shown(world.parse(std::string(ipc::kRosterMax + 1, ' ')).problems) ==
             one(0, 0, RosterReason::kTooLong));
}

BOOST_AUTO_TEST_CASE(with_one_problem_nothing_is_imported) {
  World world;
  const Roster roster = world.parse(with_header("1,a\n2,\n"));
  BOOST_TEST(
      (registry::import_roster(world.people, roster, {1}).error().code == base::Code::kConflict));
}

BOOST_AUTO_TEST_CASE(a_plan_counts_what_is_new_changed_and_the_same) {
  World world;
  world.import(kFamilies);
  const auto plan = [&](std::string_view csv) {
    const auto p = registry::plan_roster(world.people, world.parse(csv));
    BOOST_TEST(shown(p.problems) == "");
    return std::to_string(p.added) + "+" + std::to_string(p.changed) + "~" +
           std::to_string(p.unchanged) + "=" + std::to_string(p.dependants);
  };
  BOOST_TEST(plan(kFamilies) == "0+0~5=2");
  BOOST_TEST(plan("社員番号,氏名\nE1,見本　一号\nE2,改名　二号\nE4,新人\n") == "1+1~1=0");
  BOOST_TEST(plan("社員番号,氏名,扶養者社員番号\n,見本　小一,E1\n,見本　小三,E1\n") == "1+0~1=2");
}

BOOST_AUTO_TEST_CASE(columns_that_are_not_in_the_file_are_left_alone) {
  World world;
  world.import(kFamilies);
  world.import("社員番号,氏名\nE2,改名　二号\n");
  const registry::Person* person = world.people.person(world.id_of("E2"));
  BOOST_TEST(person->name.view() == "改名　二号");
  BOOST_TEST(person->group.view() == "支店");
  world.import("社員番号,氏名,所属\nE2,改名　二号,\n");
  BOOST_TEST(world.people.person(world.id_of("E2"))->group.empty());
  BOOST_TEST(world.people.people_count() == 5U);
}

BOOST_AUTO_TEST_CASE(dependants_may_stand_before_their_head_and_join_a_family_of_the_register) {
  World world;
  world.import("社員番号,氏名,扶養者社員番号\n,例示　子,E7\nE7,例示　七号,\n");
  BOOST_TEST(world.people.dependants_count(world.id_of("E7")) == 1);
  world.import("社員番号,氏名,扶養者社員番号\n,例示　孫,E7\n");
  BOOST_TEST(world.people.dependants_count(world.id_of("E7")) == 2);
  BOOST_TEST(shown(registry::plan_roster(
                       world.people,
                       world.parse("社員番号,氏名,扶養者社員番号\nE7,例示　七号,E8\nE8,例示,\n"))
                       .problems) == one(2, 3, RosterReason::kNoSuchHead));  // has dependants
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
