// What pages are made of: the frame around every page, form fields with their errors, tables,
// paging, step-up fields, the answer to an error. Only builds HTML; asks core for nothing but the
// session.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "web/html.h"
#include "web/i18n.h"
#include "web/route.h"

namespace web {

// Where a page is seen from: the language, and who is signed in (nullptr: nobody).
struct View {
  Language language = Language::kJa;
  const ipc::GetSession::Reply* session = nullptr;

  [[nodiscard]] std::string_view t(const Say& text) const { return text.in(language); }
  [[nodiscard]] bool is(base::Role role) const {
    return session != nullptr && session->role == role;
  }
  // Of that role, or standing in for somebody who is.
  [[nodiscard]] bool acts_for(base::Role role) const {
    return is(role) ||
           (session != nullptr && (session->deputy_for & (1U << static_cast<unsigned>(role))) != 0);
  }
  // Of the firm whose appliance it is.
  [[nodiscard]] bool runs_box() const { return session != nullptr && session->runs_box; }
  template <class... Roles>
  [[nodiscard]] bool is_any(Roles... roles) const {
    return (is(roles) || ...);
  }
};
View public_view(const Context& context);
// The view of who is signed in, else the error that refuse() turns into a way to the sign-in page.
base::Result<View> signed_in(Context& context);

enum class Nav : std::uint8_t {
  kNone,
  kDashboard,
  kPeople,
  kRequests,
  kApprovals,
  kDisposals,
  kLog,
  kAccounts,
  kProposals,
  kZones,
  kSettings,
};

// The frame of a page. `here` is where GET shows it (again), for the language switch.
struct Frame {
  Say title;
  Url here;
  Nav nav = Nav::kNone;
};
Response show(const View& view, const Frame& frame, const Html& main, Status status = Status::kOk);
// The answer to a failed call: its status, and a page that says what to do next.
Response refuse(Context& context, const base::Error& error);
Response refuse(const View& view, const base::Error& error);
bool is_about_session(const base::Error& error);
Status status_of(const base::Error& error);
// The same for a form that is shown again: what was typed is to be corrected.
Status form_status_of(const base::Error& error);
Response go(const Url& url);
// To the page of a proposal that was just made, with a word of what happened.
Response to_proposal(base::ProposalId proposal, std::string_view done);
// Which open proposal a form revises (its field "revises"); none: a new one.
base::Result<base::ProposalId> revised(const Request& request);
// That field again, from the form or from the link that led to it.
Html revises_field(const Request& request);

// ---- errors of a form

class Problems {
 public:
  explicit Problems(Language language) : language_(language) {}
  // `field`: the name of the form's field that is to be corrected, or "" for the whole form.
  void add(std::string_view field, std::string message);
  void add(std::string_view field, const base::Error& error);
  void add(const base::Error& error) { add(error.field.view(), error); }
  [[nodiscard]] bool empty() const { return items_.empty(); }
  // The first message for that field, or "".
  [[nodiscard]] std::string_view of(std::string_view field) const;
  // The list at the top of the page, linked to the fields; nothing when there is none. `fields` are
  // those of the form: a problem of another field is listed without a link. {""}: there is no form.
  [[nodiscard]] Html summary(std::initializer_list<std::string_view> fields = {}) const;
  [[nodiscard]] Status status() const {
    return items_.empty() ? Status::kOk : Status::kUnprocessable;
  }

 private:
  struct Item {
    std::string field;
    std::string message;
  };
  Language language_;
  std::vector<Item> items_;
};

// ---- forms

enum class Need : std::uint8_t { kOptional, kRequired };

// One labelled <input>. The value is shown again after an error, so it is never a secret's.
struct Input {
  std::string_view name;
  std::string_view label;
  std::string_view hint;  // under the label; may be empty
  std::string_view value;
  std::string_view type = "text";
  std::string_view autocomplete = "off";
  std::string_view inputmode = "text";
  std::string_view width = "full";  // full, half, short: a class
  std::uint32_t maxlength = 0;      // 0: none
  Need need = Need::kRequired;
  bool multiline = false;
};
Html input(const View& view, const Problems& problems, const Input& field);

struct Option {
  std::string_view value;
  std::string_view text;
  bool chosen = false;
};
struct Choice {
  std::string_view name;
  std::string_view label;
  std::string_view hint;
  std::vector<Option> options;
  Need need = Need::kRequired;
};
Html select(const View& view, const Problems& problems, const Choice& choice);
// A fieldset of check boxes or radio buttons.
Html checkboxes(const View& view, const Problems& problems, const Choice& choice);
Html radios(const View& view, const Problems& problems, const Choice& choice);
Html hidden(std::string_view name, std::string_view value);

// A form that posts to `url` with the session's CSRF token.
Html post_form(const View& view, const Url& url, const Html& fields);
// The same with a file.
Html upload_form(const View& view, const Url& url, const Html& fields);
Html button(std::string_view text);
// One of several that send the same form: says which.
Html choice_button(std::string_view text, std::string_view name, std::string_view value);
Html secondary_button(std::string_view text);
Html danger_button(std::string_view text);
// Password and one-time code of who is signed in, or a passkey, in a box that says what for.
enum class Passkeys : std::uint8_t { kOffered, kNotOffered };
Html step_up_fields(const View& view, const Problems& problems, base::StepUpAct act,
                    Passkeys passkeys = Passkeys::kOffered);
// The step-up as typed: password and code or a passkey, and the act. The caller adds what the act
// is about.
base::Result<ipc::StepUp> step_up_of(const Request& request, base::StepUpAct act);

// What was typed into several lines as one: line breaks become blanks.
template <std::size_t N>
base::Result<base::Text<N>> one_line(std::string_view typed, base::FieldName field) {
  std::string out;
  for (const char c : typed) {
    const bool blank = c == '\r' || c == '\n' || c == '\t';
    if (!blank) out += c;
    if (blank && !out.empty() && out.back() != ' ') out += ' ';
  }
  while (out.ends_with(' ')) out.pop_back();
  return base::Text<N>::from(out, field);
}
// The value whose stable name (base/terms.h) that is.
template <class E>
std::optional<E> value_named(std::string_view text) {
  for (std::uint8_t i = 0; i <= static_cast<std::uint8_t>(E::kLast); ++i) {
    if (name(static_cast<E>(i)) == text) return static_cast<E>(i);
  }
  return std::nullopt;
}
// Options of all values of an enum from `first` on, by their names.
template <class E>
std::vector<Option> options_of(const View& view, E first, std::optional<E> chosen) {
  std::vector<Option> out;
  for (auto i = static_cast<std::uint8_t>(first); i <= static_cast<std::uint8_t>(E::kLast); ++i) {
    const auto value = static_cast<E>(i);
    out.push_back({name(value), view.t(say(value)), chosen == value});
  }
  return out;
}

// The roles that an account can have, for a choice of them.
std::vector<Option> role_options(const View& view, std::optional<base::Role> chosen);
// What a role is for, in a sentence.
const Say& purpose_of(base::Role role);

// ---- pieces

// Sign-ins with browsers that were new, with the form that confirms them; nothing without any.
using NewDevices = base::List<ipc::DeviceNotice, ipc::kNoticesMax>;
Html new_devices(const View& view, const NewDevices& devices);

Html heading(std::string_view text);
// "It is done", after a redirect; status role, so that it is read out.
Html notice(std::string_view text);
Html warning(const View& view, std::string_view text);
Html button_link(const Url& url, std::string_view text);
Html status_tag(const View& view, base::CollectionStatus status);
// A table that scrolls sideways on a phone instead of breaking the page; `caption` names it.
Html table(std::string_view caption, std::initializer_list<std::string_view> columns,
           const std::vector<Html>& rows);
template <class... Cells>
Html row(const Cells&... cells) {
  return el("tr", el("td", cells)...);
}
// <dl> of term and value.
Html fact(std::string_view term, const Html& value);
Html fact(std::string_view term, std::string_view value);
Html facts(const Html& rows);
// "51–100 of 1,000" and links to the pages before and after; nothing for a single page.
Html paging(const View& view, std::uint64_t offset, std::uint64_t total, const Url& base);
// The words of a redirect's ?done=..., as notice; nothing for any other word.
struct Done {
  std::string_view word;
  Say text;
};
Html done_notice(const View& view, const Request& request, std::initializer_list<Done> words);
// A confirmation that opens in place: <details> with `question` and what is inside.
Html confirmation(std::string_view opener, std::string_view question, const Html& inside);
Html print_button(const View& view);
Html empty_state(std::string_view text);
// A count with thousands separated.
std::string grouped(std::uint64_t number);
inline constexpr std::string_view kMask = "●●●●●●●●●●●●";
// The mask, with what it stands for said to screen readers.
Html masked(const View& view);

}  // namespace web
