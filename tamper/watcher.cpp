#include "tamper/watcher.h"

namespace tamper {

void Watcher::saw(base::Cover cover, bool pressed, base::MonoTime now) {
  pressed_ = pressed_ || pressed;
  const bool due = told_ != cover || pressed_ || now.ms - told_at_.ms >= every_ms_;
  if (!due) return;
  told_.reset();
  if (!report_(cover, pressed_)) return;
  told_ = cover;
  told_at_ = now;
  pressed_ = false;
}

}  // namespace tamper
