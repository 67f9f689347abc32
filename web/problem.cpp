#include "web/problem.h"

#include "web/json.h"
#include "web/parts.h"

namespace web {

namespace {

Response written(Status status, std::string_view code, std::string_view field) {
  JsonWriter json;
  json.open();
  json.text("type", "about:blank");
  json.text("title", reason_phrase(status));
  json.number("status", static_cast<std::uint64_t>(status));
  if (!code.empty()) json.text("code", code);
  if (!field.empty()) json.text("field", field);
  json.close();
  return Response::content(ContentType::kProblem, std::move(json).release(), status);
}

// As pages have it, but for what only systems do.
Status status_for(const base::Error& error) {
  if (error.field.view() == "certificate") return Status::kForbidden;
  if (error.field.view() == "idempotency_key" && error.code == base::Code::kConflict) {
    return Status::kUnprocessable;
  }
  return status_of(error);
}

}  // namespace

Response problem(Status status) {
  Response out = written(status, {}, {});
  // Of a method that the guard refuses, no path takes it.
  if (status == Status::kMethodNotAllowed) out.allow_only("GET, HEAD");
  return out;
}

Response problem_wrong_method(bool takes_post) {
  Response out = written(Status::kMethodNotAllowed, {}, {});
  out.allow_only(takes_post ? "POST" : "GET, HEAD");
  return out;
}

Response problem(const base::Error& error) {
  return written(status_for(error), name(error.code), error.field.view());
}

Response bad_field(base::Code code, base::FieldName field) {
  return written(Status::kBadRequest, name(code), field.view());
}

}  // namespace web
