#include "monitor/syslog_line.h"

namespace monitor {

namespace {

constexpr int kAuditFacility = 13;  // RFC 5424 table 1: log audit
constexpr int kCritical = 2;
constexpr int kWarning = 4;
constexpr int kInformational = 6;

int severity(const ipc::LogRow& row) {
  const std::string_view event = row.event.view();
  if (event == base::name(base::CoreEvent::kTampered) ||
      event == base::name(base::AuditEvent::kHsmFault) ||
      event == base::name(base::AuditEvent::kLogAlarm)) {
    return kCritical;
  }
  return row.error.empty() ? kInformational : kWarning;
}

class Data {
 public:
  void value(const char* key, std::string_view text) {
    if (text.empty()) return;
    ((text_ += ' ') += key) += "=\"";
    for (const char c : text) {  // RFC 5424 6.3.3
      if (c == '"' || c == '\\' || c == ']') text_ += '\\';
      text_ += c;
    }
    text_ += '"';
  }
  void count(const char* key, std::uint64_t number) {
    if (number != 0) value(key, std::to_string(number));
  }
  template <class Tag>
  void id(const char* key, base::Id<Tag> one) {
    if (one.valid()) value(key, base::to_text(one));
  }
  template <class E>
  void word(const char* key, E one) {
    if (one != E::kNone) value(key, base::name(one));
  }
  // 32473: the number that RFC 5612 keeps for whoever has none of his own.
  [[nodiscard]] std::string take() const { return "[entry@32473" + text_ + "]"; }

 private:
  std::string text_;
};

std::string frame(const std::string& message) {
  return std::to_string(message.size()) + " " + message;
}

std::string header(int level, base::WallTime at, std::string_view host, std::string_view event) {
  return "<" + std::to_string(kAuditFacility * 8 + level) + ">1 " + base::to_rfc3339(at) + " " +
         std::string(host.empty() ? "-" : host) + " kagikura - " + std::string(event) + " ";
}

}  // namespace

std::string framed(const ipc::LogRow& row, std::string_view host) {
  Data data;
  data.value("n", std::to_string(row.index));
  data.id("account", row.account);
  data.word("role", row.role);
  data.word("zone", row.zone);
  data.value("peer", row.peer.view());
  data.id("session", row.session);
  data.id("person", row.person);
  if (row.purpose) data.value("purpose", base::name(*row.purpose));
  if (row.form) data.value("form", base::name(*row.form));
  data.value("period", row.period.view());
  data.count("ref", row.ref);
  data.count("count", row.count);
  data.value("action", row.action.view());
  data.value("error", row.error.view());
  return frame(header(severity(row), row.at, host, row.event.view()) + data.take());
}

std::string framed_gap(std::uint64_t from, std::uint64_t count, base::WallTime now,
                       std::string_view host) {
  Data data;
  data.value("n", std::to_string(from));
  data.count("count", count);
  return frame(header(kWarning, now, host, "syslog.dropped") + data.take());
}

}  // namespace monitor
