// Core's own record of the step-up grants that audit opened: what policy is told of them. Audit
// keeps and checks its own list, with its own clock; this one only lets core refuse early and say
// why.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "base/clock.h"
#include "base/terms.h"
#include "base/text.h"
#include "policy/model.h"

namespace core {

struct Grant {
  base::SessionId session;
  base::StepUpAct act = base::StepUpAct::kReveal;
  std::set<base::PersonId> people;  // not yet revealed
  std::set<base::PersonId> used;
  base::Form form = base::Form::kWithholdingSlip;
  base::Text<16> period;
  std::uint64_t ref = 0;
  base::MonoTime expires;
  bool spent = false;  // of acts other than a reveal
};

class Grants {
 public:
  static constexpr std::size_t kGrantsMax = 4096;

  void add(base::GrantId id, Grant grant, base::MonoTime now);
  // For an act other than a reveal; `ref` is what it acts on.
  [[nodiscard]] policy::StepUpState check(base::GrantId id, base::SessionId session,
                                          base::StepUpAct act, std::uint64_t ref,
                                          base::MonoTime now) const;
  [[nodiscard]] policy::StepUpState check_reveal(base::GrantId id, base::SessionId session,
                                                 base::PersonId person, base::MonoTime now) const;
  // Null when there is no such grant.
  [[nodiscard]] const Grant* find(base::GrantId id) const;
  void spend(base::GrantId id);
  void spend_person(base::GrantId id, base::PersonId person);
  void end_session(base::SessionId session);
  void clear() { grants_.clear(); }

 private:
  std::map<base::GrantId, Grant> grants_;
};

}  // namespace core
