#include "console/menu.h"

#include "console/texts.h"

namespace console {

using base::State;

std::string grouped(base::ByteSpan bytes, std::size_t group, char separator) {
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i > 0 && i % group == 0) out += separator;
    out += static_cast<char>(bytes[i]);
  }
  return out;
}

std::string fingerprint_text(const base::Digest& digest) {
  std::string hex = base::to_hex(digest.view());
  for (char& c : hex) c = c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c;
  return grouped(base::as_bytes(hex), 2, ':');
}

void Menu::show(const base::Error& error) {
  terminal_.line();
  terminal_.line("! " + std::string(terminal_.say(words_of(error))) + " [" +
                 std::string(name(error.code)) + "/" + std::string(error.field.view()) + "]");
}

void Menu::row(const Words& label, const std::string& value) {
  terminal_.line("  " + std::string(terminal_.say(label)) + ": " + value);
}

void Menu::banner(const Status& status) {
  terminal_.line();
  terminal_.line("==== Kagikura ====  " + std::string(status.firm.view()));
  terminal_.line(std::string(terminal_.say({"State", "状態"})) + ": " +
                 terminal_.say(words_of(status.state)));
  if (!status.reason.empty()) {
    const Words words = words_of_reason(status.reason.view());
    row({"Reason", "理由"}, status.reason.str() + " - " + terminal_.say(words));
  }
  if (status.cover == base::Cover::kOpen || status.cover == base::Cover::kLost) {
    row({"Cover", "カバー"}, terminal_.say(words_of(status.cover)));
  }
  // Off the appliance there is no kagikura-site, and the banner has no addresses.
  if (const auto site = ask_site(ipc::GetSite{}); site) {
    std::string all;
    for (const auto& one : site->addresses) (all += all.empty() ? "" : ", ") += one.view();
    row({"Addresses", "アドレス"}, all.empty() ? "-" : all);
  }
  if (status.state == State::kUnprovisioned) return;
  row({"Certificate SHA-256", "証明書 SHA-256"}, fingerprint_text(status.certificate_fingerprint));
  if (status.checkpoint_size > 0) {
    row({"Checkpoint head", "チェックポイント"},
        std::to_string(status.checkpoint_size) + " " + status.checkpoint_root.str());
  }
}

void Menu::show_status(const Status& status) {
  row({"HSM", "HSM"}, std::string(status.hsm_ok ? "ok" : "--") + " " + status.hsm_model.str() +
                          " " + status.mechanism.str());
  row({"People", "登録者数"}, std::to_string(status.people));
  row({"Sessions", "セッション"}, std::to_string(status.sessions));
  row({"Connections", "接続"}, std::to_string(status.connections));
  row({"Key epoch", "鍵世代"}, std::to_string(status.epoch));
  row({"Log entries", "記録件数"},
      std::to_string(status.log_entries) + " (" + std::to_string(status.log_used_percent) + " %)");
  row({"Disk left", "ディスク残量"},
      std::to_string(status.disk_free_mib) + " MiB" + (status.disk_low ? " !" : ""));
  row({"Cover", "カバー"}, terminal_.say(words_of(status.cover)));
  if (status.checkpoint_at.ms > 0) {
    row({"Checkpoint", "チェックポイント"}, base::to_rfc3339(status.checkpoint_at));
  }
  row({"Clock", "時計"}, base::to_rfc3339(clock_.wall()));
  row({"PIN tries left", "PIN 残り回数"}, std::to_string(status.pin_tries_left));
}

void Menu::change_language() {
  const bool english = terminal_.language() == Language::kEnglish;
  terminal_.set_language(english ? Language::kJapanese : Language::kEnglish);
}

std::vector<Menu::Item> Menu::items_for(const Status& status) {
  std::vector<Item> items = {{{"Status", "状態"}, nullptr}};
  const auto add = [&items](const Words& words, void (Menu::*act)()) {
    items.push_back({words, act});
  };
  const bool fresh = status.state == State::kUnprovisioned;
  const bool running = status.state == State::kOperational;
  if (fresh) add({"First start, step by step", "はじめての起動（順に案内）"}, &Menu::guide);
  if (fresh) add({"Set-up", "初期設定"}, &Menu::provision);
  if (status.state == State::kLocked) add({"Unlock", "ロック解除"}, &Menu::unlock);
  if (status.state == State::kSealed) add({"Unlock", "ロック解除"}, &Menu::unseal);
  if (running) {
    add({"Checkpoint", "チェックポイント"}, &Menu::show_checkpoint);
    add({"Export the log", "記録の書き出し"}, &Menu::export_log);
    add({"Export the log to a medium", "記録を媒体へ書き出し"}, &Menu::export_to_medium);
    add({"Zones: back to the file", "区域を設定ファイルに戻す"}, &Menu::reset_zones);
    add({"Rescue an account", "利用者の復旧"}, &Menu::rescue);
    add({"Renew the certificate", "証明書の更新"}, &Menu::renew_certificate);
  }
  if (running || status.state == State::kLocked) add({"Seal", "封印"}, &Menu::seal);
  if (status.cover == base::Cover::kOpen || status.cover == base::Cover::kLost) {
    add({"Clear the cover alarm", "カバー警報の解除"}, &Menu::clear_cover);
  }
  add({"Network", "ネットワーク"}, &Menu::network);
  if (fresh) add({"Zones", "区域"}, &Menu::zones);
  add({"Time servers", "時刻サーバー"}, &Menu::time);
  add({"Set the clock", "時計合わせ"}, &Menu::clock);
  add({"Update", "更新"}, &Menu::update);
  add({"Support bundle", "保守用情報"}, &Menu::make_bundle);
  add({"Restart", "再起動"}, &Menu::restart);
  add({"Shut down", "停止"}, &Menu::shut_down);
  // Each in its own language, so that whoever ended up in the wrong one finds the way back.
  add({"Nihongo (terminals that show Japanese)", "English"}, &Menu::change_language);
  add({"Leave", "終了"}, nullptr);
  return items;
}

// False when somebody leaves.
bool Menu::choose(const Status& status) {
  const auto items = items_for(status);
  for (std::size_t i = 0; i < items.size(); ++i) {
    terminal_.line("  " + std::to_string(i + 1) + ") " + terminal_.say(items[i].words));
  }
  const auto choice = terminal_.ask({"Number", "番号"});
  if (!choice || *choice == std::to_string(items.size())) return false;
  if (*choice == "1") {
    show_status(status);
    return true;
  }
  for (std::size_t i = 1; i + 1 < items.size(); ++i) {
    if (*choice != std::to_string(i + 1)) continue;
    (this->*items[i].act)();
    return true;
  }
  terminal_.tell({"Enter one of the numbers.", "表示された番号を入力してください。"});
  return true;
}

void Menu::run() {
  while (true) {
    const auto status = call(ipc::GetStatus{});
    if (!status) {
      show(status.error());
      if (!terminal_.ask({"Enter to try again", "Enter で再試行"})) return;
      continue;
    }
    banner(*status);
    if (!choose(*status)) return;
  }
}

}  // namespace console
