#include "base/pulse.h"

#include <algorithm>

namespace base {

Upstream::Upstream(Loop& loop, std::int64_t every_ms, std::int64_t answer_ms, Ask ask)
    : loop_(loop), every_ms_(every_ms), answer_ms_(answer_ms), state_(std::make_shared<State>()) {
  state_->ask = std::move(ask);
  state_->at = loop_.clock().mono();
  spawn(this->ask(state_));
}

bool Upstream::known() const {
  // Twice each: a busy moment is not a death.
  return loop_.clock().mono().ms - state_->at.ms <= 2 * (every_ms_ + answer_ms_);
}

Task<void> Upstream::ask(std::shared_ptr<State> state) {
  const bool answers = co_await state->ask();
  if (state->ended) co_return;
  state->answers = answers;
  state->at = loop_.clock().mono();
  timer_ = loop_.after(every_ms_, [this] { spawn(ask(state_)); });
}

Pulse::Pulse(Loop& loop, const Notifier& notifier, Healthy healthy, Status status)
    : loop_(loop), notifier_(notifier), healthy_(std::move(healthy)), status_(std::move(status)) {
  // Three beats fit into what the manager allows: one may come late and one be lost.
  if (const auto limit = notifier.watchdog_ms()) every_ms_ = std::min(every_ms_, *limit / 3);
  every_ms_ = std::max<std::int64_t>(every_ms_, 1);
}

void Pulse::ready() {
  notifier_.ready();
  beat();
}

void Pulse::beat() {
  if (healthy_()) notifier_.alive();
  if (auto line = status_(); line != said_) {
    notifier_.status(line);
    said_ = std::move(line);
  }
  timer_ = loop_.after(every_ms_, [this] { beat(); });
}

}  // namespace base
