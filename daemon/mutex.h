// A mutex for coroutines: makes the changes of core's state happen one after another, although each
// waits for the audit process. First come, first served. One thread; no time-out: what holds it
// ends because every call to another process does.
#pragma once

#include <coroutine>
#include <deque>
#include <utility>

#include "base/loop.h"

namespace core {

class Mutex {
 public:
  class [[nodiscard]] Guard {
   public:
    explicit Guard(Mutex* mutex) : mutex_(mutex) {}
    Guard(const Guard&) = delete;  // one holder
    Guard& operator=(const Guard&) = delete;
    Guard(Guard&& other) noexcept : mutex_(std::exchange(other.mutex_, nullptr)) {}
    Guard& operator=(Guard&&) = delete;
    ~Guard() {
      if (mutex_ != nullptr) mutex_->unlock();
    }

   private:
    Mutex* mutex_;
  };

  explicit Mutex(base::Loop& loop) : loop_(loop) {}
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

  // `const auto held = co_await mutex.lock();`
  auto lock() {
    struct Awaiter {
      Mutex* mutex;
      [[nodiscard]] bool await_ready() const { return !std::exchange(mutex->held_, true); }
      void await_suspend(std::coroutine_handle<> waiter) const {
        mutex->waiting_.push_back(waiter);
      }
      [[nodiscard]] Guard await_resume() const { return Guard(mutex); }
    };
    return Awaiter{this};
  }
  [[nodiscard]] bool held() const { return held_; }

 private:
  void unlock() {
    if (waiting_.empty()) {
      held_ = false;
      return;
    }
    // Stays held; the next one runs from the loop, not inside the destructor of the last one.
    loop_.post([next = waiting_.front()] { next.resume(); });
    waiting_.pop_front();
  }

  base::Loop& loop_;
  std::deque<std::coroutine_handle<>> waiting_;
  bool held_ = false;
};

}  // namespace core
