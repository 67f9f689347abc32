// What is told to core, and when: each change at once, each press once, and the last state again
// every few seconds, because silence is a sign too. What could not be told stays to be told.
#pragma once

#include <functional>
#include <optional>

#include "base/clock.h"
#include "base/terms.h"

namespace tamper {

class Watcher {
 public:
  // Tells core; false when it could not.
  using Report = std::function<bool(base::Cover, bool button)>;

  Watcher(Report report, std::int64_t every_ms) : report_(std::move(report)), every_ms_(every_ms) {}

  // One look.
  void saw(base::Cover cover, bool pressed, base::MonoTime now);
  // Whether core knows what was seen last.
  [[nodiscard]] bool told() const { return told_.has_value() && !pressed_; }

 private:
  Report report_;
  std::int64_t every_ms_;
  std::optional<base::Cover> told_;
  base::MonoTime told_at_;
  bool pressed_ = false;
};

}  // namespace tamper
