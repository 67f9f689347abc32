// The audit process' answers to core (ipc/core_audit.h). One object a process; it holds the log,
// the grants, the budgets and the only road to the HSM. Order for everything that touches a number
// or a key: check -> write the intent -> wait until it is on disk -> ask the HSM -> write the
// outcome -> answer. It takes core's word for who acts, because core knows the sessions, and for
// nothing else. The handlers are in handle_reveal.cpp (grants, the one way out for numbers),
// handle_numbers.cpp (shelves), handle_keys.cpp (unlocking, epochs, signatures) and handle_log.cpp
// (the log itself).
#pragma once

#include <map>

#include "audit/process/checkpoints.h"
#include "audit/process/commit.h"
#include "audit/process/grants.h"
#include "audit/process/history.h"
#include "audit/process/hsm_link.h"
#include "base/log.h"
#include "ipc/core_audit.h"

namespace audit::process {

// What main() opened, checked and hands over; all of it outlives the service.
struct Parts {
  base::Loop& loop;
  const base::Log& diary;  // the operational log
  Log& log;
  Checkpoints& checkpoints;
};

struct Settings {
  std::function<base::Result<base::Fd>()> connect_hsm;
  std::int64_t hsm_timeout_ms = 5000;
  Grants::Random random = system_random;
  std::function<void(base::Error)> on_fatal;  // the disk failed; must not return to the loop
  // Bytes left on the log's file system; none when that is not known.
  std::function<std::optional<std::uint64_t>()> disk_free = [] { return std::nullopt; };
  // With less than this nothing is logged but what has the reserve's priority: before the log, or
  // the store beside it, finds no room in the middle of an act.
  std::uint64_t disk_reserve = std::uint64_t{16} << 20U;
};

class Service {
 public:
  static constexpr std::int64_t kTickMs = 1000;
  static constexpr std::int64_t kCheckpointMs = 60'000;
  static constexpr std::int64_t kHeartbeatMs = 3'600'000;
  static constexpr std::uint64_t kExportSlice = 512;  // entries that an export reads in one turn
  static constexpr std::size_t kQueryScanMax = 4096;  // entries read for one QueryLog

  Service(Parts parts, Settings settings, History history);
  Service(const Service&) = delete;  // callbacks point here
  Service& operator=(const Service&) = delete;

  // Writes log.opened, connects to the HSM, starts the timers. kIo, kCorrupt.
  base::Result<> start();

  // ipc::serve(). A connection that breaks the rules is logged; all grants end with their
  // connection.
  void violated(base::Error why);
  void closed();
  [[nodiscard]] bool connected() const { return connected_; }
  void set_connected() { connected_ = true; }

  template <class T>
  using Answer = base::Task<base::Result<typename T::Reply>>;
  Answer<ipc::GetLogPoint> handle(ipc::GetLogPoint request);
  Answer<ipc::GetAuditFacts> handle(ipc::GetAuditFacts request);
  Answer<ipc::UnlockHsm> handle(ipc::UnlockHsm request);
  Answer<ipc::LockHsm> handle(ipc::LockHsm request);
  Answer<ipc::OpenEpoch> handle(ipc::OpenEpoch request);
  Answer<ipc::CreateEpoch> handle(ipc::CreateEpoch request);
  Answer<ipc::DestroyEpoch> handle(ipc::DestroyEpoch request);
  Answer<ipc::ListKeys> handle(ipc::ListKeys request);
  Answer<ipc::Append> handle(ipc::Append request);
  Answer<ipc::OpenGrant> handle(ipc::OpenGrant request);
  Answer<ipc::UseGrant> handle(ipc::UseGrant request);
  Answer<ipc::RevealNumber> handle(ipc::RevealNumber request);
  Answer<ipc::GetBudget> handle(ipc::GetBudget request);
  Answer<ipc::CreateShelf> handle(ipc::CreateShelf request);
  Answer<ipc::LoadShelves> handle(ipc::LoadShelves request);
  Answer<ipc::SealNumbers> handle(ipc::SealNumbers request);
  Answer<ipc::MoveNumbers> handle(ipc::MoveNumbers request);
  Answer<ipc::Reshelve> handle(ipc::Reshelve request);
  Answer<ipc::DestroyShelves> handle(ipc::DestroyShelves request);
  Answer<ipc::Pepper> handle(ipc::Pepper request);
  Answer<ipc::SignTls> handle(ipc::SignTls request);
  Answer<ipc::SignDisposalCertificate> handle(ipc::SignDisposalCertificate request);
  Answer<ipc::QueryLog> handle(ipc::QueryLog request);
  Answer<ipc::MakeCheckpoint> handle(ipc::MakeCheckpoint request);
  Answer<ipc::MakeExport> handle(ipc::MakeExport request);

  [[nodiscard]] const HsmLink& hsm() const { return hsm_; }
  // Asks the hsm process for a public key: false when it should answer and does not. One that is
  // not logged in is asked nothing.
  base::Task<bool> hsm_answers();
  [[nodiscard]] std::uint64_t entries() const { return log_.size(); }
  [[nodiscard]] base::WallTime checkpoint_at() const { return checkpoint_at_; }
  // Of what is on disk.
  [[nodiscard]] base::LogPoint point() const { return {log_.durable(), log_.tree().root()}; }
  [[nodiscard]] const Journal& journal() const { return journal_; }

 private:
  struct Shelf {
    base::TenantId tenant;
    base::Purpose purpose = base::Purpose::kIntake;
    base::Bytes<128> sealed_salt;
  };
  struct SignedNote {
    Checkpoint checkpoint;
    std::string note;
  };
  using Entries = std::vector<Entry>;

  // handle_reveal.cpp
  [[nodiscard]] base::Result<Grants::Reason> admit_reveal(const ipc::RevealNumber& request) const;
  base::Task<base::Error> refused(Entry entry, base::Error why);

  // handle_numbers.cpp
  [[nodiscard]] base::Result<> check_place(const ipc::NumberPlace& place) const;
  [[nodiscard]] base::Result<> check_shelf(base::ShelfId id, base::TenantId tenant,
                                           base::Purpose purpose) const;
  base::Task<base::Result<>> write_durable(Entries& entries);
  base::Result<std::uint64_t> write_outcomes(const Entries& intents, base::AuditEvent event,
                                             const base::Error* error);
  base::Task<base::Result<std::uint64_t>> destroy(Entries intents, std::vector<ipc::KeyRef> keys);
  base::Task<void> reload_salts();

  // handle_keys.cpp
  base::Task<base::Result<>> unlock(ipc::UnlockHsm& request);
  base::Task<base::Result<>> enrol();
  [[nodiscard]] bool enrolled() const;
  base::Task<base::Result<>> learn_log_key();
  base::Task<base::Result<ipc::UnlockHsm::Reply>> unlocked_reply();
  base::Task<base::Result<base::Secret<32>>> derive(ipc::KeyRef key, std::string_view label);
  void hsm_fault(base::Error why);
  void hsm_refused(base::Error why);

  // handle_log.cpp
  base::Task<base::Result<SignedNote>> checkpoint_now();
  base::Task<base::Result<Der>> log_certificate();
  void tick();
  void look_at_disk();
  base::Task<void> tick_checkpoint();

  base::Loop& loop_;
  const base::Log& diary_;
  Log& log_;
  Checkpoints& checkpoints_;
  base::Text<64> origin_;
  Journal journal_;
  Grants grants_;
  Budget budget_;
  PinGuard pins_;
  ClockGuard clock_;
  SealFact seal_;
  std::function<std::optional<std::uint64_t>()> disk_free_;
  std::uint64_t disk_reserve_;
  std::uint64_t disk_free_mib_ = 0;
  HsmLink hsm_;
  std::map<base::ShelfId, Shelf> shelves_;
  std::optional<LogKey> log_key_;
  base::Timer tick_;
  base::MonoTime checkpoint_tried_;
  base::WallTime checkpoint_at_;
  bool connected_ = false;
  bool ceremony_ = false;  // unlocking, enrolling: one at a time
};

// An entry about what an actor does.
Entry entry_of(base::AuditEvent event, const ipc::Actor& actor);
// What sealed bytes are bound to (G6), built from the place that the log names.
ipc::Aad number_aad(const ipc::NumberPlace& place);
ipc::Aad salt_aad(base::TenantId tenant, base::Purpose purpose, base::ShelfId shelf);

}  // namespace audit::process
