#include "web/hours.h"

#include "web/bits.h"

namespace web {

namespace {

constexpr std::size_t kRowsMax = ipc::kOpeningsMax / 2;  // of the form; each is one or two there
constexpr std::uint16_t kHourMinutes = 60;

constexpr Say kCaption{"業務時間", "Opening hours"};
constexpr Say kRow{"時間帯{}", "Hours {}"};
constexpr Say kRoles{"役割", "Roles"};
constexpr Say kRolesHint{"「本人」は、リンクを開いて番号を入力できる時間です。",
                         "“Person concerned”: when links can be opened to enter numbers."};
constexpr Say kDays{"曜日", "Days"};
constexpr Say kOpens{"始まり", "Opens"};
constexpr Say kCloses{"終わり", "Closes"};
constexpr Say kClosesHint{"始まりより前の時刻は、翌日のものです。",
                          "A time before the opening is of the next day."};
constexpr Say kWhen{"時間", "Hours"};
constexpr Say kNextDay{"（翌日）", " (next day)"};
constexpr Say kAlways{"時間の制限はありません。", "There is no limit: it is always open."};

std::string clock_text(std::uint16_t minute) {
  const auto two = [](unsigned value) {
    return std::string(value < 10 ? "0" : "") + std::to_string(value);
  };
  return two(minute / kHourMinutes) + ":" + two(minute % kHourMinutes);
}

// 09:00, as browsers send it; 24:00 for the end of a day.
base::Result<std::uint16_t> minute_of(std::string_view typed, base::FieldName field) {
  const auto digit = [&](std::size_t i) { return typed[i] >= '0' && typed[i] <= '9'; };
  const bool shaped =
      typed.size() == 5 && digit(0) && digit(1) && typed[2] == ':' && digit(3) && digit(4);
  if (!shaped) return base::fail(base::Code::kInvalid, field);
  const int hours = (typed[0] - '0') * 10 + (typed[1] - '0');
  const int minutes = (typed[3] - '0') * 10 + (typed[4] - '0');
  if (minutes >= kHourMinutes) return base::fail(base::Code::kInvalid, field);
  return static_cast<std::uint16_t>(hours * kHourMinutes + minutes);
}

struct RowNames {
  explicit RowNames(std::size_t number)
      : roles("roles" + std::to_string(number)),
        days("weekdays" + std::to_string(number)),
        opens("opens" + std::to_string(number)),
        closes("closes" + std::to_string(number)) {}
  std::string roles;
  std::string days;
  std::string opens;
  std::string closes;
};

struct RowValues {
  std::vector<std::string> roles;
  std::vector<std::string> days;
  std::string opens;
  std::string closes;

  [[nodiscard]] bool empty() const {
    return roles.empty() && days.empty() && opens.empty() && closes.empty();
  }
};

std::vector<std::string> texts_of(const std::vector<std::string_view>& values) {
  return {values.begin(), values.end()};
}

RowValues values_of(const Form& form, const RowNames& names) {
  return {texts_of(form.all(names.roles)), texts_of(form.all(names.days)),
          std::string(form.get(names.opens)), std::string(form.get(names.closes))};
}
RowValues values_of(const ipc::OpeningRow& row) {
  return {names_of<base::Role>(row.roles), names_of<base::Weekday>(row.days), clock_text(row.opens),
          clock_text(row.closes)};
}

std::vector<Option> who_options(const View& view) {
  auto out = role_options(view, std::nullopt);
  out.push_back({base::name(base::Role::kSubject), view.t(say(base::Role::kSubject))});
  return out;
}

Html time_input(const View& view, const Problems& problems, std::string_view name, const Say& label,
                std::string_view hint, std::string_view value) {
  return input(view, problems,
               {.name = name,
                .label = view.t(label),
                .hint = hint,
                .value = value,
                .type = "time",
                .width = "half",
                .need = Need::kOptional});
}

Html row_fields(const View& view, const Problems& problems, std::size_t number,
                const RowValues& values) {
  const RowNames names(number);
  return el("fieldset", {{"class", "step-up hours"}},
            el("legend", fill_in(view.language, kRow, {std::to_string(number)})),
            checkboxes(view, problems,
                       {.name = names.roles,
                        .label = view.t(kRoles),
                        .hint = view.t(kRolesHint),
                        .options = chosen(who_options(view), values.roles),
                        .need = Need::kOptional}),
            checkboxes(view, problems,
                       {.name = names.days,
                        .label = view.t(kDays),
                        .hint = {},
                        .options = chosen(
                            options_of<base::Weekday>(view, base::Weekday::kSunday, std::nullopt),
                            values.days),
                        .need = Need::kOptional}),
            time_input(view, problems, names.opens, kOpens, {}, values.opens),
            time_input(view, problems, names.closes, kCloses, view.t(kClosesHint), values.closes));
}

// One row of the form: staff at the desk, and people where numbers are collected.
base::Result<> add_row(const Form& form, const RowNames& names, Openings& out) {
  ipc::OpeningRow row;
  const std::uint32_t roles = TRY(bits_of<base::Role>(form, names.roles));
  if (roles == 0) return base::fail(base::Code::kMissing, base::FieldName(names.roles));
  row.days = static_cast<std::uint8_t>(TRY(bits_of<base::Weekday>(form, names.days)));
  if (row.days == 0) return base::fail(base::Code::kMissing, base::FieldName(names.days));
  row.opens = TRY(minute_of(form.get(names.opens), base::FieldName(names.opens)));
  row.closes = TRY(minute_of(form.get(names.closes), base::FieldName(names.closes)));
  constexpr std::uint32_t kSubject = bit_of(base::Role::kSubject);
  row.roles = roles & ~kSubject;
  if (row.roles != 0) TRY(out.push(row));
  if ((roles & kSubject) == 0) return {};
  row.zone = base::Zone::kCollection;
  row.roles = kSubject;
  return out.push(row);
}

}  // namespace

Html say_openings(const View& view, const Openings& rows) {
  if (rows.empty()) return el("p", view.t(kAlways));
  std::vector<Html> out;
  for (const ipc::OpeningRow& one : rows) {
    std::string when = clock_text(one.opens) + "–" + clock_text(one.closes);
    if (one.closes <= one.opens) when += view.t(kNextDay);
    out.push_back(row(say_bits<base::Role>(view, one.roles),
                      say_bits<base::Weekday>(view, one.days), std::move(when)));
  }
  return table(view.t(kCaption), {view.t(kRoles), view.t(kDays), view.t(kWhen)}, out);
}

Html opening_fields(const View& view, const Problems& problems, const Form* typed,
                    const Openings& rows) {
  std::vector<RowValues> shown;
  for (std::size_t number = 1; typed != nullptr && number <= kRowsMax; ++number) {
    shown.push_back(values_of(*typed, RowNames(number)));
  }
  for (std::size_t i = 0; typed == nullptr && i < rows.size(); ++i) {
    shown.push_back(values_of(rows[i]));
  }
  while (!shown.empty() && shown.back().empty()) shown.pop_back();
  if (shown.size() < kRowsMax) shown.emplace_back();
  Html out;
  for (std::size_t i = 0; i < shown.size(); ++i) {
    out = all(out, row_fields(view, problems, i + 1, shown[i]));
  }
  return out;
}

base::Result<Openings> openings_of(const Form& form) {
  Openings out;
  for (std::size_t number = 1; number <= kRowsMax; ++number) {
    const RowNames names(number);
    if (values_of(form, names).empty()) continue;
    TRY(add_row(form, names, out));
  }
  return out;
}

}  // namespace web
