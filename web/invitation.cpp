#include "web/invitation.h"

namespace web {

namespace {

constexpr Say kLogin{"ログインID", "Login ID"};
constexpr Say kLoginHint{"半角の英数字・ハイフン・ピリオドなど。あとで変えられません。",
                         "Letters, digits, hyphens, dots. It cannot be changed later."};
constexpr Say kName{"氏名", "Name"};
constexpr Say kRole{"役割", "Role"};
constexpr Say kMail{"登録キーの送り先メールアドレス", "E-mail address for the enrolment key"};
constexpr Say kMailHint{
    "キーは本人のメールだけに届き、画面には出ません。空欄のときは、実行した人が印刷して渡します。",
    "The key goes to that mailbox alone, and is on no page. Without an address, whoever carries "
    "this out prints it and hands it over."};

}  // namespace

Html invitation_fields(const View& view, const Problems& problems, const Form& form,
                       const InvitationForm& asked) {
  return all(
      input(view, problems,
            {.name = "login",
             .label = view.t(kLogin),
             .hint = view.t(kLoginHint),
             .value = form.get("login"),
             .maxlength = ipc::LoginName::kMax}),
      input(view, problems,
            {.name = "name", .label = view.t(kName), .value = form.get("name"), .maxlength = 42}),
      radios(view, problems,
             {.name = "role",
              .label = view.t(kRole),
              .hint = asked.role_hint,
              .options = asked.roles}),
      asked.between,
      input(view, problems,
            {.name = "mail",
             .label = view.t(kMail),
             .hint = view.t(kMailHint),
             .value = form.get("mail"),
             .type = "email",
             .maxlength = ipc::MailAddress::kMax,
             .need = Need::kOptional}));
}

base::Result<ipc::InviteAccount> invitation_of(const Request& request) {
  ipc::InviteAccount out;
  out.auth = request.auth();
  out.login = TRY(request.form.text<ipc::LoginName::kMax>("login"));
  out.name = TRY(request.form.text<ipc::Name::kMax>("name"));
  if (out.login.empty()) return base::fail(base::Code::kMissing, "login");
  if (out.name.empty()) return base::fail(base::Code::kMissing, "name");
  const auto role = value_named<base::Role>(request.form.get("role"));
  if (!role) return base::fail(base::Code::kMissing, "role");
  out.role = *role;
  out.mail = TRY(request.form.text<ipc::MailAddress::kMax>("mail"));
  out.revises = TRY(revised(request));
  return out;
}

}  // namespace web
