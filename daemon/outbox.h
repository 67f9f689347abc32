// Mail that waits in the register, and who has it: the mail program takes one at a time, and what
// it could not send rests, longer each time. The register holds the mails; which are taken or rest
// is memory, so that a restart only tries again sooner. Nobody who acts waits for a mail.
#pragma once

#include <map>

#include "daemon/registry/registry.h"

namespace core {

class Outbox {
 public:
  static constexpr std::int64_t kLeaseMs = 120'000;  // longer than the program tries
  static constexpr std::int64_t kFirstRestMs = 15'000;
  static constexpr std::int64_t kLongestRestMs = std::int64_t{30} * 60'000;

  // The oldest that may be sent now, which is the asker's from now on; null: none.
  const registry::Mail* take(const registry::Registry& registry, base::MonoTime now);
  // Could not be sent; also of a mail that has gone meanwhile.
  void later(ipc::MailId id, base::MonoTime now);
  void forget(ipc::MailId id) { waits_.erase(id); }
  void clear() { waits_.clear(); }

 private:
  struct Wait {
    base::MonoTime until;
    std::uint32_t failures = 0;
  };
  std::map<ipc::MailId, Wait> waits_;  // of mails in the register
};

}  // namespace core
