#include "policy/states.h"

#include <array>

namespace policy {

namespace {

using base::State;

struct Transition {
  State from;
  Cause cause;
  State to;
};

constexpr State kUnprovisioned = State::kUnprovisioned;
constexpr State kLocked = State::kLocked;
constexpr State kOperational = State::kOperational;
constexpr State kSealed = State::kSealed;
constexpr State kFailed = State::kFailed;

constexpr std::array kTransitions = {
    // Set-up happens once. Cut off in the middle, the next start sees keys and takes the appliance
    // for a locked one, until somebody looks inside.
    Transition{kUnprovisioned, Cause::kSetUp, kOperational},
    Transition{kUnprovisioned, Cause::kSetUpFound, kLocked},
    Transition{kLocked, Cause::kSetUpUnfinished, kUnprovisioned},
    Transition{kSealed, Cause::kSetUpUnfinished, kUnprovisioned},
    // Opening. What is sealed opens by a person's act only.
    Transition{kLocked, Cause::kUnlocked, kOperational},
    Transition{kLocked, Cause::kRejoined, kOperational},
    Transition{kSealed, Cause::kUnsealed, kOperational},
    // Closing. Also what is locked is sealed, or an unattended site would open it again.
    Transition{kOperational, Cause::kOperatorSealed, kSealed},
    Transition{kOperational, Cause::kCoverOpened, kSealed},
    Transition{kOperational, Cause::kButtonPressed, kSealed},
    Transition{kOperational, Cause::kWatcherSilent, kSealed},
    Transition{kOperational, Cause::kClockSetBack, kSealed},
    Transition{kLocked, Cause::kOperatorSealed, kSealed},
    Transition{kLocked, Cause::kCoverOpened, kSealed},
    Transition{kLocked, Cause::kButtonPressed, kSealed},
    Transition{kLocked, Cause::kWatcherSilent, kSealed},
    Transition{kLocked, Cause::kFoundSealed, kSealed},
    // Nobody braked: whoever may unlock may unlock again.
    Transition{kOperational, Cause::kHsmLost, kLocked},
    // What cannot be trusted is not opened, and nothing but a new start looks at it again.
    Transition{kUnprovisioned, Cause::kDisagreement, kFailed},
    Transition{kLocked, Cause::kDisagreement, kFailed},
    Transition{kOperational, Cause::kDisagreement, kFailed},
    Transition{kSealed, Cause::kDisagreement, kFailed},
};

}  // namespace

std::string_view name(Cause cause) {
  switch (cause) {
    case Cause::kSetUp: return "set_up";
    case Cause::kSetUpUnfinished: return "set_up_unfinished";
    case Cause::kSetUpFound: return "set_up_found";
    case Cause::kUnlocked: return "unlocked";
    case Cause::kUnsealed: return "unsealed";
    case Cause::kRejoined: return "rejoined";
    case Cause::kOperatorSealed: return "operator";
    case Cause::kCoverOpened: return "cover_opened";
    case Cause::kButtonPressed: return "seal_button";
    case Cause::kWatcherSilent: return "cover_watch_lost";
    case Cause::kClockSetBack: return "clock_set_back";
    case Cause::kFoundSealed: return "found_sealed";
    case Cause::kHsmLost: return "hsm_lost";
    case Cause::kDisagreement: return "disagreement";
  }
  return "unknown";
}

std::optional<State> next(State from, Cause cause) {
  for (const Transition& one : kTransitions) {
    if (one.from == from && one.cause == cause) return one.to;
  }
  return std::nullopt;
}

bool seals(Cause cause) {
  switch (cause) {
    case Cause::kOperatorSealed:
    case Cause::kCoverOpened:
    case Cause::kButtonPressed:
    case Cause::kWatcherSilent:
    case Cause::kClockSetBack: return true;
    case Cause::kSetUp:
    case Cause::kSetUpUnfinished:
    case Cause::kSetUpFound:
    case Cause::kUnlocked:
    case Cause::kUnsealed:
    case Cause::kRejoined:
    case Cause::kFoundSealed:
    case Cause::kHsmLost:
    case Cause::kDisagreement: return false;
  }
  return false;
}

}  // namespace policy
