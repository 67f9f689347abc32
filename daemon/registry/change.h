// A Change: records to write and erase together, and at the same time what that does to the
// register in memory. Made by the operations of registry/ from the register as it is; valid until
// the next change is applied, so core holds its write lock from making one to applying it:
//
//   Change change = TRY(set_leaving(registry, person, day));   // checks, touches nothing
//   ... append to the audit log ...
//   TRY(store.commit(change.writes(), log_point));              // durable
//   registry.apply(std::move(change));                          // cannot fail
//
// A change that is dropped leaves no trace.
#pragma once

#include <vector>

#include "daemon/registry/records.h"
#include "daemon/store/store.h"

namespace registry {

class Change {
 public:
  Change() = default;
  Change(const Change&) = delete;  // may hold secrets, and is applied once
  Change& operator=(const Change&) = delete;
  Change(Change&&) = default;
  Change& operator=(Change&&) = default;

  void put(Record record) { puts_.push_back(std::move(record)); }
  void erase(SubmissionId id) { submissions_.push_back(id); }
  void erase(PersonId person, Purpose purpose) { numbers_.push_back({person, purpose}); }
  void erase_throttle(std::uint64_t id) { throttles_.push_back(id); }
  void erase(ipc::MailId id) { mails_.push_back(id); }
  // Takes over what `other` does, after what this one does.
  void append(Change&& other);

  // For Store::commit, in the order of keys. A record that is put twice is written as put last.
  [[nodiscard]] store::Changes writes() const;
  [[nodiscard]] bool empty() const {
    return puts_.empty() && submissions_.empty() && numbers_.empty() && throttles_.empty() &&
           mails_.empty();
  }

 private:
  friend class Registry;
  struct NumberKey {
    PersonId person;
    Purpose purpose = Purpose::kTax;
  };
  std::vector<SubmissionId> submissions_;  // to erase; before the puts
  std::vector<NumberKey> numbers_;         // to erase; before the puts
  std::vector<std::uint64_t> throttles_;   // to erase; before the puts
  std::vector<ipc::MailId> mails_;         // to erase; before the puts
  std::vector<Record> puts_;
};

}  // namespace registry
