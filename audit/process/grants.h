// The step-up grants (G3): after core has verified a re-authentication, a grant allows one actor
// either to have each person of a list revealed once, for one form, or to do one other act once. It
// lives kGrantSeconds of monotonic time, in memory only: a restart ends all grants. Used by the
// service alone. Pure logic: no log, no HSM, no I/O but the random ids.
#pragma once

#include <functional>
#include <map>
#include <vector>

#include "base/clock.h"
#include "ipc/core_audit.h"

namespace audit::process {

class Grants {
 public:
  static constexpr std::size_t kMax = 512;
  static constexpr std::size_t kPerSessionMax = 8;
  // Gives unpredictable 64-bit values; kIo when the system has none.
  using Random = std::function<base::Result<std::uint64_t>()>;

  // What a reveal is for, as stated when the grant was opened.
  struct Reason {
    base::Form form = base::Form::kWithholdingSlip;
    base::Text<16> period;
  };

  Grants(const base::Clock& clock, Random random);

  // kInvalid (no account, no session, for a reveal no person, the same one twice or no period),
  // kTooMany (live grants, of the session or in all), kIo.
  base::Result<base::GrantId> open(const ipc::OpenGrant& request);

  // Whether the actor may have this number revealed now, and what for. kDenied: no such grant,
  // opened for another actor, act, person or purpose, or a number of another company. kExpired.
  // kUsed: this person has been revealed.
  [[nodiscard]] base::Result<Reason> check_reveal(base::GrantId id, const ipc::Actor& actor,
                                                  const ipc::NumberPlace& place) const;
  // Uses the person up. Only right after check_reveal() said yes.
  void spend(base::GrantId id, base::PersonId person);

  // Uses up a grant for another act. kDenied (also for another `ref`), kExpired, kUsed.
  base::Result<> use(const ipc::UseGrant& request);

  // Takes back a grant that was not given out after all.
  void revoke(base::GrantId id) { grants_.erase(id); }
  // Ends all grants: the HSM was locked, or core has gone.
  void clear() { grants_.clear(); }
  [[nodiscard]] std::size_t size() const { return grants_.size(); }

 private:
  struct Entry {
    base::PersonId person;
    bool used = false;
  };
  struct Grant {
    ipc::Actor actor;
    base::StepUpAct act = base::StepUpAct::kReveal;
    Reason reason;
    std::uint64_t ref = 0;
    std::vector<Entry> people;  // sorted by person
    bool used = false;          // of other acts than a reveal
    base::MonoTime ends;
  };
  [[nodiscard]] base::Result<const Grant*> find(base::GrantId id, const ipc::Actor& actor,
                                                base::StepUpAct act) const;
  void forget_ended();

  const base::Clock& clock_;
  Random random_;
  std::map<base::GrantId, Grant> grants_;
};

// From getrandom(2).
base::Result<std::uint64_t> system_random();

}  // namespace audit::process
