#include "base/terms.h"

#include <boost/test/unit_test.hpp>
#include <set>
#include <string>

namespace {

BOOST_AUTO_TEST_SUITE(terms)

// Stored records, the log and JSON carry these words: two values with one word could not be told
// apart.
template <class Enum>
void check_names(const char* what) {
  std::set<std::string_view> names;
  const auto count = static_cast<std::size_t>(Enum::kLast) + 1;
  for (std::size_t i = 0; i < count; ++i) names.insert(base::name(static_cast<Enum>(i)));
  BOOST_TEST(names.size() == count, what);
  BOOST_TEST(!names.contains("unknown"), what);
  for (const auto word : names) {
    BOOST_TEST(word.find_first_not_of("abcdefghijklmnopqrstuvwxyz_.") == word.npos, word);
  }
  BOOST_TEST(base::name(static_cast<Enum>(count)) == "unknown", what);
}

BOOST_AUTO_TEST_CASE(every_enumerator_has_a_word_of_its_own) {
  check_names<base::Role>("Role");
  check_names<base::Zone>("Zone");
  check_names<base::State>("State");
  check_names<base::Purpose>("Purpose");
  check_names<base::Form>("Form");
  check_names<base::PersonKind>("PersonKind");
  check_names<base::CollectionStatus>("CollectionStatus");
  check_names<base::StepUpAct>("StepUpAct");
  check_names<base::ProposalKind>("ProposalKind");
  check_names<base::Listener>("Listener");
  check_names<base::ApiRight>("ApiRight");
  check_names<base::DisposalReason>("DisposalReason");
  check_names<base::AuditEvent>("AuditEvent");
  check_names<base::CoreEvent>("CoreEvent");
}

BOOST_AUTO_TEST_CASE(no_event_of_the_audit_process_can_be_mistaken_for_one_of_core) {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(base::AuditEvent::kLast); ++i) {
    names.insert(base::name(static_cast<base::AuditEvent>(i)));
  }
  for (int i = 0; i <= static_cast<int>(base::CoreEvent::kLast); ++i) {
    const auto word = base::name(static_cast<base::CoreEvent>(i));
    BOOST_TEST(!names.contains(word), word);
  }
}

BOOST_AUTO_TEST_CASE(no_form_is_made_from_the_intake_shelf) {
  for (int i = 0; i <= static_cast<int>(base::Form::kLast); ++i) {
    BOOST_TEST((base::purpose_of(static_cast<base::Form>(i)) != base::Purpose::kIntake));
  }
  BOOST_TEST((base::purpose_of(base::Form::kWithholdingSlip) == base::Purpose::kTax));
  BOOST_TEST(
      (base::purpose_of(base::Form::kEmploymentLoss) == base::Purpose::kEmploymentInsurance));
}

BOOST_AUTO_TEST_CASE(ids_have_one_form) {
  BOOST_TEST(base::id_text(0x0123456789abcdefULL) == "0123456789abcdef");
  BOOST_TEST(base::id_from_text("0123456789abcdef").value() == 0x0123456789abcdefULL);
  for (const char* bad : {"", "1", "0123456789ABCDEF", "0000000000000000", "0123456789abcdef0",
                          "0123456789abcdeg", " 123456789abcdef"}) {
    BOOST_TEST(!base::id_from_text(bad).has_value(), bad);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
