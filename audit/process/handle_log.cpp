// The log itself: core's own entries, reading, checkpoints, exports, and what happens by the clock.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "audit/base64.h"
#include "audit/export.h"
#include "audit/process/service.h"

namespace audit::process {

namespace {

using base::AuditEvent;
using base::CoreEvent;
using base::fail;
using base::Fd;
using base::Result;
using base::Task;

constexpr std::int64_t kCertificateMs = std::int64_t{20} * 365 * 86'400'000;

// What must be written down even when the log has room for nothing else: locking, and being
// attacked.
bool is_reserved(CoreEvent event) {
  return event == CoreEvent::kStateChanged || event == CoreEvent::kShutDown ||
         event == CoreEvent::kStarted || event == CoreEvent::kTampered ||
         event == CoreEvent::kSignInFailed || event == CoreEvent::kStepUpFailed;
}

Entry entry_of(const ipc::Append& request) {
  Entry entry = process::entry_of(AuditEvent::kHeartbeat, request.actor);
  entry.event = request.event;
  entry.person = request.person;
  entry.purpose = request.purpose;
  entry.ref = request.ref;
  entry.count = request.count;
  entry.action = request.action;
  entry.error = request.error;
  // Somebody may have typed a number where a name belongs: the event is kept, the text is not.
  if (!number_shaped(request.login.view())) entry.login = request.login;
  return entry;
}

// What is about the appliance names no company, and is the firm's.
bool is_of(base::TenantId company, const Entry& entry) {
  const base::TenantId whose = entry.tenant.valid() ? entry.tenant : base::kFirm;
  return !company.valid() || whose == company;
}

bool matches(const ipc::LogFilter& filter, const Entry& entry) {
  return event_name(entry.event).starts_with(filter.event_prefix.view()) &&
         (!filter.account.valid() || entry.account == filter.account) &&
         (!filter.person.valid() || entry.person == filter.person) &&
         (!filter.from || entry.t >= *filter.from) && (!filter.to || entry.t < *filter.to);
}

// kTooLong cannot happen: the log's own texts are shorter than the row's.
Result<ipc::LogRow> row_of(const Entry& entry) {
  ipc::LogRow row;
  row.index = entry.n;
  row.at = entry.t;
  row.event = TRY(base::Text<32>::from(event_name(entry.event)));
  row.account = entry.account;
  row.role = entry.role;
  row.zone = entry.zone;
  row.peer = entry.peer;
  row.session = entry.session;
  row.person = entry.person;
  row.purpose = entry.purpose;
  row.form = entry.form;
  row.period = entry.period;
  row.ref = entry.ref;
  row.count = entry.count;
  row.action = entry.action;
  if (entry.error) row.error = TRY(base::Text<64>::from(error_text(*entry.error)));
  row.login = entry.login;
  return row;
}

// No writer is left: whoever gets it may read it at leisure.
Result<> seal(const Fd& file) {
  constexpr int kSeals = F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL;
  if (::lseek(file.get(), 0, SEEK_SET) != 0 || ::fcntl(file.get(), F_ADD_SEALS, kSeals) != 0) {
    return fail(base::Code::kIo, "export");
  }
  return {};
}

base::Text<64> base64_text(const base::Digest& digest) {
  return base::Text<64>::literal(to_base64(digest.view()));
}

}  // namespace

Service::Answer<ipc::Append> Service::handle(ipc::Append request) {
  const auto priority = is_reserved(request.event) ? Priority::kReserve : Priority::kNormal;
  const Entry entry = entry_of(request);
  CO_TRY(const std::uint64_t index, co_await journal_.append_durable(entry, priority));
  seal_.saw(entry);
  co_return ipc::Append::Reply{index, point()};
}

Service::Answer<ipc::GetLogPoint> Service::handle(ipc::GetLogPoint request) {
  CO_TRY(const Digest root, log_.root_at(request.size));
  co_return base::LogPoint{request.size, root};
}

Service::Answer<ipc::GetAuditFacts> Service::handle(ipc::GetAuditFacts /*request*/) {
  ipc::GetAuditFacts::Reply facts;
  facts.size = log_.durable();
  facts.root = base64_text(log_.tree().root());
  facts.origin = origin_;
  facts.used_percent = log_.used_percent();
  facts.run_ms = journal_.run();
  facts.full = journal_.full();
  const base::WallTime now = loop_.clock().wall();
  clock_.saw(now);
  facts.clock_behind_ms = clock_.behind_ms(now);
  facts.checkpoint_at = checkpoint_at_;
  facts.checkpoint_size = checkpoints_.last().size;
  if (facts.checkpoint_size > 0) facts.checkpoint_root = base64_text(checkpoints_.last().root);
  facts.sealed = seal_.sealed();
  facts.sealed_by = base::Text<64>::literal(seal_.by());
  facts.disk_free_mib = disk_free_mib_;
  facts.disk_low = journal_.disk_low();
  facts.hsm_enrolled = enrolled();
  facts.hsm_ok = hsm_.ready();
  facts.hsm_model = hsm_.model();
  facts.mechanism = hsm_.mechanism();
  co_return facts;
}

// Rows come from the bytes that the tree was built over, never from an index beside them.
Service::Answer<ipc::QueryLog> Service::handle(ipc::QueryLog request) {
  ipc::QueryLog::Reply reply;
  reply.size = log_.durable();
  std::size_t seen = 0;
  Result<> broken;
  CO_CHECK(log_.scan_back(request.before, [&](const Entry& entry) {
    if (reply.rows.full() || seen == kQueryScanMax) {
      reply.next_before = entry.n + 1;
      return false;
    }
    ++seen;
    if (!is_of(request.tenant, entry) || !matches(request.filter, entry)) return true;
    auto row = row_of(entry);
    broken = row ? reply.rows.push(*std::move(row)) : std::unexpected(row.error());
    return broken.has_value();
  }));
  CO_CHECK(broken);
  co_return reply;
}

// Signs what is on disk now, and keeps the note before anybody gets it.
Task<Result<Service::SignedNote>> Service::checkpoint_now() {
  if (!hsm_.ready() || !log_key_) co_return fail(base::Code::kState, "hsm");
  SignedNote out{{origin_.str(), log_.durable(), log_.tree().root()}, {}};
  const base::Digest digest = checkpoint_digest(out.checkpoint);
  CO_TRY(const auto reply, co_await hsm_.ask(ipc::Sign{{ipc::KeyUse::kLogSign, 0}, digest}));
  // A token that signs something else must not get its note into the world.
  CO_CHECK(log_key_->check(digest, reply.signature.view()));
  out.note = assemble_note(out.checkpoint, *log_key_, reply.signature.view());
  // Two may have been signed at once; the file holds them in the order of their sizes.
  if (out.checkpoint.size > checkpoints_.last().size) {
    CO_CHECK(checkpoints_.add(out.checkpoint, out.note));
  }
  checkpoint_at_ = loop_.clock().wall();
  co_return out;
}

Service::Answer<ipc::MakeCheckpoint> Service::handle(ipc::MakeCheckpoint /*request*/) {
  CO_TRY(const SignedNote made, co_await checkpoint_now());
  ipc::MakeCheckpoint::Reply reply;
  reply.root = base64_text(made.checkpoint.root);
  reply.size = made.checkpoint.size;
  CO_TRY(reply.note, base::Bytes<4096>::from(base::as_bytes(made.note)));
  co_return reply;
}

// A self-signed certificate of the log's key, valid from the log's first entry: what openssl needs
// to check an export's signature.
Task<Result<Der>> Service::log_certificate() {
  CO_TRY(const Entry first, log_.read(0));
  CertificateFields fields;
  fields.spki = log_key_->spki();
  fields.common_name = origin_.str();
  fields.not_before = {first.t.ms / 1000 * 1000};
  fields.not_after = {fields.not_before.ms + kCertificateMs};
  const Der to_sign = certificate_to_sign(fields);
  CO_TRY(const auto reply,
         co_await hsm_.ask(ipc::Sign{{ipc::KeyUse::kLogSign, 0}, sha256(to_sign)}));
  co_return assemble_certificate(to_sign, reply.signature.view());
}

Service::Answer<ipc::MakeExport> Service::handle(ipc::MakeExport request) {
  CO_CHECK(co_await journal_.append_durable(process::entry_of(AuditEvent::kExported, request.actor),
                                            Priority::kReserve));
  CO_TRY(SignedNote made, co_await checkpoint_now());
  CO_TRY(Der certificate, co_await log_certificate());
  ExportInput input{
      made.checkpoint, std::move(made.note), *log_key_, std::move(certificate), {}, {}};
  input.made = {loop_.clock().wall().ms / 1000 * 1000};
  CO_TRY(input.earlier, checkpoints_.spread(kEarlierMax, made.checkpoint.size));
  Fd tar(::memfd_create("kagikura-export", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!tar.valid()) co_return fail(base::Code::kIo, "export");
  CO_TRY(const auto exporter, Exporter::begin(std::move(input), tar));
  // A long log takes seconds: a slice a turn, so that nobody waits for more than that.
  for (std::uint64_t at = 0; at < made.checkpoint.size; at += kExportSlice) {
    const std::uint64_t end = std::min(at + kExportSlice, made.checkpoint.size);
    CO_CHECK(log_.scan(at, end, [&exporter](std::uint64_t /*index*/, std::string_view line) {
      return exporter->add_line(line);
    }));
    co_await loop_.sleep(0);
  }
  CO_CHECK(exporter->close());
  CO_TRY(const auto reply,
         co_await hsm_.ask(ipc::Sign{{ipc::KeyUse::kLogSign, 0}, exporter->digest()}));
  CO_CHECK(exporter->finish(reply.signature.view()));
  CO_CHECK(seal(tar));
  co_return ipc::MakeExport::Reply{std::move(tar), made.checkpoint.size,
                                   base64_text(made.checkpoint.root)};
}

// Once a second: signs a checkpoint when one is due, breaks an hour of silence, prepares log space.
void Service::tick() {
  tick_ = loop_.after(kTickMs, [this] { tick(); });
  const base::MonoTime now = loop_.clock().mono();
  if (now.ms - journal_.idle_since().ms >= kHeartbeatMs) {
    Entry beat;
    beat.event = AuditEvent::kHeartbeat;
    beat.count = log_.size();
    static_cast<void>(journal_.append(std::move(beat), Priority::kReserve));
  }
  if (now.ms - checkpoint_tried_.ms >= kCheckpointMs && log_.durable() > checkpoints_.last().size) {
    checkpoint_tried_ = now;
    base::spawn(tick_checkpoint());
  }
  look_at_disk();
  static_cast<void>(log_.prepare());  // a full disk is told by the append that needs the room
}

void Service::look_at_disk() {
  const auto free = disk_free_();
  if (!free) return;
  disk_free_mib_ = *free >> 20U;
  journal_.set_disk_low(*free < disk_reserve_, disk_free_mib_);
}

Task<void> Service::tick_checkpoint() {
  const auto made = co_await checkpoint_now();
  if (!made && made.error().code != base::Code::kState) {
    diary_.error("checkpoint", {{"error", made.error()}});
  }
}

}  // namespace audit::process
