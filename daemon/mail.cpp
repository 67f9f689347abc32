#include "daemon/mail.h"

#include <array>

#include "base/secret_access.h"
#include "daemon/bundle.h"
#include "daemon/companies.h"

namespace core {

namespace {

constexpr std::uint32_t kMinuteS = 60;
constexpr std::uint32_t kDayS = 24 * 3600;

// {firm} {login} {detail} {host} {secret} are filled in.
struct Words {
  MailKind kind;
  std::string_view name;
  std::uint32_t lives_s;
  std::string_view subject;
  std::string_view japanese;
  std::string_view english;
};
constexpr std::array<Words, static_cast<std::size_t>(MailKind::kLast) + 1> kWords{{
    {MailKind::kConfirmAddress, "confirm_address", 10 * kMinuteS,
     "メールアドレスの確認 / Confirm your address",
     "鍵蔵（{firm}）のマイアカウントで、このアドレスが登録されようとしています。\n"
     "ご本人であれば、次の確認コードを画面に入力してください。10分間有効です。\n\n  {secret}\n\n"
     "心当たりがなければ、このメールは捨ててください。",
     "Somebody is setting this address for an account of Kagikura ({firm}). If it is you, enter "
     "this\ncode on the page. It is good for 10 minutes. If not, ignore this mail."},
    {MailKind::kAddressChanged, "address_changed", 3 * kDayS,
     "メールアドレスが変更されました / Your address was changed",
     "ログインID {login} のお知らせ先が、このアドレスから変更または削除されました。\n"
     "心当たりがなければ、すぐに責任者に知らせてください。",
     "The address of login ID {login} is no longer this one. If that was not you, tell the "
     "responsible\nperson at once."},
    {MailKind::kNewDevice, "new_device", 3 * kDayS,
     "新しい端末からのサインイン / Sign-in with a new device",
     "ログインID {login} で、初めての端末からサインインがありました。\n\n  {detail}\n\n"
     "心当たりがなければ、すぐにパスワードを変更し、責任者に知らせてください。",
     "Login ID {login} was used with a device that is new to it. If that was not you, change your\n"
     "password at once and tell the responsible person."},
    {MailKind::kFactorsChanged, "factors_changed", 3 * kDayS,
     "サインインの方法が変更されました / A way to sign in was changed",
     "ログインID {login} のサインインの方法が変更されました。\n\n  {detail}\n\n"
     "心当たりがなければ、すぐに責任者に知らせてください。",
     "A way to sign in as {login} was changed. If that was not you, tell the responsible person at "
     "once."},
    {MailKind::kSignInCode, "sign_in_code", 10 * kMinuteS, "サインイン用コード / Your sign-in code",
     "鍵蔵（{firm}）のサインイン画面に、次のコードを入力してください。10分間、1回だけ使えます。\n\n"
     "  {secret}\n\n"
     "心当たりがなければ、ほかの人がパスワードを知っています。すぐに変更してください。",
     "Enter this code on the sign-in page. It is good once, for 10 minutes. If you did not ask for "
     "it,\nsomebody else knows your password: change it at once."},
    {MailKind::kReminder, "reminder", 30 * kMinuteS, "パスワードの再設定 / A new password",
     "鍵蔵（{firm}）のログインIDは {login} です。パスワードを忘れたときは、\n"
     "https://{host}/reminder/finish を開き、次の再設定キーと認証コードを入力してください。\n"
     "30分間、1回だけ使えます。\n\n  {secret}\n\n"
     "心当たりがなければ、何もする必要はありません。このキーだけでは何もできません。",
     "Your login ID is {login}. If you have forgotten the password, open\n"
     "https://{host}/reminder/finish and enter the key above and a code of your authenticator "
     "app.\n"
     "It is good once, for 30 minutes. If you did not ask for it, do nothing: the key alone opens "
     "nothing."},
    {MailKind::kEnrolmentKey, "enrolment_key", kDayS, "利用登録のお知らせ / Your enrolment",
     "鍵蔵（{firm}）に、あなたの利用者（ログインID {detail}）が作られました。職場の端末で\n"
     "https://{host}/enrolment "
     "を開き、次の登録キーを入力してください。24時間、1回だけ使えます。\n\n"
     "  {secret}\n\n"
     "認証アプリ（スマートフォンなど）を用意してください。\n"
     "使えないと言われたときや、心当たりがないときは、すぐに責任者に知らせてください。\n"
     "ほかの人が先に使ったのかもしれません。",
     "An account of Kagikura ({firm}) has been made for you (login ID {detail}). At a workplace of "
     "the\n"
     "firm, open https://{host}/enrolment and enter the key above. It is good once, for 24 hours. "
     "Have an\n"
     "authenticator app at hand. If the key is refused, or if you know nothing of this, tell the "
     "responsible\nperson at once: somebody else may have used it."},
}};
constexpr bool every_kind_has_its_words() {
  for (std::size_t i = 0; i < kWords.size(); ++i) {
    if (static_cast<std::size_t>(kWords.at(i).kind) != i) return false;
  }
  return true;
}
static_assert(every_kind_has_its_words());

const Words& words(MailKind kind) { return kWords.at(static_cast<std::size_t>(kind)); }

void fill_in(std::string& text, std::string_view slot, std::string_view with) {
  for (auto at = text.find(slot); at != std::string::npos; at = text.find(slot, at + with.size())) {
    text.replace(at, slot.size(), with);
  }
}

// `text` with the secret in its slot: the one place where it meets other words.
std::optional<ipc::Secret<4096>> with_secret(std::string_view text,
                                             const base::Secret<32>* secret) {
  constexpr std::string_view kSlot = "{secret}";
  const auto at = text.find(kSlot);
  const base::ByteSpan inner =
      secret == nullptr ? base::ByteSpan() : secret->read(base::secret_access());
  const std::string_view before = text.substr(0, at);
  const std::string_view after =
      at == std::string_view::npos ? std::string_view() : text.substr(at + kSlot.size());
  ipc::Secret<4096> out;
  const std::size_t size = before.size() + inner.size() + after.size();
  if (size > ipc::Secret<4096>::kMax) return std::nullopt;
  auto room = out.fill(base::secret_access(), size);
  for (const base::ByteSpan part : {base::as_bytes(before), inner, base::as_bytes(after)}) {
    std::ranges::copy(part, room.begin());
    room = room.subspan(part.size());
  }
  return out;
}

std::string text_of(Core& core, const Letter& letter) {
  const Words& say = words(letter.kind);
  const auto* settings = core.reg().settings();
  const auto* account = core.reg().account(letter.account);
  // An account that is being made says itself whose it will be.
  const base::TenantId company =
      letter.company.valid() ? letter.company : company_of(core, letter.account);
  std::string text = std::string(say.japanese) + "\n\n" + std::string(say.english) + "\n";
  fill_in(text, "{firm}", words_of(core, company).name.view());
  fill_in(text, "{host}", settings == nullptr ? std::string_view() : settings->host.view());
  fill_in(text, "{login}", account == nullptr ? std::string_view() : account->login.view());
  fill_in(text, "{detail}", letter.detail);
  return text;
}

}  // namespace

std::string_view name(MailKind kind) { return words(kind).name; }

registry::Change mail(Core& core, const Letter& letter) {
  registry::Change change;
  if (!core.config().relay || letter.to.empty()) return change;
  if (core.reg().mails().size() >= registry::kMailsMax) {
    core.log().warn("outbox_full", {{"about", name(letter.kind)}});
    return change;
  }
  registry::Mail out;
  out.id = {core.reg().new_id()};
  out.account = letter.account;
  out.about = ipc::Text<32>::literal(name(letter.kind));
  const auto to = ipc::MailAddress::from(letter.to);
  // A name that somebody made up may look like a number: then nothing leaves.
  const auto text = number_free(text_of(core, letter));
  auto whole = text ? with_secret(*text, letter.secret) : std::nullopt;
  if (!to || !whole) {
    core.log().error("mail_not_made", {{"about", name(letter.kind)}});
    return change;
  }
  out.to = *to;
  out.subject = ipc::Text<200>::literal(words(letter.kind).subject);
  out.text = *std::move(whole);
  out.made_at = core.wall();
  out.lives_s = words(letter.kind).lives_s;
  change.put(std::move(out));
  return change;
}

registry::Change mail_factors_changed(Core& core, base::AccountId account,
                                      std::string_view detail) {
  return mail(core, {.kind = MailKind::kFactorsChanged,
                     .account = account,
                     .to = core.reg().keyring(account).mail.view(),
                     .detail = detail});
}

std::string words_of(const ipc::Device& device) {
  const auto browser = [&]() -> std::string_view {
    switch (device.browser) {
      case ipc::Browser::kOther: return "?";
      case ipc::Browser::kFirefox: return "Firefox";
      case ipc::Browser::kChrome: return "Chrome";
      case ipc::Browser::kEdge: return "Edge";
      case ipc::Browser::kSafari: return "Safari";
    }
    return "?";
  };
  const auto platform = [&]() -> std::string_view {
    switch (device.system) {
      case ipc::System::kOther: return "?";
      case ipc::System::kWindows: return "Windows";
      case ipc::System::kMac: return "macOS";
      case ipc::System::kLinux: return "Linux";
      case ipc::System::kAndroid: return "Android";
      case ipc::System::kIphone: return "iPhone";
    }
    return "?";
  };
  return std::string(browser()) + ", " + std::string(platform());
}

}  // namespace core
