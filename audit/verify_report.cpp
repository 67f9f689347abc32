#include "audit/verify.h"

namespace audit {

namespace {

// `text` is printable ASCII but for file names of the user's own, which may be anything.
std::string json(std::string_view text) {
  static constexpr std::string_view kHex = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      (out += '\\') += c;
    } else if (byte < 0x20 || byte == 0x7F) {
      ((out += "\\u00") += kHex[byte >> 4U]) += kHex[byte & 15U];
    } else {
      out += c;
    }
  }
  return out + "\"";
}

}  // namespace

std::string to_json(const VerifyReport& report) {
  std::string findings;
  for (const Finding& finding : report.findings) {
    if (!findings.empty()) findings += ",";
    findings += "{\"code\":" + json(finding.code) + ",\"where\":" + json(finding.where) + "}";
  }
  std::string intents;
  for (const std::uint64_t index : report.open_intents) {
    if (!intents.empty()) intents += ",";
    intents += std::to_string(index);
  }
  return "{\"checkpoints\":" + std::to_string(report.checkpoints) + ",\"findings\":[" + findings +
         "],\"fingerprint\":" + json(report.fingerprint) +
         ",\"first\":" + json(base::to_rfc3339(report.first_time)) +
         ",\"key_confirmed\":" + (report.key_confirmed ? "true" : "false") +
         ",\"last\":" + json(base::to_rfc3339(report.last_time)) + ",\"open_intents\":[" + intents +
         "],\"origin\":" + json(report.origin) +
         ",\"result\":" + (report.good() ? "\"ok\"" : "\"tampered\"") +
         ",\"root\":" + json(report.root) + ",\"size\":" + std::to_string(report.size) + "}\n";
}

std::string to_text(const VerifyReport& report) {
  std::string out;
  if (report.good()) {
    out = "OK: nothing was changed, removed or added. / 改変はありません。\n";
  } else {
    out = "TAMPERED: this is not what the appliance signed. / 改変されています。\n";
    for (const Finding& finding : report.findings) {
      out += "  " + finding.code + ": " + finding.where + "\n";
    }
  }
  out += "log / ログ: " + report.origin + "\n";
  out += "entries / 件数: " + std::to_string(report.size) + "\n";
  if (report.size != 0) {
    out += "from / 期間: " + base::to_rfc3339(report.first_time) + " - " +
           base::to_rfc3339(report.last_time) + "\n";
  }
  out += "root / ルートハッシュ: " + report.root + "\n";
  out += "key / 鍵の指紋: " + report.fingerprint + "\n";
  if (!report.key_confirmed) {
    out +=
        "  The key is the export's own: compare this fingerprint with the appliance's console, or "
        "use --key.\n  "
        "鍵は書き出しに含まれるものです。装置のコンソールの指紋と見比べてください。\n";
  }
  out += "saved checkpoints that agree / 一致した保存済みチェックポイント: " +
         std::to_string(report.checkpoints) + "\n";
  if (report.good() && report.checkpoints == 0) {
    out +=
        "  Without --checkpoint nobody can tell whether the newest entries were cut off.\n"
        "  --checkpoint がなければ、末尾の切り捨ては分かりません。\n";
  }
  if (!report.open_intents.empty()) {
    out += "begun, outcome not told / 結果の記録がない操作: " +
           std::to_string(report.open_intents.size()) + " (first: entry " +
           std::to_string(report.open_intents.front()) + ")\n";
  }
  return out;
}

}  // namespace audit
