// Requests for numbers (提供依頼): made, looked at, taken back. Their links are told once.
#include "web/api.h"
#include "web/base64url.h"
#include "web/parts.h"

namespace web {

namespace {

using base::Code;
using base::fail;
using base::FieldName;

base::Result<ipc::CreateRequests> question_of(const JsonBody& body) {
  ipc::CreateRequests out;
  const auto& people = *TRY(body.list("people"));
  // Everybody at once is for people at a desk to say.
  if (people.empty()) return fail(Code::kMissing, "people");
  for (const std::string& text : people) {
    TRY(out.people.push(base::PersonId{TRY(base::id_from_text(text, "people"))}));
  }
  for (const std::string& text : *TRY(body.list("purposes"))) {
    const auto purpose = value_named<base::Purpose>(text);
    if (!purpose || *purpose == base::Purpose::kIntake) return fail(Code::kInvalid, "purposes");
    for (const auto other : out.purposes) {
      if (other == *purpose) return fail(Code::kDuplicate, "purposes");
    }
    TRY(out.purposes.push(*purpose));
  }
  if (out.purposes.empty()) return fail(Code::kMissing, "purposes");
  if (body.has("days_valid")) {
    const auto days = TRY(body.number("days_valid"));
    if (days < 1 || days > 30) return fail(Code::kInvalid, "days_valid");
    out.days_valid = static_cast<std::uint8_t>(days);
  }
  return out;
}

void put_links(JsonWriter& json, const ipc::CreateRequests::Reply& reply) {
  json.open_list("requests");
  for (const auto& link : reply.links) {
    json.open();
    json.text("id", base::to_text(link.request));
    json.text("person", base::to_text(link.person));
    json.text("employee_no", link.employee_no.view());
    json.text("path", "/p/" + token_text(link.link));
    json.close();
  }
  json.close_list();
}

}  // namespace

void put_request(JsonWriter& json, const ipc::RequestRow& row) {
  json.text("id", base::to_text(row.id));
  json.text("person", base::to_text(row.person));
  json.text("employee_no", row.employee_no.view());
  json.open_list("purposes");
  for (const auto purpose : row.purposes) json.item(base::name(purpose));
  json.close_list();
  json.text("made_at", base::to_rfc3339(row.made_at));
  json.text("expires_at", base::to_rfc3339(row.expires_at));
  json.text("status", base::name(row.status));
  json.flag("revoked", row.revoked);
}

Response api_requests(Context& context, const Request& request) {
  ipc::ListRequests message;
  const auto offset = api_offset(request, {"status"});
  if (!offset) return bad_field(offset.error().code, offset.error().field);
  message.offset = *offset;
  if (request.query.has("status")) {
    message.status = value_named<base::CollectionStatus>(request.query.get("status"));
    if (!message.status) return bad_field(Code::kInvalid, "status");
  }
  const auto reply = context.core.call(message);
  if (!reply) return problem(reply.error());
  JsonWriter json;
  json.open();
  put_page(json, *offset, reply->rows.size(), reply->total);
  json.open_list("requests");
  for (const ipc::RequestRow& row : reply->rows) {
    json.open();
    put_request(json, row);
    json.close();
  }
  json.close_list();
  json.close();
  return api_answer(std::move(json));
}

Response api_requests_create(Context& context, const Request& request) {
  const auto key = idempotency_of(request);
  if (!key) return problem(key.error());
  const auto body = JsonBody::parse(request.body, {"people", "purposes", "days_valid"});
  if (!body) return bad_field(body.error().code, body.error().field);
  auto message = question_of(*body);
  if (!message) return bad_field(message.error().code, message.error().field);
  message->idempotency = *key;
  const auto reply = context.core.call(*message);
  if (!reply) return problem(reply.error());
  JsonWriter json;
  json.open();
  json.number("created", reply->repeated.value_or(static_cast<std::uint32_t>(reply->links.size())));
  json.number("skipped", reply->skipped);
  json.text("expires_at", base::to_rfc3339(reply->expires_at));
  json.flag("repeated", reply->repeated.has_value());
  put_links(json, *reply);
  json.close();
  return api_answer(std::move(json), reply->repeated ? Status::kOk : Status::kCreated);
}

Response api_request_revoke(Context& context, const Request& request) {
  const auto body = JsonBody::parse(request.body, {});
  if (!body) return bad_field(body.error().code, body.error().field);
  ipc::RevokeRequest message;
  message.request = request.id<base::RequestId>();
  const auto reply = context.core.call(message);
  if (!reply) return problem(reply.error());
  JsonWriter json;
  json.open();
  json.text("id", base::to_text(message.request));
  json.flag("revoked", true);
  json.close();
  return api_answer(std::move(json));
}

}  // namespace web
