// The journal: stamps entries, appends them to the log, and makes them durable in groups. Entries
// of one turn of the loop, with those that arrived while the last fdatasync ran, share one
// fdatasync; who waits for one is resumed after it and never before. When many ask at once, a group
// waits a moment for those who are still on their way, so that the disk and the other processes are
// woken once for many; a lone request never waits. Used by the service alone.
// When the disk fails, what it holds is unknown: on_fatal is called and must not return to the
// loop.
#pragma once

#include <functional>
#include <vector>

#include "audit/log.h"
#include "audit/process/budget.h"
#include "base/loop.h"

namespace audit::process {

class Journal {
 public:
  static constexpr std::int64_t kLazyMs = 50;   // how long an entry nobody waits for may wait
  static constexpr std::int64_t kGatherMs = 1;  // how long a group waits for half of the last one
  static constexpr std::uint8_t kAlarmPercent = 80;

  // `alarmed`: the log says already that it is nearly full.
  Journal(base::Loop& loop, Log& log, bool alarmed, std::function<void(base::Error)> on_fatal);
  Journal(const Journal&) = delete;  // posted callbacks point here
  Journal& operator=(const Journal&) = delete;
  ~Journal();

  // Appends with the time and run stamp of now; on disk within kLazyMs. The index, or what
  // Log::append() says.
  base::Result<std::uint64_t> append(Entry entry, Priority priority = Priority::kNormal);
  // Returns when the entry at `index` is on disk.
  base::Task<void> durable(std::uint64_t index);
  // Both.
  base::Task<base::Result<std::uint64_t>> append_durable(Entry entry,
                                                         Priority priority = Priority::kNormal);

  // The stamp that the next entry would carry.
  [[nodiscard]] std::uint64_t run() const { return run_.now(); }
  // The last entry of normal priority found no room.
  [[nodiscard]] bool full() const { return full_; }
  // While the disk is low only Priority::kReserve is taken; the log says so once each time.
  void set_disk_low(bool low, std::uint64_t free_mib);
  [[nodiscard]] bool disk_low() const { return disk_low_; }
  // Since when nothing has been appended.
  [[nodiscard]] base::MonoTime idle_since() const { return idle_since_; }
  [[nodiscard]] std::uint64_t syncs() const { return syncs_; }

 private:
  struct Waiter {
    std::uint64_t index = 0;
    base::Slot<bool>* slot = nullptr;
  };
  void sync_soon();
  void sync_this_turn();
  void sync_now();
  void raise_alarm();

  base::Loop& loop_;
  Log& log_;
  RunClock run_;
  bool full_ = false;  // the last entry without priority found no room
  bool disk_low_ = false;
  std::function<void(base::Error)> on_fatal_;
  std::vector<Waiter> waiters_;
  base::Timer lazy_;
  base::Timer gather_;
  std::size_t group_ = 1;  // how many were waiting for the last sync
  base::MonoTime idle_since_;
  std::uint64_t syncs_ = 0;
  bool posted_ = false;
  bool gathering_ = false;
  bool lazy_armed_ = false;
  bool alarmed_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace audit::process
