// The rules that entries obey among each other (audit/FORMAT.md section 5), checked one entry after
// the other in constant memory (but for what is open). It judges; it does not read.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "audit/entry.h"

namespace audit {

inline constexpr std::uint64_t kSilenceMaxMs = std::uint64_t{65} * 60 * 1000;  // of `run`
inline constexpr std::size_t kFindingsMax = 20;

// One thing that is wrong. `code` is stable; FORMAT.md section 7 lists them.
struct Finding {
  std::string code;
  std::string where;  // a file, or "entry N"
  friend bool operator==(const Finding&, const Finding&) = default;
};

class EntryRules {
 public:
  explicit EntryRules(std::string origin) : origin_(std::move(origin)) {}
  // The line of index count().
  void add(std::string_view line);

  [[nodiscard]] std::uint64_t count() const { return next_; }
  // At most kFindingsMax.
  [[nodiscard]] const std::vector<Finding>& findings() const { return findings_; }
  // Intents without an outcome: what a crash may leave, or the very end of the log.
  [[nodiscard]] std::vector<std::uint64_t> open_intents() const;
  [[nodiscard]] base::WallTime first_time() const { return first_time_; }
  [[nodiscard]] base::WallTime last_time() const { return last_time_; }

 private:
  void wrong(const char* code);
  void check_order(const Entry& entry);
  void check_meaning(const Entry& entry);
  void check_outcome(const Entry& entry, base::AuditEvent intent);

  std::string origin_;
  std::uint64_t next_ = 0;
  bool have_last_ = false;
  base::WallTime first_time_;
  base::WallTime last_time_;
  std::uint64_t last_run_ = 0;
  // Intents by index: those that wait, and those of keys, which may have one outcome a key.
  std::map<std::uint64_t, base::AuditEvent> open_;
  std::map<std::uint64_t, base::AuditEvent> told_;
  std::vector<Finding> findings_;
};

}  // namespace audit
