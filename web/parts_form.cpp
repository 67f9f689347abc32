// Forms: fields, their errors, step-up.
#include "web/base64url.h"
#include "web/i18n_table.h"
#include "web/parts.h"
#include "web/passkeys.h"

namespace web {

namespace {

constexpr Say kRequired{"必須", "required"};
constexpr Say kOptional{"任意", "optional"};
constexpr Say kProblems{"入力内容を確かめてください", "Please check what you entered"};
constexpr Say kStepUpTitle{"再認証：{}", "Re-authentication: {}"};
constexpr Say kByPasskey{"パスキーで確かめる", "Use a passkey"};
constexpr Say kStepUpHint{
    "本人であることを確かめます。許可は1回だけ、120秒以内に使えます。",
    "To make sure it is you. The permission is for this act, once, within 120 "
    "seconds."};

// What exactly the re-authentication is for: the act, whom it is about, and for what.
constexpr i18n_detail::Row<base::StepUpAct> kActSentences[] = {
    {base::StepUpAct::kReveal,
     {"上に示した対象者の個人番号を、選んだ書類の利用目的のためだけに、1人につき1回表示します。",
      "Shows the numbers of the people named above, once each, for the purpose of the chosen form "
      "and for nothing else."}},
    {base::StepUpAct::kApproveDisposal,
     {"上に示した人の個人番号を、すべての利用目的について廃棄します。元に戻せません。",
      "Disposes of the numbers of the people listed above, for every purpose. It cannot be "
      "undone."}},
    {base::StepUpAct::kApproveProposal,
     {"上に示した内容を、そのとおりに承認します。内容が変わると、この承認は無効になります。",
      "Approves exactly what is shown above. Should the content change, the approval is void."}},
    {base::StepUpAct::kChangePassword,
     {"あなた自身のパスワードを変更し、ほかの端末のサインインを終了します。",
      "Changes your own password and ends your other sessions."}},
    {base::StepUpAct::kMakeRecoveryCodes,
     {"あなた自身の回復コードを作り直します。前の回復コードは使えなくなります。",
      "Makes new recovery codes for yourself. Earlier ones are good no more."}},
    {base::StepUpAct::kReplaceAuthenticator,
     {"あなた自身の認証アプリを登録し直します。", "Sets up your own authenticator app anew."}},
    {base::StepUpAct::kAddPasskey,
     {"あなた自身のサインインに使うパスキーを1つ追加します。",
      "Adds one passkey for your own sign-in."}},
    {base::StepUpAct::kRemovePasskey,
     {"上に示したあなた自身のパスキーを削除します。", "Removes your own passkey named above."}},
    {base::StepUpAct::kSetMail,
     {"あなた自身へのお知らせの宛先を、上のアドレスにします。",
      "Sends notices about your account to the address above."}},
    {base::StepUpAct::kExportLog,
     {"記録の全体を署名付きで書き出します。個人番号は含まれません。",
      "Exports the whole log, signed. It holds no numbers."}},
    {base::StepUpAct::kExecuteProposal,
     {"承認された上の内容を、そのとおりに実行します。",
      "Carries out exactly what is shown above and was approved."}},
};
static_assert(i18n_detail::is_complete(kActSentences));

std::string id_of(std::string_view prefix, std::string_view name) {
  return std::string(prefix) + std::string(name);
}

struct FieldParts {
  std::string id;
  std::string described_by;
  std::string_view problem;
  Html hint;
  Html error;
};

FieldParts parts_of(const Problems& problems, std::string_view name, std::string_view hint) {
  FieldParts out;
  out.id = id_of("f-", name);
  out.problem = problems.of(name);
  if (!hint.empty()) {
    const std::string id = id_of("h-", name);
    out.hint = el("p", {{"class", "hint"}, {"id", id}}, hint);
    out.described_by = id;
  }
  if (!out.problem.empty()) {
    const std::string id = id_of("e-", name);
    out.error = el("p", {{"class", "error"}, {"id", id}}, out.problem);
    if (!out.described_by.empty()) out.described_by += ' ';
    out.described_by += id;
  }
  return out;
}

Html need_mark(const View& view, Need need) {
  return el("span", {{"class", need == Need::kRequired ? "need" : "may"}},
            view.t(need == Need::kRequired ? kRequired : kOptional));
}

Html check_list(const View& view, const Problems& problems, const Choice& choice,
                std::string_view type) {
  const FieldParts parts = parts_of(problems, choice.name, choice.hint);
  std::vector<Html> items;
  for (std::size_t i = 0; i < choice.options.size(); ++i) {
    const Option& option = choice.options[i];
    // The first one has the field's id, so that the error summary leads to it.
    const std::string id = i == 0 ? parts.id : parts.id + "-" + std::to_string(i);
    items.push_back(el("div", {{"class", "check"}},
                       leaf("input", {{"type", type},
                                      {"id", id},
                                      {"name", choice.name},
                                      {"value", option.value},
                                      {"checked", option.chosen}}),
                       el("label", {{"for", id}}, option.text)));
  }
  const std::string_view group = type == "radio" ? "radiogroup" : "group";
  return el("fieldset",
            {{"class", parts.problem.empty() ? "field" : "field bad"},
             {"role", group},
             Attribute::some("aria-describedby", parts.described_by)},
            el("legend", choice.label, " ", need_mark(view, choice.need)), parts.hint, parts.error,
            items);
}

}  // namespace

void Problems::add(std::string_view field, std::string message) {
  items_.push_back({std::string(field), std::move(message)});
}

void Problems::add(std::string_view field, const base::Error& error) {
  add(field, explain(language_, error));
}

std::string_view Problems::of(std::string_view field) const {
  for (const Item& item : items_) {
    if (item.field == field) return item.message;
  }
  return {};
}

Html Problems::summary(std::initializer_list<std::string_view> fields) const {
  if (items_.empty()) return {};
  std::vector<Html> list;
  for (const Item& item : items_) {
    bool linked = fields.size() == 0 && !item.field.empty();
    for (const std::string_view field : fields)
      linked = linked || (!field.empty() && field == item.field);
    list.push_back(el("li", linked ? link(Url::here(id_of("f-", item.field)), item.message)
                                   : Html(item.message)));
  }
  return el("div",
            {{"class", "problems"}, {"role", "alert"}, {"tabindex", "-1"}, {"id", "problems"}},
            el("h2", kProblems.in(language_)), el("ul", list));
}

Html input(const View& view, const Problems& problems, const Input& field) {
  const FieldParts parts = parts_of(problems, field.name, field.hint);
  const std::string longest = std::to_string(field.maxlength);
  const std::string box_class = "box " + std::string(field.width);
  const std::string_view tag_type = field.type;
  Html box;
  if (field.multiline) {
    box = el("textarea",
             {{"id", parts.id},
              {"name", field.name},
              {"class", box_class},
              {"rows", "4"},
              {"maxlength", longest},
              {"required", field.need == Need::kRequired},
              Attribute::some("aria-describedby", parts.described_by)},
             field.value);
  } else {
    Attribute invalid{"aria-invalid", parts.problem.empty() ? "false" : "true"};
    const bool bounded = field.maxlength != 0;
    const auto make = [&](Attribute limit) {
      return leaf("input", {{"type", tag_type},
                            {"id", parts.id},
                            {"name", field.name},
                            {"class", box_class},
                            {"value", field.value},
                            {"autocomplete", field.autocomplete},
                            {"inputmode", field.inputmode},
                            {"required", field.need == Need::kRequired},
                            invalid,
                            limit,
                            Attribute::some("aria-describedby", parts.described_by)});
    };
    box = bounded ? make({"maxlength", longest}) : make({"maxlength", false});
  }
  return el("div", {{"class", parts.problem.empty() ? "field" : "field bad"}},
            el("label", {{"for", parts.id}}, field.label, " ", need_mark(view, field.need)),
            parts.hint, parts.error, box);
}

Html select(const View& view, const Problems& problems, const Choice& choice) {
  const FieldParts parts = parts_of(problems, choice.name, choice.hint);
  std::vector<Html> options;
  for (const Option& option : choice.options) {
    options.push_back(
        el("option", {{"value", option.value}, {"selected", option.chosen}}, option.text));
  }
  return el("div", {{"class", parts.problem.empty() ? "field" : "field bad"}},
            el("label", {{"for", parts.id}}, choice.label, " ", need_mark(view, choice.need)),
            parts.hint, parts.error,
            el("select",
               {{"id", parts.id},
                {"name", choice.name},
                {"class", "box"},
                {"required", choice.need == Need::kRequired},
                Attribute::some("aria-describedby", parts.described_by)},
               options));
}

Html checkboxes(const View& view, const Problems& problems, const Choice& choice) {
  return check_list(view, problems, choice, "checkbox");
}

Html radios(const View& view, const Problems& problems, const Choice& choice) {
  return check_list(view, problems, choice, "radio");
}

Html hidden(std::string_view name, std::string_view value) {
  return leaf("input", {{"type", "hidden"}, {"name", name}, {"value", value}});
}

namespace {

Html csrf_field(const View& view) {
  if (view.session == nullptr) return {};
  return hidden("csrf", token_text(view.session->csrf));
}

}  // namespace

Html post_form(const View& view, const Url& url, const Html& fields) {
  return el("form", {{"method", "post"}, Attribute::action(url)}, csrf_field(view), fields);
}

Html upload_form(const View& view, const Url& url, const Html& fields) {
  return el("form",
            {{"method", "post"}, {"enctype", "multipart/form-data"}, Attribute::action(url)},
            csrf_field(view), fields);
}

Html button(std::string_view text) {
  return el("button", {{"type", "submit"}, {"class", "button"}}, text);
}

Html choice_button(std::string_view text, std::string_view name, std::string_view value) {
  return el("button", {{"type", "submit"}, {"class", "button"}, {"name", name}, {"value", value}},
            text);
}

Html secondary_button(std::string_view text) {
  return el("button", {{"type", "submit"}, {"class", "button secondary"}}, text);
}

Html danger_button(std::string_view text) {
  return el("button", {{"type", "submit"}, {"class", "button danger"}}, text);
}

namespace {

struct RolePurpose {
  base::Role role;
  Say text;
};
// Every role that an account can have.
constexpr RolePurpose kRolePurposes[] = {
    {base::Role::kResponsible,
     {"提供と廃棄を承認します。番号は見ません。",
      "Approves submissions and disposals. Sees no number."}},
    {base::Role::kHandler,
     {"名簿・依頼・番号の利用を行います。", "Registers, requests and uses numbers."}},
    {base::Role::kViewer,
     {"対象者と収集の状況を見ます。変更も番号の表示もできません。",
      "Sees people and progress. Changes nothing, sees no number."}},
    {base::Role::kRightsManager,
     {"利用者と役割を決めます。番号も対象者も見ません。",
      "Decides on accounts and roles. Sees no number and no person."}},
    {base::Role::kSecurityOfficer,
     {"区域と記録を見張り、利用者を止めます。番号は見ません。",
      "Watches zones and the log, stops accounts. Sees no number."}},
    {base::Role::kCustodian,
     {"復旧用の鍵の分割片を預かります。番号は見ません。",
      "Keeps a share of the recovery key. Sees no number."}},
    {base::Role::kAuditor,
     {"記録を調べ、書き出します。番号も対象者も見ません。",
      "Reads and exports the log. Sees no number and no person."}},
};

}  // namespace

std::vector<Option> role_options(const View& view, std::optional<base::Role> chosen) {
  std::vector<Option> out;
  for (const RolePurpose& one : kRolePurposes) {
    out.push_back({base::name(one.role), view.t(say(one.role)), chosen == one.role});
  }
  return out;
}

const Say& purpose_of(base::Role role) {
  static constexpr Say kNothing{"この装置の利用者の役割ではありません。",
                                "Not a role of an account."};
  for (const RolePurpose& one : kRolePurposes) {
    if (one.role == role) return one.text;
  }
  return kNothing;
}

Html step_up_fields(const View& view, const Problems& problems, base::StepUpAct act,
                    Passkeys passkeys) {
  const std::string title = fill_in(view.language, kStepUpTitle, {view.t(say(act))});
  Html passkey;
  if (passkeys == Passkeys::kOffered && view.session != nullptr && view.session->has_passkey) {
    passkey = passkey_button(view, view.session->challenge, view.t(kByPasskey));
  }
  const Say& sentence = kActSentences[static_cast<std::size_t>(act)].text;
  return el("fieldset", {{"class", "step-up"}}, el("legend", title),
            el("p", el("strong", view.t(sentence))),
            el("p", {{"class", "hint"}}, view.t(kStepUpHint)), passkey,
            input(view, problems,
                  {.name = "password",
                   .label = field_label(view.language, "password"),
                   .type = "password",
                   .autocomplete = "current-password",
                   .maxlength = 256}),
            input(view, problems,
                  {.name = "code",
                   .label = field_label(view.language, "code"),
                   .autocomplete = "one-time-code",
                   .inputmode = "numeric",
                   .width = "short",
                   .maxlength = ipc::OneTimeCode::kMax}));
}

base::Result<ipc::StepUp> step_up_of(const Request& request, base::StepUpAct act) {
  ipc::StepUp out;
  out.auth = request.auth();
  out.act = act;
  out.assertion = TRY(assertion_of(request));
  if (out.assertion) return out;
  out.password = TRY(request.form.secret<ipc::Password::kMax>("password"));
  out.code = TRY(request.form.secret<ipc::OneTimeCode::kMax>("code"));
  if (out.password.empty()) return base::fail(base::Code::kMissing, "password");
  if (out.code.empty()) return base::fail(base::Code::kMissing, "code");
  return out;
}

}  // namespace web
