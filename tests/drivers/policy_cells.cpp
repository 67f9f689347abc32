// policy_cells: what policy::decide() answers to every combination of facts that the requirements
// speak of, one line a cell: action role stands_in zone state session assurance
// link open runs_box wants designated in_scope step_up notified others certificate rights verdict
// reason.
// Judged by
// tests/campaigns/policy_proof.py.
#include <bit>
#include <cstdio>
#include <string>

#include "policy/access.h"
#include "policy/delegation.h"

namespace {

template <class E, class Visit>
void each(Visit visit) {
  for (std::uint8_t i = 0; i <= static_cast<std::uint8_t>(E::kLast); ++i) {
    visit(static_cast<E>(i));
  }
}

const char* verdict_name(policy::Verdict verdict) {
  switch (verdict) {
    case policy::Verdict::kAllow: return "allow";
    case policy::Verdict::kDeny: return "deny";
    case policy::Verdict::kNeedsStepUp: return "step_up";
    case policy::Verdict::kNeedsApproval: return "approval";
    case policy::Verdict::kNeedsPurpose: return "purpose";
  }
  return "?";
}

// One place at most in these cells.
base::Role stands_in_for(const policy::Facts& facts) {
  return facts.deputy_for == 0 ? base::Role::kNone
                               : static_cast<base::Role>(std::countr_zero(facts.deputy_for));
}

void print(policy::Action action, const policy::Facts& facts) {
  const auto decision = policy::decide(action, facts);
  std::printf("%s %s %s %s %s %s %s %s %d %d %d %s %d %s %d %d %s %u %s %s\n", name(action).data(),
              name(facts.role).data(), name(stands_in_for(facts)).data(), name(facts.zone).data(),
              name(facts.state).data(), name(facts.session).data(), name(facts.assurance).data(),
              name(facts.link).data(), facts.open ? 1 : 0, facts.runs_box ? 1 : 0,
              facts.wants_certificate ? 1 : 0, name(facts.designated).data(),
              facts.in_scope ? 1 : 0, name(facts.step_up).data(), facts.purpose_notified ? 1 : 0,
              facts.by_requester ? -1 : facts.others_approving, name(facts.certificate).data(),
              facts.api_rights, verdict_name(decision.verdict), name(decision.reason).data());
}

// Everything that comes after who asks, from where and in which state.
void with_acts(policy::Action action, policy::Facts facts) {
  each<policy::StepUpState>([&](policy::StepUpState step_up) {
    facts.step_up = step_up;
    for (const bool notified : {false, true}) {
      facts.purpose_notified = notified;
      for (const int others : {-1, 0, 1}) {
        facts.by_requester = others < 0;
        facts.others_approving = static_cast<std::uint8_t>(others < 0 ? 0 : others);
        print(action, facts);
      }
    }
  });
}

// Whatever the later facts are; that it was one's own request (kSelf) is one of those.
bool is_refused(policy::Action action, const policy::Facts& facts) {
  const auto decision = policy::decide(action, facts);
  return decision.verdict == policy::Verdict::kDeny && decision.reason != policy::Reason::kSelf;
}

void with_rest(policy::Action action, const policy::Facts& facts) {
  // The later facts matter only to who has come so far; one refused cell stands for them all.
  if (is_refused(action, facts)) {
    print(action, facts);
  } else {
    with_acts(action, facts);
  }
}

void with_designations(policy::Action action, policy::Facts facts);

// Nothing that comes later opens what is closed, the appliance to another company's people, or a
// place to a desk without its certificate; the best of it stands for all.
void with_hours(policy::Action action, policy::Facts facts) {
  facts.open = true;
  facts.runs_box = true;
  with_designations(action, facts);
  facts.designated = base::Designated::kNow;
  facts.in_scope = true;
  facts.step_up = policy::StepUpState::kValid;
  facts.purpose_notified = true;
  facts.others_approving = 1;
  if (is_refused(action, facts)) return;
  facts.open = false;
  print(action, facts);
  facts.open = true;
  facts.runs_box = false;
  print(action, facts);
  facts.runs_box = true;
  facts.wants_certificate = true;
  each<policy::CertificateState>([&](policy::CertificateState certificate) {
    facts.certificate = certificate;
    print(action, facts);
  });
}

void with_designations(policy::Action action, policy::Facts facts) {
  // The best one and none at all stand for the others where neither opens anything.
  const auto denied = [&](base::Designated designated, bool in_scope) {
    facts.designated = designated;
    facts.in_scope = in_scope;
    return is_refused(action, facts);
  };
  if (denied(base::Designated::kNever, false) && denied(base::Designated::kNow, true)) {
    print(action, facts);
    return;
  }
  with_rest(action, facts);
  // What comes later cannot matter to somebody who is not designated; the best of it stands for
  // all.
  facts.step_up = policy::StepUpState::kValid;
  facts.purpose_notified = true;
  facts.others_approving = 1;
  each<base::Designated>([&](base::Designated designated) {
    facts.designated = designated;
    for (const bool in_scope : {false, true}) {
      facts.in_scope = in_scope;
      print(action, facts);
    }
  });
}

// Of another system: every state of its certificate with no right, each right, and all of them;
// sessions and links of people at the most that they can be, and at the least.
void with_certificates(policy::Action action, policy::Facts facts) {
  constexpr unsigned kRights = static_cast<unsigned>(base::ApiRight::kLast) + 1;
  for (const bool best : {false, true}) {
    facts.session = best ? policy::SessionState::kFresh : policy::SessionState::kNone;
    facts.assurance = best ? base::Assurance::kLast : base::Assurance::kNone;
    facts.link = best ? policy::LinkState::kValid : policy::LinkState::kNone;
    each<policy::CertificateState>([&](policy::CertificateState certificate) {
      facts.certificate = certificate;
      for (unsigned i = 0; i <= kRights + 1; ++i) {
        const std::uint32_t all = (1U << kRights) - 1;
        facts.api_rights = i == kRights + 1 ? 0U : i == kRights ? all : 1U << i;
        with_rest(action, facts);
      }
    });
  }
}

void with_credentials(policy::Action action, policy::Facts facts) {
  if (facts.zone == base::Zone::kApi) return with_certificates(action, facts);
  each<policy::SessionState>([&](policy::SessionState session) {
    facts.session = session;
    each<base::Assurance>([&](base::Assurance assurance) {
      facts.assurance = assurance;
      facts.link = policy::LinkState::kNone;
      with_hours(action, facts);
    });
  });
  // Links are of people without an account; one who has a session besides gains nothing by it.
  for (const auto session : {policy::SessionState::kNone, policy::SessionState::kFresh}) {
    facts.session = session;
    facts.assurance = base::Assurance::kCode;
    each<policy::LinkState>([&](policy::LinkState link) {
      facts.link = link;
      if (link != policy::LinkState::kNone) with_hours(action, facts);
    });
  }
}

// In a state that refuses whatever else is right, and where nothing is.
void in_other_states(policy::Action action, policy::Facts facts) {
  print(action, facts);
  facts.session = policy::SessionState::kFresh;
  facts.assurance = base::Assurance::kPasskey;
  facts.link = policy::LinkState::kValid;
  with_hours(action, facts);
}

// Standing in for each role that has a place to stand in.
void with_places(policy::Action action, policy::Facts facts) {
  facts.zone = base::Zone::kHandling;
  facts.state = base::State::kOperational;
  each<base::Role>([&](base::Role place) {
    if (!policy::is_delegable(place)) return;
    facts.deputy_for = std::uint32_t{1} << static_cast<unsigned>(place);
    facts.assurance = base::Assurance::kPasskey;
    each<policy::SessionState>([&](policy::SessionState session) {
      facts.session = session;
      with_hours(action, facts);
    });
    facts.session = policy::SessionState::kFresh;
    each<base::Assurance>([&](base::Assurance assurance) {
      facts.assurance = assurance;
      with_hours(action, facts);
    });
  });
}

}  // namespace

int main() {
  each<policy::Action>([](policy::Action action) {
    each<base::Role>([&](base::Role role) {
      policy::Facts of_role;
      of_role.role = role;
      with_places(action, of_role);
      each<base::Zone>([&](base::Zone zone) {
        each<base::State>([&](base::State state) {
          policy::Facts facts;
          facts.role = role;
          facts.zone = zone;
          facts.state = state;
          if (state == base::State::kOperational) {
            with_credentials(action, facts);
          } else {
            in_other_states(action, facts);
          }
        });
      });
    });
  });
  return 0;
}
