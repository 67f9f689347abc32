// My account: how one signs in, where one is signed in, and what was done with new browsers.
#include "web/pages.h"
#include "web/parts.h"

namespace web {

namespace {

constexpr Say kTitle{"マイアカウント", "My account"};
constexpr Say kLogin{"ログインID", "Login ID"};
constexpr Say kName{"氏名", "Name"};
constexpr Say kRole{"役割", "Role"};
constexpr Say kLast{"最後のサインイン", "Last sign-in"};
constexpr Say kSessions{"サインイン中の端末", "Where you are signed in"};
constexpr Say kDevice{"端末", "Device"};
constexpr Say kAddress{"接続元", "Address"};
constexpr Say kSince{"サインイン", "Signed in"};
constexpr Say kUsed{"最後の操作", "Last act"};
constexpr Say kHow{"方法", "By"};
constexpr Say kAct{"操作", "Act"};
constexpr Say kMinutes{"{}分前", "{} min ago"};
constexpr Say kThis{"この端末", "this one"};
constexpr Say kEnd{"終了する", "End"};
constexpr Say kEndOthers{"この端末のほかをすべて終了する", "End all but this one"};
constexpr Say kEnded{"サインインを終了しました。", "The session was ended."};
constexpr Say kEndedOthers{"ほかの端末のサインインを終了しました。",
                           "All other sessions were ended."};
constexpr Say kFactors{"サインインの方法", "Ways to sign in"};
constexpr Say kPassword{"パスワード", "Password"};
constexpr Say kChange{"変更する", "Change"};
constexpr Say kApp{"認証アプリ", "Authenticator app"};
constexpr Say kReplace{"別の端末に移す", "Move it to another device"};
constexpr Say kPasskeys{"パスキー", "Passkeys"};
constexpr Say kNoPasskeys{"まだありません。", "None yet."};
constexpr Say kAddPasskey{"パスキーを追加する", "Add a passkey"};
constexpr Say kNotPossible{
    "この装置は名前でなくアドレスで呼ばれているため、パスキーは使えません。認証アプリを使ってくださ"
    "い。",
    "This appliance is known by an address, not by a name: passkeys do not work. Use the "
    "authenticator app."};
constexpr Say kPasskeyName{"名前", "Name"};
constexpr Say kMade{"追加", "Added"};
constexpr Say kLastUse{"最後の使用", "Last used"};
constexpr Say kNever{"まだありません", "never"};
constexpr Say kRemove{"削除する", "Remove"};
constexpr Say kRecovery{"回復コード", "Recovery codes"};
constexpr Say kCodesLeft{"残り{}個", "{} left"};
constexpr Say kNoCodes{
    "ありません。認証アプリを失ったときのために、作って安全な場所に保管してください。",
    "None. Make some and keep them in a safe place, for when you lose the authenticator app."};
constexpr Say kMail{"お知らせの宛先", "Where notices go"};
constexpr Say kNoMail{"登録されていません。", "No address."};
constexpr Say kMailDone{"メールアドレスを登録しました。", "The address was set."};
constexpr Say kMailRemoved{"メールアドレスを削除しました。", "The address was removed."};
constexpr Say kMakeCodes{"回復コードを作る", "Make recovery codes"};
constexpr Say kNewTitle{"新しい端末からのサインイン", "Sign-ins with a new device"};
constexpr Say kNewText{
    "次のサインインに心当たりがなければ、すぐにパスワードを変更し、責任者に知らせてください。",
    "If one of these was not you, change your password at once and tell the responsible person."};
constexpr Say kMine{"すべて自分のサインインです", "These were all me"};
constexpr Say kConfirmed{"新しい端末を確認済みにしました。", "The new devices were confirmed."};
constexpr Say kPasswordDone{"パスワードを変更しました。ほかの端末のサインインは終了しました。",
                            "The password was changed. All other sessions were ended."};
constexpr Say kAppDone{"認証アプリを変更しました。ほかの端末のサインインは終了しました。",
                       "The authenticator app was changed. All other sessions were ended."};
constexpr Say kAdded{"パスキーを追加しました。", "The passkey was added."};
constexpr Say kRemoved{"パスキーを削除しました。", "The passkey was removed."};
constexpr Say kLow{
    "回復コードかメールのコードでサインインしています。認証アプリかパスキーを登録し直し、サインイン"
    "し直してください"
    "。"
    "それまで番号や権限の操作はできません。",
    "You signed in with a recovery code or one by mail. Set up an authenticator app or a passkey "
    "and sign in "
    "again; until then numbers and rights are out of reach."};

Html session_row(const View& view, const ipc::SessionRow& session) {
  const Url url = Url("/account/sessions").segment(base::to_text(session.id)).segment("end");
  const Html act =
      session.current ? Html(view.t(kThis)) : post_form(view, url, secondary_button(view.t(kEnd)));
  return row(say_device(view.language, session.device), session.peer,
             say_time(view.language, session.opened_at),
             fill_in(view.language, kMinutes, {grouped(session.idle_s / 60)}),
             Html(view.t(say(session.assurance))), act);
}

Html sessions_section(const View& view, const ipc::GetMyAccount::Reply& mine) {
  std::vector<Html> rows;
  for (const auto& session : mine.sessions) rows.push_back(session_row(view, session));
  Html others;
  if (mine.sessions.size() > 1) {
    others = post_form(view, Url("/account/sessions/end"), danger_button(view.t(kEndOthers)));
  }
  return el("section", el("h2", view.t(kSessions)),
            table(view.t(kSessions),
                  {view.t(kDevice), view.t(kAddress), view.t(kSince), view.t(kUsed), view.t(kHow),
                   view.t(kAct)},
                  rows),
            others);
}

Html passkeys_section(const View& view, const ipc::GetMyAccount::Reply& mine) {
  const Html title = el("h3", view.t(kPasskeys));
  if (!mine.passkeys_possible) return all(title, el("p", view.t(kNotPossible)));
  std::vector<Html> rows;
  for (const auto& passkey : mine.passkeys) {
    const Url url = Url("/account/passkeys").segment(base::to_text(passkey.id)).segment("remove");
    const std::string used = passkey.used_at.ms == 0 ? std::string(view.t(kNever))
                                                     : say_time(view.language, passkey.used_at);
    rows.push_back(row(passkey.label, say_time(view.language, passkey.made_at), used,
                       button_link(url, view.t(kRemove))));
  }
  const Html list =
      rows.empty()
          ? empty_state(view.t(kNoPasskeys))
          : table(view.t(kPasskeys),
                  {view.t(kPasskeyName), view.t(kMade), view.t(kLastUse), view.t(kAct)}, rows);
  return all(title, list, el("p", button_link(Url("/account/passkeys/new"), view.t(kAddPasskey))));
}

Html recovery_section(const View& view, const ipc::GetMyAccount::Reply& mine) {
  const std::string left = std::to_string(mine.recovery_codes_left);
  const std::string text = mine.recovery_codes_left == 0
                               ? std::string(view.t(kNoCodes))
                               : fill_in(view.language, kCodesLeft, {left}) + " (" +
                                     say_time(view.language, mine.recovery_codes_made_at) + ")";
  return all(el("h3", view.t(kRecovery)), el("p", text),
             el("p", button_link(Url("/account/recovery"), view.t(kMakeCodes))));
}

Html mail_section(const View& view, const ipc::GetMyAccount::Reply& mine) {
  return all(el("h3", view.t(kMail)),
             el("p", mine.mail.empty() ? view.t(kNoMail) : mine.mail.view()),
             el("p", button_link(Url("/account/mail"), view.t(kChange))));
}

Html factors_section(const View& view, const ipc::GetMyAccount::Reply& mine) {
  return el("section", el("h2", view.t(kFactors)), el("h3", view.t(kPassword)),
            el("p", button_link(Url("/account/password"), view.t(kChange))), el("h3", view.t(kApp)),
            el("p", button_link(Url("/account/authenticator"), view.t(kReplace))),
            passkeys_section(view, mine), recovery_section(view, mine), mail_section(view, mine));
}

Html about(const View& view, const ipc::GetMyAccount::Reply& mine) {
  return facts(all(fact(view.t(kLogin), mine.login.view()),
                   fact(view.t(kName), view.session->name.view()),
                   fact(view.t(kRole), view.t(say(view.session->role))),
                   fact(view.t(kLast), say_time(view.language, mine.last_sign_in))));
}

}  // namespace

Html new_devices(const View& view, const NewDevices& devices) {
  if (devices.empty()) return {};
  std::vector<Html> items;
  for (const auto& notice : devices) {
    items.push_back(el("li", say_time(view.language, notice.at), " — ",
                       say_device(view.language, notice.device), " — ", notice.peer));
  }
  return el("section", {{"class", "warning"}}, el("h2", view.t(kNewTitle)),
            el("p", view.t(kNewText)), el("ul", items),
            post_form(view, Url("/account/devices/confirm"), secondary_button(view.t(kMine))));
}

Response page_my_account(Context& context, const Request& request) {
  const auto view = signed_in(context);
  if (!view) return refuse(context, view.error());
  const auto mine = context.core.call(ipc::GetMyAccount{.token = request.token()});
  if (!mine) return refuse(context, mine.error());
  Html low;
  if (view->session->assurance < base::Assurance::kCode) low = warning(*view, view->t(kLow));
  const Html main = all(heading(view->t(kTitle)),
                        done_notice(*view, request,
                                    {{"ended", kEnded},
                                     {"ended-others", kEndedOthers},
                                     {"confirmed", kConfirmed},
                                     {"password", kPasswordDone},
                                     {"authenticator", kAppDone},
                                     {"mail", kMailDone},
                                     {"mail-removed", kMailRemoved},
                                     {"passkey", kAdded},
                                     {"passkey-removed", kRemoved}}),
                        low, new_devices(*view, mine->new_devices), about(*view, *mine),
                        sessions_section(*view, *mine), factors_section(*view, *mine));
  return show(*view, {.title = kTitle, .here = Url("/account")}, main);
}

Response post_session_end(Context& context, const Request& request) {
  ipc::EndMySession message;
  message.auth = request.auth();
  message.session = request.id<base::SessionId>();
  const auto reply = context.core.call(message);
  if (!reply) return refuse(context, reply.error());
  return go(Url("/account").with("done", "ended"));
}

Response post_sessions_end(Context& context, const Request& request) {
  ipc::EndMySession message;
  message.auth = request.auth();
  const auto reply = context.core.call(message);
  if (!reply) return refuse(context, reply.error());
  return go(Url("/account").with("done", "ended-others"));
}

Response post_devices_confirm(Context& context, const Request& request) {
  ipc::ConfirmDevices message;
  message.auth = request.auth();
  const auto reply = context.core.call(message);
  if (!reply) return refuse(context, reply.error());
  return go(Url("/account").with("done", "confirmed"));
}

}  // namespace web
