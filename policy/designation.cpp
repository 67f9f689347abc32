#include "policy/designation.h"

#include <algorithm>

namespace policy {

namespace {

using base::Code;
using base::Designated;
using base::fail;
using base::PersonKind;
using base::Purpose;

constexpr std::uint32_t bit(std::uint8_t value) { return std::uint32_t{1} << value; }
// All bits up to that of the last enumerator.
constexpr std::uint32_t kAllKinds = bit(static_cast<std::uint8_t>(PersonKind::kLast) + 1) - 1;
// Intake is nobody's to open: what lies there has not been approved.
constexpr std::uint32_t kAllPurposes = (bit(static_cast<std::uint8_t>(Purpose::kLast) + 1) - 1) &
                                       ~bit(static_cast<std::uint8_t>(Purpose::kIntake));

bool lies_in(std::string_view group, std::string_view tree) {
  if (!group.starts_with(tree)) return false;
  const std::string_view rest = group.substr(tree.size());
  return rest.empty() || rest.starts_with("/") || rest.starts_with("／");
}

}  // namespace

bool needs_designation(base::Role role) {
  return role == base::Role::kHandler || role == base::Role::kViewer;
}

bool covers(const Scope& scope, std::string_view group, PersonKind kind) {
  if ((scope.kinds & bit(static_cast<std::uint8_t>(kind))) == 0) return false;
  if (scope.groups.empty()) return true;
  return std::ranges::any_of(scope.groups,
                             [&](std::string_view tree) { return lies_in(group, tree); });
}

bool covers(const Scope& scope, Purpose purpose) {
  return (scope.purposes & bit(static_cast<std::uint8_t>(purpose))) != 0;
}

Designated state_of(const Term& term, base::Day today) {
  if (today < term.first) return Designated::kNotYet;
  return today > term.last ? Designated::kOver : Designated::kNow;
}

base::Result<> check_designation(const Scope& scope, const Term& term, base::Day today) {
  if (scope.kinds == 0) return fail(Code::kMissing, "kinds");
  if ((scope.kinds & ~kAllKinds) != 0) return fail(Code::kInvalid, "kinds");
  if (scope.purposes == 0) return fail(Code::kMissing, "purposes");
  if ((scope.purposes & ~kAllPurposes) != 0) return fail(Code::kInvalid, "purposes");
  for (const std::string_view group : scope.groups) {
    if (group.empty()) return fail(Code::kInvalid, "groups");
  }
  if (term.trained > today) return fail(Code::kInvalid, "trained");
  if (term.trained > term.first) return fail(Code::kInvalid, "trained");
  if (term.first.days - term.trained.days > kDesignationDaysMax) {
    return fail(Code::kInvalid, "trained");
  }
  if (term.last < term.first) return fail(Code::kInvalid, "last");
  if (term.last < today) return fail(Code::kInvalid, "last");
  if (term.last.days - term.first.days > kDesignationDaysMax) return fail(Code::kInvalid, "last");
  return {};
}

}  // namespace policy
