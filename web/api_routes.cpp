// THE TABLE of what other systems can ask for. docs/openapi.yaml describes exactly these rows
// (campaign api compares them), and docs/design/0060-api.md says why there are no others.
#include "web/api.h"

namespace web {

namespace {

constexpr Method kGet = Method::kGet;
constexpr Method kPost = Method::kPost;

// clang-format off
constexpr Route kApiRoutes[] = {
    {kGet,  "/api/v1/openapi.yaml",          Body::kNone, api_description},
    {kGet,  "/api/v1/client",                Body::kNone, api_client},
    {kGet,  "/api/v1/log/head",              Body::kNone, api_log_head},
    {kGet,  "/api/v1/people",                Body::kNone, api_people},
    {kGet,  "/api/v1/people/{id}",           Body::kNone, api_person},
    {kPost, "/api/v1/roster/previews",       Body::kCsv,  api_roster_preview},
    {kPost, "/api/v1/roster/imports",        Body::kJson, api_roster_import},
    {kGet,  "/api/v1/requests",              Body::kNone, api_requests},
    {kPost, "/api/v1/requests",              Body::kJson, api_requests_create},
    {kPost, "/api/v1/requests/{id}/revoke",  Body::kJson, api_request_revoke},
};
// clang-format on

}  // namespace

std::span<const Route> api_routes() { return kApiRoutes; }

}  // namespace web
