// The menu's choices that change the box itself, and the guide through the first start.
#include "console/menu.h"
#include "console/texts.h"

namespace console {

void Menu::show_result(const ipc::SiteResult& result) {
  const std::string_view line = result.line.view();
  if (line.starts_with("ok")) {
    terminal_.line(std::string(terminal_.say({"Done.", "完了しました。"})) + " [" +
                   std::string(line) + "]");
    return;
  }
  terminal_.line("! " + std::string(terminal_.say(words_of_site(line))) + " [" + std::string(line) +
                 "]");
}

void Menu::network() {
  ipc::SetNetwork request;
  if (!ask_for({"Host name of this machine", "この装置のホスト名"}, request.host)) return;
  const auto how = terminal_.ask({"1) by DHCP  2) fixed address", "1) DHCP  2) 固定アドレス"});
  if (!how || (*how != "1" && *how != "2")) return show({base::Code::kInvalid, "entry"});
  request.dhcp = *how == "1";
  if (!request.dhcp) {
    if (!ask_for({"Address with prefix, such as 192.0.2.10/24",
                  "アドレスとプレフィックス（例 192.0.2.10/24）"},
                 request.address)) {
      return;
    }
    const auto gateway = terminal_.ask({"Gateway (may be empty)", "ゲートウェイ（省略可）"});
    auto parsed = ipc::Text<45>::from(gateway.value_or(""));
    if (!parsed) return show(parsed.error());
    request.gateway = *std::move(parsed);
    if (!ask_for_list({"Name servers (may be empty)", "ネームサーバー（省略可）"},
                      request.name_servers)) {
      return;
    }
  }
  change(base::SiteAct::kNetwork, request);
}

void Menu::zones() {
  terminal_.tell(
      {"From where people may connect. Nobody else gets in. After set-up two people "
       "change this on the web.",
       "接続できる場所です。ほかからは接続できません。初期設定のあとは、"
       "画面で2名によって変更します。"});
  ipc::SetZones request;
  if (!ask_for_list({"Where numbers are handled, such as 192.0.2.0/24",
                     "取扱区域のアドレス（例 192.0.2.0/24）"},
                    request.handling) ||
      !ask_for_list(
          {"Where people send theirs from (may be empty)", "本人が番号を送る場所（省略可）"},
          request.collection)) {
    return;
  }
  change(base::SiteAct::kZones, request);
}

void Menu::time() {
  ipc::SetTimeServers request;
  if (!ask_for_list({"Time servers (empty: none)", "時刻サーバー（空なら使わない）"},
                    request.servers)) {
    return;
  }
  change(base::SiteAct::kTime, request);
}

void Menu::clock() {
  row({"Clock", "時計"}, base::to_rfc3339(clock_.wall()));
  const auto typed = terminal_.ask(
      {"UTC now, such as 2026-11-23T01:30:00Z", "いまの協定世界時（例 2026-11-23T01:30:00Z）"});
  if (!typed) return;
  auto text = *typed;
  if (text.ends_with("Z") && !text.contains('.')) text.replace(text.size() - 1, 1, ".000Z");
  const auto now = base::from_rfc3339(text);
  if (!now) return show({base::Code::kInvalid, "now"});
  if (!terminal_.confirm(
          {"A clock that goes back seals the appliance.", "時計を戻すと装置は封印されます。"})) {
    return;
  }
  change(base::SiteAct::kTime, ipc::SetClock{*now});
}

void Menu::update() {
  if (!terminal_.confirm({"Put in the medium with the update. It is checked, installed, and used "
                          "from the next start on.",
                          "更新の入った媒体を挿してください。検査して導入し、"
                          "次の起動から使います。"})) {
    return;
  }
  change(base::SiteAct::kUpdate, ipc::InstallUpdate{});
}

void Menu::export_to_medium() {
  if (!terminal_.confirm(
          {"Put in a medium (FAT or ext4).", "媒体（FAT または ext4）を挿してください。"})) {
    return;
  }
  if (!write_export(file_name("log", ".tar"))) return;
  change(base::SiteAct::kMedium, ipc::ExportToMedium{});
}

void Menu::clear_cover() {
  if (!terminal_.confirm({"Has somebody looked at the box, and is the cover closed?",
                          "装置を点検し、カバーを閉めましたか？"})) {
    return;
  }
  change(base::SiteAct::kClearCover, ipc::ClearCover{});
}

void Menu::guide() {
  struct Step {
    Words words;
    void (Menu::*act)();
  };
  static constexpr Step kSteps[] = {
      {{"1 of 5: network", "1/5 ネットワーク"}, &Menu::network},
      {{"2 of 5: zones", "2/5 区域"}, &Menu::zones},
      {{"3 of 5: time servers", "3/5 時刻サーバー"}, &Menu::time},
      {{"4 of 5: clock", "4/5 時計合わせ"}, &Menu::clock},
      {{"5 of 5: firm, people, token", "5/5 会社・担当者・トークン"}, &Menu::provision},
  };
  for (const auto& step : kSteps) {
    terminal_.line();
    terminal_.tell(step.words);
    const auto answer = terminal_.ask({"Enter to do this, s to skip", "Enter で実行、s で飛ばす"});
    if (!answer) return;
    if (*answer != "s") (this->*step.act)();
  }
}

}  // namespace console
