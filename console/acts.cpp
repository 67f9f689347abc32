// The menu's choices that are core's: each is one request.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>

#include "base/secret_access.h"
#include "console/menu.h"
#include "console/texts.h"

namespace console {

namespace {
constexpr std::size_t kExportMax = std::size_t{1} << 32U;
}  // namespace

void Menu::provision() {
  terminal_.tell({"Set-up: once, for one firm.", "初期設定: 1社につき1度だけ行います。"});
  ipc::Provision request;
  if (!ask_for({"Name of the firm", "会社名"}, request.firm) ||
      !ask_for({"Host name for the certificate", "証明書のホスト名"}, request.host) ||
      !ask_for({"Responsible person: sign-in name", "責任者のログイン名"},
               request.responsible_login) ||
      !ask_for({"Responsible person: name", "責任者の氏名"}, request.responsible_name) ||
      !ask_for({"Rights manager: sign-in name", "権限管理者のログイン名"},
               request.rights_manager_login) ||
      !ask_for({"Rights manager: name", "権限管理者の氏名"}, request.rights_manager_name) ||
      !ask_for({"Auditor: sign-in name", "監査人のログイン名"}, request.auditor_login) ||
      !ask_for({"Auditor: name", "監査人の氏名"}, request.auditor_name)) {
    return;
  }
  terminal_.tell(
      {"The embedded token is made with the PIN that you choose now (8 to 64 characters). A "
       "token of your own has its PIN already.",
       "組み込みのトークンは、いま決める PIN（8〜64文字）で作ります。"
       "製品のトークンなら、その PIN を入力します。"});
  auto pin = terminal_.ask_secret({"PIN of the token", "トークンの PIN"});
  const auto again = terminal_.ask_secret({"The same PIN again", "もう一度 PIN"});
  if (!pin || !again) return show({base::Code::kMissing, "pin"});
  if (!pin->equals(*again)) return show({base::Code::kMismatch, "pin"});
  request.pin = *std::move(pin);
  const auto reply = call(request);
  if (!reply) return show(reply.error());
  terminal_.line();
  terminal_.tell(
      {"Done. Hand each key to its person; it is shown once and valid for 24 hours.",
       "完了しました。登録キーを本人へ渡してください。表示は1度だけで、24時間有効です。"});
  terminal_.line("  " + request.responsible_login.str() + ": " +
                 grouped(reply->responsible_key.read(base::secret_access()), 4, '-'));
  terminal_.line("  " + request.rights_manager_login.str() + ": " +
                 grouped(reply->rights_manager_key.read(base::secret_access()), 4, '-'));
  terminal_.line("  " + request.auditor_login.str() + ": " +
                 grouped(reply->auditor_key.read(base::secret_access()), 4, '-'));
  row({"Certificate SHA-256", "証明書 SHA-256"}, fingerprint_text(reply->certificate_fingerprint));
}

template <class Request>
void Menu::open_with_pin() {
  auto pin = terminal_.ask_secret({"PIN of the token", "トークンの PIN"});
  if (!pin) return show({base::Code::kMissing, "pin"});
  Request request;
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

void Menu::unlock() { open_with_pin<ipc::Unlock>(); }
void Menu::unseal() { open_with_pin<ipc::Unseal>(); }

void Menu::reset_zones() {
  if (!terminal_.confirm({"Drops the zones that were decided in the browser; those of the "
                          "configuration file are in force again.",
                          "画面で決めた区域を取り消し、設定ファイルの区域に戻します。"})) {
    return;
  }
  if (const auto reply = call(ipc::ResetZones{}); !reply) return show(reply.error());
  terminal_.tell(
      {"The zones of the configuration file are in force.", "設定ファイルの区域に戻しました。"});
}

bool Menu::ask_rescuer(const Words& who, ipc::Rescuer& out) {
  terminal_.tell(who);
  if (!ask_for({"Sign-in name", "ログイン名"}, out.login)) return false;
  const auto password = terminal_.ask_secret({"Password", "パスワード"});
  const auto code = terminal_.ask_secret({"Code, or recovery code", "認証コード または回復コード"});
  if (!password || !code) return false;
  auto typed = ipc::OneTimeCode::from(code->read(base::secret_access()), "code");
  auto long_typed = ipc::Password::from(password->read(base::secret_access()));
  if (!typed || !long_typed) {
    show(typed ? long_typed.error() : typed.error());
    return false;
  }
  out.code = *std::move(typed);
  out.password = *std::move(long_typed);
  return true;
}

void Menu::rescue() {
  terminal_.tell(
      {"For who has lost password, app, passkeys and recovery codes; or to name a new "
       "responsible person or rights manager when nobody can. It takes two other people "
       "of the staff and the PIN. It is logged, and told by mail.",
       "すべての認証手段をなくした人の復旧、または責任者・権限管理者が誰もいなくなった"
       "ときの任命です。ほかの担当者2人と PIN が必要です。記録され、メールで知らされます。"});
  ipc::RescueAccount request;
  if (!ask_for({"Sign-in name to rescue, or of a new person", "復旧する、または新しいログイン名"},
               request.login)) {
    return;
  }
  const auto name = terminal_.ask(
      {"Name, for a new person only (else empty)", "新しい人の氏名（復旧のときは空のまま）"});
  if (!name) return;
  if (!name->empty()) {
    auto text = ipc::Name::from(*name);
    if (!text) return show(text.error());
    request.name = *std::move(text);
    const bool manager =
        terminal_.confirm({"yes: rights manager; anything else: responsible person",
                           "「はい」: 権限管理者、それ以外: 責任者"});
    request.role = manager ? base::Role::kRightsManager : base::Role::kResponsible;
  }
  if (!ask_rescuer({"The first of the two:", "1人目:"}, request.first) ||
      !ask_rescuer({"The second of the two:", "2人目:"}, request.second)) {
    return;
  }
  auto pin = terminal_.ask_secret({"PIN of the token", "トークンの PIN"});
  if (!pin) return show({base::Code::kMissing, "pin"});
  request.pin = *std::move(pin);
  const auto reply = call(request);
  if (!reply) return show(reply.error());
  terminal_.tell(
      {"Done. Hand the key to its person; it is shown once and valid for 24 hours.",
       "完了しました。登録キーを本人へ渡してください。表示は1度だけで、24時間有効です。"});
  terminal_.line("  " + request.login.str() + ": " +
                 grouped(reply->enrolment_key.read(base::secret_access()), 4, '-'));
}

void Menu::renew_certificate() {
  auto pin = terminal_.ask_secret({"PIN of the token", "トークンの PIN"});
  if (!pin) return show({base::Code::kMissing, "pin"});
  ipc::RenewCertificate request;
  request.pin = *std::move(pin);
  const auto reply = call(request);
  if (!reply) return show(reply.error());
  terminal_.tell({"New connections get the new certificate. Tell people its fingerprint.",
                  "新しい接続から新しい証明書になります。指紋を利用者に知らせてください。"});
  row({"Certificate SHA-256", "証明書 SHA-256"}, fingerprint_text(reply->certificate_fingerprint));
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
  row({"Size", "件数"}, std::to_string(reply->size));
  row({"Root", "ルート"}, reply->root.str());
}

std::string Menu::file_name(const char* what, const char* ending) const {
  std::string when = base::to_rfc3339(clock_.wall());
  when = when.substr(0, when.find('.'));
  std::erase(when, ':');
  return "kagikura-" + std::string(what) + "-" + when + "Z" + ending;
}

bool Menu::write_file(const std::string& path, const base::Fd& memory) {
  const base::Fd out(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!out.valid()) {
    show({base::Code::kInvalid, "path"});
    return false;
  }
  const auto bytes = base::read_sealed(memory, kExportMax);
  auto written =
      bytes ? base::write_all(out, *bytes) : base::Result<>(std::unexpected(bytes.error()));
  if (!written) show(written.error());
  return written.has_value();
}

bool Menu::write_export(const std::string& path) {
  auto reply = call(ipc::ExportLogLocal{});
  if (!reply) {
    show(reply.error());
    return false;
  }
  if (!write_file(path, reply->tar)) return false;
  terminal_.line(std::string(terminal_.say({"Written, entries", "書き出しました。件数"})) + ": " +
                 std::to_string(reply->entries));
  return true;
}

void Menu::export_log() {
  const auto path =
      terminal_.ask({"File to write (it must not exist)", "書き出すファイル名（新規）"});
  if (!path || path->empty()) return show({base::Code::kMissing, "path"});
  static_cast<void>(write_export(*path));
}

void Menu::make_bundle() {
  const auto reply = call(ipc::MakeBundle{});
  if (!reply) return show(reply.error());
  const std::string path = file_name("support", ".txt");
  if (!write_file(path, reply->text)) return;
  terminal_.tell(
      {"Written; it holds no number and no name. It goes to the medium with the next "
       "export.",
       "書き出しました。番号も氏名も含みません。次の書き出しで媒体へ写ります。"});
  terminal_.line("  " + path);
}

void Menu::restart() {
  if (!terminal_.confirm({"Restart the appliance?", "装置を再起動しますか？"})) return;
  if (const auto reply = call(ipc::ShutDown{/*restart=*/true}); !reply) return show(reply.error());
  terminal_.tell({"Restarting.", "再起動します。"});
}

void Menu::shut_down() {
  if (!terminal_.confirm({"Shut the appliance down?", "装置を停止しますか？"})) return;
  if (const auto reply = call(ipc::ShutDown{}); !reply) return show(reply.error());
  terminal_.tell({"Shutting down.", "停止します。"});
}

}  // namespace console
