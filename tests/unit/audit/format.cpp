// FORMAT.md and the second verifier know every word that an entry may hold.
#include <boost/test/unit_test.hpp>
#include <string>

#include "audit/entry.h"
#include "base/fd.h"
#include "tests/paths.h"

namespace {

struct Texts {
  std::string format = read("audit/FORMAT.md");
  std::string verifier = read("tests/verifier.py");

  static std::string read(const std::string& name) {
    return base::read_file(std::string(tests::kSourceDir) + "/" + name, 1U << 20U).value_or("");
  }
  template <class E>
  void check(E first) const {
    for (int i = static_cast<int>(first); i <= static_cast<int>(E::kLast); ++i) {
      const std::string word(base::name(static_cast<E>(i)));
      BOOST_TEST(format.contains("`" + word + "`"), word + " is not in FORMAT.md");
      const bool known =
          verifier.contains(" " + word + " ") || verifier.contains(" " + word + "\n") ||
          verifier.contains("\"" + word + " ") || verifier.contains(" " + word + "\"");
      BOOST_TEST(known, word + " is not in verifier.py");
    }
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(audit_format, Texts)

BOOST_AUTO_TEST_CASE(every_word_is_written_down) {
  check(base::AuditEvent{});
  check(base::CoreEvent{});
  check(base::Code{});
  check(base::Purpose{});
  check(base::Form{});
  check(base::StepUpAct{});
  check(base::Role::kResponsible);
  check(base::Zone::kControl);
}

BOOST_AUTO_TEST_SUITE_END()
