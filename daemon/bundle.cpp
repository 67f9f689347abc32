#include "daemon/bundle.h"

#include "audit/entry.h"
#include "daemon/admission.h"
#include "ipc/edge.h"

namespace core {

namespace {

class Lines {
 public:
  void word(std::string_view key, std::string_view value) {
    ((((text_ += key) += ": ") += value.empty() ? "-" : value) += '\n');
  }
  void count(std::string_view key, std::uint64_t value) { word(key, std::to_string(value)); }
  void flag(std::string_view key, bool value) { word(key, value ? "yes" : "no"); }
  void time(std::string_view key, base::WallTime value) {
    word(key, value.ms > 0 ? base::to_rfc3339(value) : "-");
  }
  void title(std::string_view text) { (text_ += "\n# ") += std::string(text) + "\n"; }
  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  std::string text_ = "Kagikura support bundle 1\n";
};

// Hexadecimal digits of a build must not look like a number by chance.
std::string in_fours(std::string_view hex) {
  std::string out;
  for (std::size_t i = 0; i < hex.size(); ++i) {
    if (i > 0 && i % 4 == 0) out += '.';
    out += hex[i];
  }
  return out;
}

void put_state(Lines& out, const Core& core) {
  out.title("state");
  out.word("version", KAGIKURA_VERSION);
  out.word("build", in_fours(ipc::build_id()));
  out.time("made", core.wall());
  out.count("uptime_s", static_cast<std::uint64_t>(core.mono().ms / 1000));
  out.word("state", name(core.state()));
  out.word("reason", core.reason());
  out.word("cover", name(core.tamper.cover));
  out.count("pin_tries_left", core.pin_tries_left);
  out.count("sessions", core.sessions.live(core.mono()));
  if (core.admission != nullptr) out.count("connections", core.admission->connections());
  if (core.store() != nullptr) {
    out.count("epoch", core.store()->state().epoch);
    out.count("store_revision", core.store()->state().revision);
  }
}

void put_audit(Lines& out, const Core& core) {
  const auto& facts = core.facts;
  out.title("audit");
  out.flag("connected", core.audit.up());
  out.flag("hsm_enrolled", facts.hsm_enrolled);
  out.flag("hsm_ok", facts.hsm_ok);
  out.word("hsm_model", facts.hsm_model.view());
  out.word("mechanism", facts.mechanism.view());
  out.count("log_entries", facts.size);
  out.count("log_used_percent", facts.used_percent);
  out.flag("log_full", facts.full);
  out.flag("disk_low", facts.disk_low);
  out.count("disk_free_mib", facts.disk_free_mib);
  out.count("checkpoint_size", facts.checkpoint_size);
  out.time("checkpoint_at", facts.checkpoint_at);
  out.count("clock_behind_s", facts.clock_behind_ms / 1000);
  out.flag("sealed", facts.sealed);
  out.word("sealed_by", facts.sealed_by.view());
}

void put_settings(Lines& out, const config::Config& config) {
  out.title("settings");
  std::size_t handling = 0;
  for (const auto& zone : config.zones) handling += zone.zone == base::Zone::kHandling ? 1 : 0;
  out.count("zones_handling", handling);
  out.count("zones_collection", config.zones.size() - handling);
  out.count("workers_max", config.workers_max);
  out.count("session_s", config.session_s);
  out.count("idle_s", config.idle_s);
  out.count("store_mib", config.store_bytes >> 20U);
  out.count("log_mib", config.log_bytes >> 20U);
  out.count("log_segment_mib", config.log_segment_bytes >> 20U);
  out.count("shelf_size", config.shelf_size);
  out.count("hsm_timeout_ms", config.hsm_timeout_ms);
}

}  // namespace

std::string bundle_of(const Core& core, const ipc::QueryLog::Reply* events) {
  Lines out;
  put_state(out, core);
  put_audit(out, core);
  put_settings(out, core.config());
  out.title("events, newest first");
  if (events == nullptr) return out.take();
  for (const auto& row : events->rows) {
    std::string what(row.event.view());
    if (!row.error.empty()) (what += " ") += row.error.view();
    out.word(base::to_rfc3339(row.at), what);
  }
  return out.take();
}

base::Result<std::string> number_free(std::string text) {
  // Also as people write it, in groups.
  std::string joined = text;
  std::erase_if(joined, [](char c) { return c == ' ' || c == '-'; });
  if (audit::number_shaped(text) || audit::number_shaped(joined)) {
    return base::fail(base::Code::kInternal, "tripwire");
  }
  return text;
}

}  // namespace core
