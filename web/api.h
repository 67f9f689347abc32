// Everything that another system can ask of us, by the file that answers it. The rows that lead
// here are in web/api_routes.cpp, what each says is in docs/openapi.yaml, and whether it may is
// core's decision, made again for every message. No number is ever in an answer.
#pragma once

#include "web/json.h"
#include "web/problem.h"
#include "web/route.h"

namespace web {

// api_self.cpp
Response api_description(Context& context, const Request& request);
Response api_client(Context& context, const Request& request);
Response api_log_head(Context& context, const Request& request);

// api_people.cpp
Response api_people(Context& context, const Request& request);
Response api_person(Context& context, const Request& request);
Response api_roster_preview(Context& context, const Request& request);
Response api_roster_import(Context& context, const Request& request);

// api_requests.cpp
Response api_requests(Context& context, const Request& request);
Response api_requests_create(Context& context, const Request& request);
Response api_request_revoke(Context& context, const Request& request);

// ---- for those files
Response api_answer(JsonWriter json, Status status = Status::kOk);
// The `offset` of the query; absent is 0. No other query members than those named.
base::Result<std::uint32_t> api_offset(const Request& request,
                                       std::initializer_list<std::string_view> others);
// "total", "offset" and "next" (the offset of the next page) of a list, whose page has `rows`.
void put_page(JsonWriter& json, std::uint32_t offset, std::size_t rows, std::uint32_t total);
// Of the header: 8 to 64 of A-Z, a-z, 0-9, '.', '_', '-', perhaps between quotation marks.
base::Result<ipc::IdempotencyKey> idempotency_of(const Request& request);
void put_request(JsonWriter& json, const ipc::RequestRow& row);

}  // namespace web
