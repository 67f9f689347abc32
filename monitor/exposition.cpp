#include "monitor/exposition.h"

namespace monitor {

namespace {

class Page {
 public:
  void gauge(const char* name, const char* help) {
    name_ = name;
    (((text_ += "# HELP ") += name) += " ") += help;
    (((text_ += "\n# TYPE ") += name) += " gauge\n");
  }
  void value(std::uint64_t value, const std::string& labels = {}) {
    ((((text_ += name_) += labels) += " ") += std::to_string(value)) += '\n';
  }
  void one(const char* name, const char* help, std::uint64_t of) {
    gauge(name, help);
    value(of);
  }
  // One line for each enumerator, 1 for the one that holds.
  template <class E>
  void states(const char* name, const char* help, const char* label, E now) {
    gauge(name, help);
    for (unsigned i = 0; i <= static_cast<unsigned>(E::kLast); ++i) {
      const auto each = static_cast<E>(i);
      value(each == now ? 1 : 0,
            "{" + std::string(label) + "=\"" + std::string(base::name(each)) + "\"}");
    }
  }
  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  std::string text_;
  std::string name_;
};

}  // namespace

std::string exposition(const ipc::GetStatus::Reply& status) {
  Page page;
  page.one("kagikura_up", "Core answers.", 1);
  page.gauge("kagikura_build_info", "The version that runs.");
  page.value(1, "{version=\"" KAGIKURA_VERSION "\"}");
  page.states("kagikura_state", "The state of the appliance.", "state", status.state);
  page.states("kagikura_cover", "The cover switches.", "cover", status.cover);
  page.one("kagikura_hsm_ok", "The HSM is logged in and answers.", status.hsm_ok ? 1 : 0);
  page.one("kagikura_people", "People in the register.", status.people);
  page.one("kagikura_sessions", "Sessions that live.", status.sessions);
  page.one("kagikura_connections", "Browsers that are connected.", status.connections);
  page.one("kagikura_key_epoch", "The newest key epoch.", status.epoch);
  page.one("kagikura_log_entries", "Entries of the audit log.", status.log_entries);
  page.one("kagikura_log_used_percent", "Of the space for the audit log.", status.log_used_percent);
  page.one("kagikura_checkpoint_entries", "Entries under the newest checkpoint.",
           status.checkpoint_size);
  page.one(
      "kagikura_checkpoint_timestamp_seconds", "When it was signed; 0: never.",
      status.checkpoint_at.ms > 0 ? static_cast<std::uint64_t>(status.checkpoint_at.ms / 1000) : 0);
  page.one("kagikura_disk_free_bytes", "Of the audit log's file system.",
           status.disk_free_mib << 20U);
  page.one("kagikura_disk_low", "Too little of it: new acts are refused.", status.disk_low ? 1 : 0);
  page.one("kagikura_pin_tries_left", "Before the console has to restart the appliance.",
           status.pin_tries_left);
  return page.take();
}

std::string exposition_of_silence() {
  Page page;
  page.one("kagikura_up", "Core answers.", 0);
  return page.take();
}

}  // namespace monitor
