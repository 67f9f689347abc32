#include "web/designation.h"

#include "web/bits.h"

namespace web {

namespace {

constexpr Say kGroups{"所属", "Groups"};
constexpr Say kGroupsHint{
    "1行に1つ。「東京支店」には「東京支店/経理課」も入ります。空なら会社全体。",
    "One a line; “Tokyo” covers “Tokyo/Accounts”, too. Empty: the whole firm."};
constexpr Say kKinds{"対象者の区分", "Kinds of person"};
constexpr Say kPurposes{"利用目的", "Purposes"};
constexpr Say kTrained{"研修を受けた日", "Trained on"};
constexpr Say kTrainedHint{"指定の開始日の前、13か月以内。",
                           "Before the first day, by 13 months at most."};
constexpr Say kFirst{"指定の開始日", "First day"};
constexpr Say kLast{"指定の終了日", "Last day"};
constexpr Say kLastHint{"この日まで有効です。最長13か月。", "It still counts. 13 months at most."};
constexpr Say kWhole{"会社全体", "the whole firm"};

std::vector<std::string> texts_of(const std::vector<std::string_view>& values) {
  return {values.begin(), values.end()};
}

Html day_input(const View& view, const Problems& problems, std::string_view name, const Say& label,
               std::string_view hint, std::string_view value, Need need) {
  return input(view, problems,
               {.name = name,
                .label = view.t(label),
                .hint = hint,
                .value = value,
                .type = "date",
                .width = "half",
                .need = need});
}

std::string iso(base::Day day) { return day.days == 0 ? std::string() : base::to_iso(day); }

// One group a line; blank lines and blanks at the ends do not matter.
base::Result<> add_groups(std::string_view typed, ipc::Designation& out) {
  while (!typed.empty()) {
    const std::size_t end = std::min(typed.find('\n'), typed.size());
    std::string_view line = typed.substr(0, end);
    typed.remove_prefix(std::min(end + 1, typed.size()));
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.remove_suffix(1);
    while (!line.empty() && line.front() == ' ') line.remove_prefix(1);
    if (!line.empty()) TRY(out.groups.push(TRY(ipc::Text<64>::from(line, "groups"))));
  }
  return {};
}

base::Result<base::Day> day_of(const Form& form, base::FieldName field) {
  const std::string_view typed = form.get(field.view());
  if (typed.empty()) return base::fail(base::Code::kMissing, field);
  return base::day_from_iso(typed, field);
}

}  // namespace

DesignationFields fields_of(const Form& form) {
  return {std::string(form.get("groups")), texts_of(form.all("kinds")),
          texts_of(form.all("purposes")),  std::string(form.get("trained")),
          std::string(form.get("first")),  std::string(form.get("last"))};
}

DesignationFields fields_of(const ipc::Designation& designation) {
  DesignationFields out;
  for (const auto& group : designation.groups) out.groups += group.str() + "\n";
  out.kinds = names_of<base::PersonKind>(designation.kinds);
  out.purposes = names_of<base::Purpose>(designation.purposes);
  out.trained = iso(designation.trained);
  out.first = iso(designation.first);
  out.last = iso(designation.last);
  return out;
}

Html designation_fields(const View& view, const Problems& problems, const DesignationFields& values,
                        Need need) {
  return all(
      input(view, problems,
            {.name = "groups",
             .label = view.t(kGroups),
             .hint = view.t(kGroupsHint),
             .value = values.groups,
             .maxlength = 1000,
             .need = Need::kOptional,
             .multiline = true}),
      checkboxes(view, problems,
                 {.name = "kinds",
                  .label = view.t(kKinds),
                  .hint = {},
                  .options = chosen(
                      options_of<base::PersonKind>(view, base::PersonKind::kEmployee, std::nullopt),
                      values.kinds),
                  .need = need}),
      checkboxes(
          view, problems,
          {.name = "purposes",
           .label = view.t(kPurposes),
           .hint = {},
           .options = chosen(options_of<base::Purpose>(view, base::Purpose::kTax, std::nullopt),
                             values.purposes),
           .need = need}),
      day_input(view, problems, "trained", kTrained, view.t(kTrainedHint), values.trained, need),
      day_input(view, problems, "first", kFirst, {}, values.first, need),
      day_input(view, problems, "last", kLast, view.t(kLastHint), values.last, need));
}

base::Result<ipc::Designation> designation_of(const Form& form) {
  ipc::Designation out;
  TRY(add_groups(form.get("groups"), out));
  out.kinds = TRY(bits_of<base::PersonKind>(form, "kinds"));
  if (out.kinds == 0) return base::fail(base::Code::kMissing, "kinds");
  out.purposes = TRY(bits_of<base::Purpose>(form, "purposes"));
  if (out.purposes == 0) return base::fail(base::Code::kMissing, "purposes");
  out.trained = TRY(day_of(form, "trained"));
  out.first = TRY(day_of(form, "first"));
  out.last = TRY(day_of(form, "last"));
  return out;
}

Html say_designation(const View& view, const ipc::Designation& designation) {
  std::vector<Html> groups;
  for (const auto& group : designation.groups) groups.push_back(el("li", group));
  const Html where = groups.empty() ? Html(view.t(kWhole)) : el("ul", {{"class", "plain"}}, groups);
  return facts(all(fact(view.t(kGroups), where),
                   fact(view.t(kKinds), say_bits<base::PersonKind>(view, designation.kinds)),
                   fact(view.t(kPurposes), say_bits<base::Purpose>(view, designation.purposes)),
                   fact(view.t(kTrained), say_day(view.language, designation.trained)),
                   fact(view.t(kFirst), say_day(view.language, designation.first)),
                   fact(view.t(kLast), say_day(view.language, designation.last))));
}

}  // namespace web
