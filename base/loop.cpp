#include "base/loop.h"

#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace base {

void Watch::want_write(bool wanted) {
  ASSERT(loop_ != nullptr);
  epoll_event event{};
  event.events = EPOLLIN | (wanted ? std::uint32_t{EPOLLOUT} : 0U);
  event.data.fd = fd_;
  ASSERT(::epoll_ctl(loop_->epoll_.get(), EPOLL_CTL_MOD, fd_, &event) == 0);
}

void Watch::end() {
  if (loop_ == nullptr) return;
  // The entry may be running its callback right now: mark it, let the turn's own reference free it.
  if (const auto it = loop_->entries_.find(fd_); it != loop_->entries_.end()) {
    it->second->live = false;
    loop_->entries_.erase(it);
  }
  ::epoll_ctl(loop_->epoll_.get(), EPOLL_CTL_DEL, fd_, nullptr);
  loop_ = nullptr;
}

void Timer::cancel() {
  if (loop_ != nullptr) loop_->timers_.erase(key_);
  loop_ = nullptr;
}

Result<std::unique_ptr<Loop>> Loop::open(const Clock& clock) {
  Fd epoll(::epoll_create1(EPOLL_CLOEXEC));
  if (!epoll.valid()) return fail(Code::kIo, "epoll");
  return std::unique_ptr<Loop>(new Loop(clock, std::move(epoll)));
}

Watch Loop::watch(int fd, Callback callback) {
  auto entry = std::make_shared<Entry>();
  entry->fd = fd;
  entry->callback = std::move(callback);
  ASSERT(entries_.emplace(fd, std::move(entry)).second);
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = fd;
  ASSERT(::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) == 0);
  return {this, fd};
}

Timer Loop::after(std::int64_t ms, std::function<void()> callback) {
  const Timer::Key key{MonoTime{clock_.mono().ms + ms}, next_timer_++};
  timers_.emplace(key, std::move(callback));
  return {this, key};
}

void Loop::post(std::function<void()> callback) { posted_.push_back(std::move(callback)); }

Task<void> Loop::sleep(std::int64_t ms) {
  Slot<int> slot;
  const Timer timer = after(ms, [&slot] { slot.set(0); });
  co_await slot;
}

void Loop::run_posted() {
  // What a posted callback posts runs in the next round, so that none can starve the descriptors.
  const auto now = std::exchange(posted_, {});
  for (const auto& callback : now) callback();
}

void Loop::run_timers() {
  const MonoTime now = clock_.mono();
  while (!timers_.empty() && timers_.begin()->first.first <= now) {
    const auto callback = std::move(timers_.extract(timers_.begin()).mapped());
    callback();
  }
}

int Loop::next_wait(int max_wait_ms) const {
  if (!posted_.empty()) return 0;
  if (timers_.empty()) return max_wait_ms;
  const std::int64_t left =
      std::clamp<std::int64_t>(timers_.begin()->first.first.ms - clock_.mono().ms, 0, 60'000);
  const auto wait = static_cast<int>(left);
  return max_wait_ms < 0 ? wait : std::min(wait, max_wait_ms);
}

Result<> Loop::turn(int max_wait_ms) {
  std::array<epoll_event, 64> events{};
  const int count = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()),
                                 next_wait(max_wait_ms));
  if (count < 0 && errno != EINTR) return fail(Code::kIo, "epoll_wait");
  for (int i = 0; i < std::max(count, 0); ++i) {
    const auto& event = events.at(static_cast<std::size_t>(i));
    const auto it = entries_.find(event.data.fd);
    if (it == entries_.end()) continue;
    const std::shared_ptr<Entry> entry = it->second;
    Ready ready;
    ready.readable = (event.events & (EPOLLIN | EPOLLHUP | EPOLLERR | EPOLLRDHUP)) != 0;
    ready.writable = (event.events & EPOLLOUT) != 0;
    if (entry->live) entry->callback(ready);
  }
  run_timers();
  run_posted();
  return {};
}

Result<> Loop::run() {
  stopped_ = false;
  while (!stopped_) TRY(turn(-1));
  return {};
}

}  // namespace base
