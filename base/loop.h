// The event loop of a process: one thread, epoll, timers by monotonic time. Everything that a
// callback captures must outlive its registration; Watch and Timer end theirs when they die.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "base/clock.h"
#include "base/fd.h"
#include "base/task.h"

namespace base {

class Loop;

// A descriptor under watch. Move-only; ends the watch when it dies, and does not own the
// descriptor.
class Watch {
 public:
  Watch() = default;
  Watch(const Watch&) = delete;  // one registration in epoll
  Watch& operator=(const Watch&) = delete;
  Watch(Watch&& other) noexcept
      : loop_(std::exchange(other.loop_, nullptr)), fd_(std::exchange(other.fd_, -1)) {}
  Watch& operator=(Watch&& other) noexcept {
    if (this != &other) {
      end();
      loop_ = std::exchange(other.loop_, nullptr);
      fd_ = std::exchange(other.fd_, -1);
    }
    return *this;
  }
  ~Watch() { end(); }

  // Asks for, or stops asking for, the writable event; readable is always asked for.
  void want_write(bool wanted);
  void end();

 private:
  friend class Loop;
  Watch(Loop* loop, int fd) : loop_(loop), fd_(fd) {}
  Loop* loop_ = nullptr;
  int fd_ = -1;
};

// A one-shot timer; cancelled when it dies.
class Timer {
 public:
  Timer() = default;
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;
  Timer(Timer&& other) noexcept : loop_(std::exchange(other.loop_, nullptr)), key_(other.key_) {}
  Timer& operator=(Timer&& other) noexcept {
    if (this != &other) {
      cancel();
      loop_ = std::exchange(other.loop_, nullptr);
      key_ = other.key_;
    }
    return *this;
  }
  ~Timer() { cancel(); }
  void cancel();

 private:
  friend class Loop;
  using Key = std::pair<MonoTime, std::uint64_t>;
  Timer(Loop* loop, Key key) : loop_(loop), key_(key) {}
  Loop* loop_ = nullptr;
  Key key_;
};

struct Ready {
  bool readable = false;  // also set for hang-up and error: the next read tells which
  bool writable = false;
};

class Loop {
 public:
  using Callback = std::function<void(Ready)>;

  // kIo when the kernel gives no epoll.
  static Result<std::unique_ptr<Loop>> open(const Clock& clock);
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  Watch watch(int fd, Callback callback);
  Timer after(std::int64_t ms, std::function<void()> callback);
  // Runs after the callbacks of this turn, before the loop sleeps again: where work that arrived in
  // one turn is taken together (a group commit, a batch to the HSM).
  void post(std::function<void()> callback);
  // Suspends the calling coroutine for `ms`.
  Task<void> sleep(std::int64_t ms);

  // Runs until stop(). kIo when epoll fails.
  Result<> run();
  // One turn: waits at most `max_wait_ms` (-1: as long as it takes) and runs what is ready.
  Result<> turn(int max_wait_ms);
  void stop() { stopped_ = true; }

  [[nodiscard]] const Clock& clock() const { return clock_; }

 private:
  friend class Watch;
  friend class Timer;
  explicit Loop(const Clock& clock, Fd epoll) : clock_(clock), epoll_(std::move(epoll)) {}
  void run_posted();
  void run_timers();
  [[nodiscard]] int next_wait(int max_wait_ms) const;

  struct Entry {
    int fd = -1;
    bool live = true;
    Callback callback;
  };

  const Clock& clock_;
  Fd epoll_;
  std::map<int, std::shared_ptr<Entry>> entries_;
  std::map<Timer::Key, std::function<void()>> timers_;
  std::vector<std::function<void()>> posted_;
  std::uint64_t next_timer_ = 0;
  bool stopped_ = false;
};

}  // namespace base
