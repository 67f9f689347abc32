#include "audit/process/service.h"

namespace audit::process {

namespace {

using base::AuditEvent;
using base::Error;
using base::Result;

// The log's name: letters only, so that no text in the log looks like a number.
Result<base::Text<64>> new_origin() {
  std::string name = "kagikura/";
  std::uint64_t bits = TRY(system_random());
  for (int i = 0; i < 16; ++i, bits >>= 4U) name += static_cast<char>('a' + (bits & 15U));
  return base::Text<64>::from(name, "origin");
}

}  // namespace

Service::Service(Parts parts, Settings settings, History history)
    : loop_(parts.loop),
      diary_(parts.diary),
      log_(parts.log),
      checkpoints_(parts.checkpoints),
      origin_(std::move(history.origin)),
      journal_(parts.loop, parts.log, history.alarmed, std::move(settings.on_fatal)),
      grants_(parts.loop.clock(), settings.random),
      budget_(std::move(history.budget)),
      pins_(history.pins),
      clock_(history.clock),
      seal_(history.seal),
      disk_free_(std::move(settings.disk_free)),
      disk_reserve_(settings.disk_reserve),
      hsm_(parts.loop, {.connect = std::move(settings.connect_hsm),
                        .call_timeout_ms = settings.hsm_timeout_ms,
                        .on_fault = [this](Error why) { hsm_fault(why); },
                        .on_back = [this] { base::spawn(reload_salts()); },
                        .on_refused = [this](Error why) { hsm_refused(why); }}),
      checkpoint_tried_(parts.loop.clock().mono()) {}

Result<> Service::start() {
  Entry opened;
  opened.event = AuditEvent::kLogOpened;
  opened.count = log_.size();
  if (origin_.empty()) {
    if (log_.size() != 0) return base::fail(base::Code::kCorrupt, "origin");
    origin_ = TRY(new_origin());
  }
  opened.origin = origin_;
  const auto index = journal_.append(std::move(opened), Priority::kReserve);
  // A log without any room still serves readers and exports; everything else is refused.
  if (!index && index.error().code != base::Code::kFull) return std::unexpected(index.error());
  TRY(log_.sync());
  hsm_.start();
  look_at_disk();
  tick();
  return {};
}

void Service::violated(Error why) {
  diary_.error("peer_dropped", {{"error", why}});
  Entry entry;
  entry.event = AuditEvent::kPeerDropped;
  entry.error = why;
  static_cast<void>(journal_.append(std::move(entry)));
}

void Service::closed() {
  connected_ = false;
  grants_.clear();
}

Entry entry_of(AuditEvent event, const ipc::Actor& actor) {
  Entry entry;
  entry.event = event;
  entry.account = actor.account;
  entry.role = actor.role;
  entry.zone = actor.zone;
  entry.peer = actor.peer;
  entry.session = actor.session;
  // Of the firm only what touches its numbers names it: a box with one company says no more than
  // it has to.
  if (actor.tenant != base::kFirm) entry.tenant = actor.tenant;
  return entry;
}

}  // namespace audit::process
