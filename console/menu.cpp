#include "console/menu.h"

#include <fcntl.h>

#include <array>
#include <vector>

#include "base/secret_access.h"
#include "console/texts.h"

namespace console {

using base::State;

namespace {

std::string grouped(base::ByteSpan bytes, std::size_t group, char separator) {
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i > 0 && i % group == 0) out += separator;
    out += static_cast<char>(bytes[i]);
  }
  return out;
}

// AB:CD:... as browsers show a certificate's fingerprint.
std::string fingerprint_text(const base::Digest& digest) {
  std::string hex = base::to_hex(digest.view());
  for (char& c : hex) c = c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c;
  return grouped(base::as_bytes(hex), 2, ':');
}

}  // namespace

struct Menu::Item {
  Words words;
  void (Menu::*act)();
};

void Menu::show(const base::Error& error) {
  terminal_.line();
  terminal_.line("! " + std::string(terminal_.say(words_of(error))) + " [" +
                 std::string(name(error.code)) + "/" + std::string(error.field.view()) + "]");
}

void Menu::banner(const ipc::GetStatus::Reply& status) {
  terminal_.line();
  terminal_.line("==== Kagikura ====  " + std::string(status.firm.view()));
  terminal_.line(std::string(terminal_.say({"State", "状態"})) + ": " +
                 terminal_.say(words_of(status.state)));
}

void Menu::show_status(const ipc::GetStatus::Reply& status) {
  const auto row = [&](const Words& label, const std::string& value) {
    terminal_.line("  " + std::string(terminal_.say(label)) + ": " + value);
  };
  if (!status.reason.empty()) row({"Reason", "理由"}, status.reason.str());
  row({"HSM", "HSM"}, std::string(status.hsm_ok ? "ok" : "--") + " " + status.hsm_model.str() +
                          " " + status.mechanism.str());
  row({"People", "登録者数"}, std::to_string(status.people));
  row({"Sessions", "セッション"}, std::to_string(status.sessions));
  row({"Key epoch", "鍵世代"}, std::to_string(status.epoch));
  row({"Log entries", "記録件数"},
      std::to_string(status.log_entries) + " (" + std::to_string(status.log_used_percent) + " %)");
  if (status.checkpoint_at.ms > 0) {
    row({"Checkpoint", "チェックポイント"}, base::to_rfc3339(status.checkpoint_at));
  }
  row({"Certificate SHA-256", "証明書 SHA-256"}, fingerprint_text(status.certificate_fingerprint));
  row({"PIN tries left", "PIN 残り回数"}, std::to_string(status.pin_tries_left));
}

void Menu::provision() {
  terminal_.tell({"Set-up: once, for one firm.", "初期設定: 1社につき1度だけ行います。"});
  ipc::Provision request;
  const auto text = [&](const Words& prompt, auto& out) {
    const auto typed = terminal_.ask(prompt);
    if (!typed) return false;
    auto parsed = std::remove_reference_t<decltype(out)>::from(*typed);
    if (!parsed || parsed->empty()) {
      show(parsed ? base::Error{base::Code::kMissing, "entry"} : parsed.error());
      return false;
    }
    out = *std::move(parsed);
    return true;
  };
  if (!text({"Name of the firm", "会社名"}, request.firm) ||
      !text({"Host name for the certificate", "証明書のホスト名"}, request.host) ||
      !text({"Responsible person: sign-in name", "責任者のログイン名"},
            request.responsible_login) ||
      !text({"Responsible person: name", "責任者の氏名"}, request.responsible_name) ||
      !text({"Auditor: sign-in name", "監査人のログイン名"}, request.auditor_login) ||
      !text({"Auditor: name", "監査人の氏名"}, request.auditor_name)) {
    return;
  }
  auto pin = terminal_.ask_secret({"PIN of the token", "トークンの PIN"});
  if (!pin) return show({base::Code::kMissing, "pin"});
  request.pin = *std::move(pin);
  const auto reply = call(request);
  if (!reply) return show(reply.error());
  terminal_.line();
  terminal_.tell(
      {"Done. Hand each key to its person; it is shown once and valid for 24 hours.",
       "完了しました。登録キーを本人へ渡してください。表示は1度だけで、24時間有効です。"});
  terminal_.line("  " + request.responsible_login.str() + ": " +
                 grouped(reply->responsible_key.read(base::secret_access()), 4, '-'));
  terminal_.line("  " + request.auditor_login.str() + ": " +
                 grouped(reply->auditor_key.read(base::secret_access()), 4, '-'));
  terminal_.line("  " + std::string(terminal_.say({"Certificate SHA-256", "証明書 SHA-256"})) +
                 ": " + fingerprint_text(reply->certificate_fingerprint));
}

void Menu::unlock() {
  auto pin = terminal_.ask_secret({"PIN of the token", "トークンの PIN"});
  if (!pin) return show({base::Code::kMissing, "pin"});
  ipc::Unlock request;
  request.pin = *std::move(pin);
  auto reply = call(request);
  if (!reply && reply.error() == base::Error{base::Code::kState, "clock"}) {
    show(reply.error());
    if (!terminal_.confirm({"Go on with the clock as it is?", "この時計のまま続けますか？"}))
      return;
    request.accept_clock = true;
    reply = call(request);
  }
  if (!reply) return show(reply.error());
  terminal_.tell({"Unlocked.", "ロックを解除しました。"});
}

void Menu::seal() {
  if (!terminal_.confirm({"Sealing ends all sessions; going on needs the PIN.",
                          "封印すると全セッションが終了し、再開には PIN が必要です。"})) {
    return;
  }
  if (const auto reply = call(ipc::SealAppliance{}); !reply) return show(reply.error());
  terminal_.tell({"Sealed.", "封印しました。"});
}

void Menu::show_checkpoint() {
  const auto reply = call(ipc::GetCheckpoint{});
  if (!reply) return show(reply.error());
  terminal_.tell({"Write down size and root; later logs must contain this one.",
                  "件数とルートを控えてください。以後の記録はこれを含んでいなければなりません。"});
  terminal_.line("  " + std::string(terminal_.say({"Size", "件数"})) + ": " +
                 std::to_string(reply->size));
  terminal_.line("  " + std::string(terminal_.say({"Root", "ルート"})) + ": " + reply->root.str());
}

void Menu::export_log() {
  const auto path =
      terminal_.ask({"File to write (it must not exist)", "書き出すファイル名（新規）"});
  if (!path || path->empty()) return show({base::Code::kMissing, "path"});
  auto reply = call(ipc::ExportLogLocal{});
  if (!reply) return show(reply.error());
  const base::Fd out(::open(path->c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!out.valid()) return show({base::Code::kInvalid, "path"});
  const auto bytes = base::read_sealed(reply->tar, std::size_t{1} << 32);
  if (!bytes) return show(bytes.error());
  if (const auto written = base::write_all(out, *bytes); !written) return show(written.error());
  terminal_.line(std::string(terminal_.say({"Written, entries", "書き出しました。件数"})) + ": " +
                 std::to_string(reply->entries));
}

void Menu::shut_down() {
  if (!terminal_.confirm({"Shut the appliance down?", "装置を停止しますか？"})) return;
  if (const auto reply = call(ipc::ShutDown{}); !reply) return show(reply.error());
  terminal_.tell({"Shutting down.", "停止します。"});
}

void Menu::run() {
  static constexpr Item kStatus{{"Status", "状態"}, nullptr};
  static constexpr Item kLeave{{"Leave", "終了"}, nullptr};
  while (true) {
    const auto status = call(ipc::GetStatus{});
    if (!status) {
      show(status.error());
      if (!terminal_.ask({"Enter to try again", "Enter で再試行"})) return;
      continue;
    }
    banner(*status);
    std::vector<Item> items = {kStatus};
    if (status->state == State::kUnprovisioned) {
      items.push_back({{"Set-up", "初期設定"}, &Menu::provision});
    }
    if (status->state == State::kLocked || status->state == State::kSealed) {
      items.push_back({{"Unlock", "ロック解除"}, &Menu::unlock});
    }
    if (status->state == State::kOperational) {
      items.push_back({{"Checkpoint", "チェックポイント"}, &Menu::show_checkpoint});
      items.push_back({{"Export the log", "記録の書き出し"}, &Menu::export_log});
      items.push_back({{"Seal", "封印"}, &Menu::seal});
    }
    items.push_back({{"Shut down", "停止"}, &Menu::shut_down});
    items.push_back(kLeave);
    for (std::size_t i = 0; i < items.size(); ++i) {
      terminal_.line("  " + std::to_string(i + 1) + ") " + terminal_.say(items[i].words));
    }
    const auto choice = terminal_.ask({"Number", "番号"});
    if (!choice || *choice == std::to_string(items.size())) return;
    if (*choice == "1") {
      show_status(*status);
      continue;
    }
    bool known = false;
    for (std::size_t i = 1; i + 1 < items.size(); ++i) {
      if (*choice != std::to_string(i + 1)) continue;
      known = true;
      (this->*items[i].act)();
    }
    if (!known) terminal_.tell({"Enter one of the numbers.", "表示された番号を入力してください。"});
  }
}

}  // namespace console
