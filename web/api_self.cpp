// What a system may know of itself, of this interface, and of the log.
#include "web/api.h"

extern "C" {
extern const char kagikura_openapi_begin[];
extern const char kagikura_openapi_end[];
}

namespace web {

namespace {

constexpr std::size_t kKeyMin = 8;

template <class E>
void put_bits(JsonWriter& json, std::string_view key, std::uint32_t bits) {
  json.open_list(key);
  for (std::uint8_t i = 0; i <= static_cast<std::uint8_t>(E::kLast); ++i) {
    if ((bits & (std::uint32_t{1} << i)) != 0) json.item(base::name(static_cast<E>(i)));
  }
  json.close_list();
}

}  // namespace

Response api_answer(JsonWriter json, Status status) {
  return Response::content(ContentType::kJson, std::move(json).release(), status);
}

base::Result<std::uint32_t> api_offset(const Request& request,
                                       std::initializer_list<std::string_view> others) {
  for (std::size_t i = 0; i < request.query.size(); ++i) {
    const auto name = request.query.at(i).name;
    bool known = name == "offset";
    for (const auto other : others) known = known || name == other;
    if (!known) return base::fail(base::Code::kInvalid, "query");
  }
  if (!request.query.has("offset")) return 0U;
  const auto text = TRY(request.query.one("offset"));
  if (text.empty() || text.size() > 7) return base::fail(base::Code::kInvalid, "offset");
  std::uint32_t out = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return base::fail(base::Code::kInvalid, "offset");
    out = out * 10 + static_cast<std::uint32_t>(c - '0');
  }
  return out;
}

void put_page(JsonWriter& json, std::uint32_t offset, std::size_t rows, std::uint32_t total) {
  json.number("total", total);
  json.number("offset", offset);
  const std::uint64_t next = std::uint64_t{offset} + rows;
  if (rows == 0 || next >= total) {
    json.nothing("next");
  } else {
    json.number("next", next);
  }
}

base::Result<ipc::IdempotencyKey> idempotency_of(const Request& request) {
  std::string_view key = request.idempotency_key;
  if (key.empty()) return base::fail(base::Code::kMissing, "idempotency_key");
  if (key.size() >= 2 && key.front() == '"' && key.back() == '"') {
    key = key.substr(1, key.size() - 2);
  }
  bool good = key.size() >= kKeyMin;
  for (const char c : key) {
    good = good && ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                    c == '.' || c == '_' || c == '-');
  }
  if (!good) return base::fail(base::Code::kInvalid, "idempotency_key");
  return ipc::IdempotencyKey::from(key, "idempotency_key");
}

// Like everything here for those alone who are let in.
Response api_description(Context& context, const Request& /*request*/) {
  const auto self = context.core.call(ipc::GetOwnClient{});
  if (!self) return problem(self.error());
  const auto size = static_cast<std::size_t>(kagikura_openapi_end - kagikura_openapi_begin);
  return Response::content(ContentType::kYaml, std::string(kagikura_openapi_begin, size));
}

Response api_client(Context& context, const Request& /*request*/) {
  const auto self = context.core.call(ipc::GetOwnClient{});
  if (!self) return problem(self.error());
  JsonWriter json;
  json.open();
  json.text("id", base::to_text(self->id));
  json.text("login", self->login.view());
  json.text("name", self->name.view());
  put_bits<base::ApiRight>(json, "rights", self->grant.rights);
  json.open_list("groups");
  for (const auto& group : self->grant.groups) json.item(group.view());
  json.close_list();
  put_bits<base::PersonKind>(json, "kinds", self->grant.kinds);
  put_bits<base::Purpose>(json, "purposes", self->grant.purposes);
  json.text("first", base::to_iso(self->grant.first));
  json.text("last", base::to_iso(self->grant.last));
  json.open("certificate");
  json.text("subject", self->subject.view());
  json.text("fingerprint", base::to_hex(self->fingerprint.view()));
  json.text("not_after", base::to_rfc3339(self->not_after));
  json.close();
  json.close();
  return api_answer(std::move(json));
}

Response api_log_head(Context& context, const Request& /*request*/) {
  const auto head = context.core.call(ipc::GetLogHead{});
  if (!head) return problem(head.error());
  JsonWriter json;
  json.open();
  json.number("size", head->size);
  json.text("root", head->root.view());
  json.text("at", base::to_rfc3339(head->at));
  json.close();
  return api_answer(std::move(json));
}

}  // namespace web
