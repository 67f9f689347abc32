// The register without numbers, and rosters: read first, imported as a second step, as on pages.
#include "web/api.h"
#include "web/parts.h"

namespace web {

namespace {

void put_person(JsonWriter& json, const ipc::PersonRow& row) {
  json.text("id", base::to_text(row.id));
  json.text("employee_no", row.employee_no.view());
  json.text("name", row.name.view());
  json.text("kana", row.kana.view());
  json.text("kind", base::name(row.kind));
  json.text("group", row.group.view());
  json.text("status", base::name(row.status));
  json.number("dependants", row.dependants);
  if (row.leaving) {
    json.text("leaving", base::to_iso(*row.leaving));
  } else {
    json.nothing("leaving");
  }
}

template <class E>
base::Result<std::optional<E>> choice(const Request& request, std::string_view name) {
  if (!request.query.has(name)) return std::optional<E>();
  const auto value = value_named<E>(TRY(request.query.one(name)));
  if (!value) return base::fail(base::Code::kInvalid, base::FieldName(name));
  return std::optional<E>(*value);
}

base::Result<ipc::ListPeople> question_of(const Request& request) {
  ipc::ListPeople out;
  out.offset = TRY(api_offset(request, {"q", "status", "kind", "group"}));
  out.query = TRY(request.query.text<100>("q"));
  out.status = TRY(choice<base::CollectionStatus>(request, "status"));
  out.kind = TRY(choice<base::PersonKind>(request, "kind"));
  out.group = TRY(request.query.text<64>("group"));
  return out;
}

// A purpose's number is held or not; which it is, nobody is told here.
void put_purposes(JsonWriter& json, const ipc::GetPerson::Reply& reply) {
  json.open_list("purposes");
  for (const ipc::PurposeRow& row : reply.purposes) {
    json.open();
    json.text("purpose", base::name(row.purpose));
    json.flag("notified", row.notified);
    json.flag("held", row.held);
    json.close();
  }
  json.close_list();
}

std::string_view word_of(ipc::RosterReason reason) {
  switch (reason) {
    case ipc::RosterReason::kMissing: return "missing";
    case ipc::RosterReason::kTooLong: return "too_long";
    case ipc::RosterReason::kNotUtf8OrCp932: return "not_utf8_or_cp932";
    case ipc::RosterReason::kControlCharacter: return "control_character";
    case ipc::RosterReason::kNotADate: return "not_a_date";
    case ipc::RosterReason::kUnknownKind: return "unknown_kind";
    case ipc::RosterReason::kDuplicateNumber: return "duplicate_number";
    case ipc::RosterReason::kNoSuchHead: return "no_such_head";
    case ipc::RosterReason::kTooManyColumns: return "too_many_columns";
    case ipc::RosterReason::kMissingColumn: return "missing_column";
    case ipc::RosterReason::kUnknownColumn: return "unknown_column";
    case ipc::RosterReason::kTooManyRows: return "too_many_rows";
    case ipc::RosterReason::kNotKana: return "not_kana";
    case ipc::RosterReason::kLooksLikeNumber: return "looks_like_number";
    case ipc::RosterReason::kQuote: return "quote";
    case ipc::RosterReason::kTooManyDependants: return "too_many_dependants";
    case ipc::RosterReason::kOutOfScope: return "out_of_scope";
  }
  return "unknown";
}

}  // namespace

Response api_people(Context& context, const Request& request) {
  const auto question = question_of(request);
  if (!question) return bad_field(question.error().code, question.error().field);
  const auto reply = context.core.call(*question);
  if (!reply) return problem(reply.error());
  JsonWriter json;
  json.open();
  put_page(json, question->offset, reply->rows.size(), reply->total);
  json.open_list("people");
  for (const ipc::PersonRow& row : reply->rows) {
    json.open();
    put_person(json, row);
    json.close();
  }
  json.close_list();
  json.close();
  return api_answer(std::move(json));
}

Response api_person(Context& context, const Request& request) {
  ipc::GetPerson message;
  message.person = request.id<base::PersonId>();
  const auto reply = context.core.call(message);
  if (!reply) return problem(reply.error());
  JsonWriter json;
  json.open();
  put_person(json, reply->person);
  if (reply->head) {
    json.text("head", base::to_text(reply->head->id));
  } else {
    json.nothing("head");
  }
  json.text("relation", reply->relation.view());
  put_purposes(json, *reply);
  json.open_list("requests");
  for (const ipc::RequestRow& row : reply->requests) {
    json.open();
    put_request(json, row);
    json.close();
  }
  json.close_list();
  json.close();
  return api_answer(std::move(json));
}

Response api_roster_preview(Context& context, const Request& /*request*/) {
  if (!context.upload.valid()) return bad_field(base::Code::kMissing, "body");
  ipc::PreviewRoster message;
  message.csv = std::move(context.upload);
  const auto reply = context.core.call(message);
  if (!reply) return problem(reply.error());
  JsonWriter json;
  json.open();
  if (reply->preview.valid()) {
    json.text("preview", base::to_text(reply->preview));
  } else {
    json.nothing("preview");
  }
  json.text("encoding", reply->encoding.view());
  json.number("added", reply->added);
  json.number("changed", reply->changed);
  json.number("unchanged", reply->unchanged);
  json.number("dependants", reply->dependants);
  json.number("problems_total", reply->problems_total);
  json.open_list("problems");
  for (const ipc::RosterProblem& one : reply->problems) {
    json.open();
    json.number("line", one.line);
    json.number("column", one.column);
    json.text("reason", word_of(one.reason));
    json.close();
  }
  json.close_list();
  json.close();
  return api_answer(std::move(json),
                    reply->preview.valid() ? Status::kCreated : Status::kUnprocessable);
}

Response api_roster_import(Context& context, const Request& request) {
  const auto key = idempotency_of(request);
  if (!key) return problem(key.error());
  const auto body = JsonBody::parse(request.body, {"preview"});
  if (!body) return bad_field(body.error().code, body.error().field);
  const auto text = body->text("preview");
  if (!text) return bad_field(text.error().code, text.error().field);
  const auto id = base::id_from_text(*text, "preview");
  if (!id) return bad_field(id.error().code, id.error().field);
  ipc::ImportRoster message;
  message.preview = base::PreviewId{*id};
  message.idempotency = *key;
  const auto reply = context.core.call(message);
  if (!reply) return problem(reply.error());
  JsonWriter json;
  json.open();
  json.number("added", reply->added);
  json.number("changed", reply->changed);
  json.flag("repeated", reply->repeated);
  json.close();
  return api_answer(std::move(json), reply->repeated ? Status::kOk : Status::kCreated);
}

}  // namespace web
