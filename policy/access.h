// THE TABLE: one row per action says who, from where, in which state of the appliance, with what
// kind of session, after which re-authentication and with how many others. Everything not in it is
// denied. It generates the access tests, the operator's table (docs/access.md) and the page that
// explains a refusal. Only daemon/dispatch asks it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "policy/model.h"

namespace policy {

// A set of enumerators of a small enum.
template <class E>
struct Set {
  std::uint32_t bits = 0;
  [[nodiscard]] constexpr bool has(E value) const {
    return (bits & (std::uint32_t{1} << static_cast<unsigned>(value))) != 0;
  }
};
template <class E, class... Rest>
constexpr Set<E> any_of(E first, Rest... rest) {
  return {((std::uint32_t{1} << static_cast<unsigned>(first)) | ... |
           (std::uint32_t{1} << static_cast<unsigned>(rest)))};
}

// How the asker shows who he is.
enum class Credential : std::uint8_t {
  kNone,         // nothing: the zone alone
  kSession,      // a fresh session
  kLink,         // a valid one-time link
  kConsole,      // the local console
  kCertificate,  // another system's
};

// What of the register the act touches: for roles that need a designation (designation.h), the
// right is theirs within it and no longer than it.
enum class Touches : std::uint8_t {
  kNothing,
  kPeople,   // of the asker's scope: others are not there for him
  kNumbers,  // the same, and for purposes of his scope
};

// Of a company of the group, which is its own people's, or of the appliance as a whole, which is
// the firm's that runs it: other companies neither see nor change it.
enum class About : std::uint8_t { kCompany, kBox };

// Opening hours (hours.h): what protects the firm is never closed.
enum class When : std::uint8_t { kAnyTime, kInHours };

struct Rule {
  Action action = Action::kConnect;
  Set<base::Role> roles;  // of the session; ignored for kNone and kLink
  Set<base::Zone> zones;
  Set<base::State> states;
  Credential credential = Credential::kNone;
  std::optional<base::StepUpAct> step_up;  // re-authentication for exactly this act
  std::uint8_t others = 0;                 // other natural persons than the requester
  bool needs_purpose = false;              // the purpose must have been notified to the person
  When when = When::kInHours;
  // At least: of the sign-in that opened the session, and of the re-authentication.
  base::Assurance assurance = base::Assurance::kMail;
  Touches touches = Touches::kNothing;
  // Whoever stands in for one of the roles (delegation.h) may do it, too: agreeing, and what has to
  // be seen for it.
  bool delegable = false;
  About about = About::kCompany;
};

// Whether the row is for who has this role, or stands in for one that it is for.
bool is_for(const Rule& rule, base::Role role, std::uint32_t deputy_for);

// What nobody does alone: one row a kind of proposal (policy/approval.h is its life).
enum class CarriedOutBy : std::uint8_t {
  kRequester,  // who proposed it, when enough others have approved
  kOther,      // one of the others, who counts as one
};
struct DualRule {
  base::ProposalKind kind = base::ProposalKind::kInvite;
  Action proposed_by = Action::kConnect;  // whose row says who may propose it
  Set<base::Role> approvers;              // or who stands in for one of them
  std::uint8_t others = 1;  // natural persons other than who proposed it; at least one, always
  CarriedOutBy carried_out_by = CarriedOutBy::kRequester;
  Action carried_out_as = Action::kExecuteProposal;
};
const DualRule& rule_of(base::ProposalKind kind);

// ---- separation of duties: by natural person, over all accounts

// A role that an account can have.
bool is_account_role(base::Role role);
// Whether one natural person may hold both, by two accounts.
bool may_hold_both(base::Role one, base::Role other);
// Of those without whom no right can change any more: stopping one takes two, and two stay.
bool guards_rights(base::Role role);

// Of those who can stand at the console when an account is rescued.
bool may_rescue(base::Role role);

// How long a session may live, and how long without a request.
struct SessionLimits {
  std::int64_t absolute_ms = 0;
  std::int64_t idle_ms = 0;
};
SessionLimits session_limits(base::Role role);

// ---- other systems

// Whether another system may ask for it at all, and the right that it must have been given. What
// is not in the table of systems is nobody's but people's, in the API zone as everywhere.
struct ApiRule {
  Action action = Action::kConnect;
  std::optional<base::ApiRight> right;  // none: any system that is let in
};
const ApiRule* api_rule_of(Action action);  // nullptr: no

// The row of an action; there is exactly one.
const Rule& rule_of(Action action);

// Pure: the same facts give the same decision. Cost: a few comparisons.
Decision decide(Action action, const Facts& facts);

}  // namespace policy
