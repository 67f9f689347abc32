#include "web/dispatch.h"

#include "web/assets.h"
#include "web/base64url.h"
#include "web/multipart.h"
#include "web/problem.h"

namespace web {

namespace {

base::Result<> take_body(Body kind, const Head& head, std::string_view body, Request& request,
                         Context& context) {
  switch (kind) {
    case Body::kNone: return {};
    case Body::kForm: request.form = TRY(parse_urlencoded(body)); return {};
    case Body::kJson: request.body = body; return {};
    case Body::kCsv:
      context.upload = TRY(base::sealed_memfd("kagikura-upload", base::as_bytes(body)));
      return {};
    case Body::kUpload: {
      auto parts = TRY(parse_multipart(body, head.boundary));
      request.form = std::move(parts.form);
      if (parts.file) {
        context.upload = TRY(base::sealed_memfd("kagikura-upload", base::as_bytes(*parts.file)));
      }
      return {};
    }
  }
  return {};
}

Status status_of(const base::Error& error) {
  const bool large = error.code == base::Code::kTooLong || error.code == base::Code::kTooMany;
  return large ? Status::kTooLarge : Status::kBadRequest;
}

MediaType media_type_of(Body body) {
  switch (body) {
    case Body::kNone: return MediaType::kNone;
    case Body::kForm: return MediaType::kUrlencoded;
    case Body::kUpload: return MediaType::kMultipart;
    case Body::kJson: return MediaType::kJson;
    case Body::kCsv: return MediaType::kCsv;
  }
  return MediaType::kNone;
}

bool is_systems(const Head& head) { return head.listener == base::Listener::kApi; }

std::span<const Route> table_of(const Head& head) {
  return is_systems(head) ? api_routes() : routes();
}

Response error_of(const Head& head, Status status) {
  return is_systems(head) ? problem(status) : Response::error(status, head.language);
}

Response wrong_method(const Head& head, bool takes_post) {
  return is_systems(head) ? problem_wrong_method(takes_post)
                          : Response::wrong_method(takes_post, head.language);
}

}  // namespace

bool is_upload(const Head& head) {
  const Match found = match(table_of(head), head.method, head.path);
  return found.found == Found::kRow &&
         (found.route->body == Body::kUpload || found.route->body == Body::kCsv);
}

std::uint64_t body_limit(const Head& head) {
  return is_upload(head) ? kUploadBodyMax : kFormBytesMax;
}

Response dispatch(Core& core, const Head& head, std::string_view body) {
  if (const Asset* asset = is_systems(head) ? nullptr : find_asset(head.path)) {
    if (head.method == Method::kPost)
      return Response::wrong_method(/*takes_post=*/false, head.language);
    return Response::asset(asset->type, asset->bytes);
  }
  Match found = match(table_of(head), head.method, head.path);
  if (found.found != Found::kRow) {
    if (found.found != Found::kWrongMethod) return error_of(head, Status::kNotFound);
    return wrong_method(head, head.method != Method::kPost);
  }
  if (media_type_of(found.route->body) != head.media_type) {
    return error_of(head, Status::kUnsupportedMedia);
  }
  Request request;
  request.method = head.method == Method::kPost ? Method::kPost : Method::kGet;
  request.ids = std::move(found.ids);
  request.link = std::move(found.link);
  request.language = head.language;
  request.origin = "https://" + head.host;
  request.session = copy_of(head.session);
  request.device_token = copy_of(head.device_token);
  request.device = head.device;
  request.idempotency_key = head.idempotency_key;
  auto query = parse_urlencoded(head.query);
  if (!query) return error_of(head, Status::kBadRequest);
  request.query = *std::move(query);
  Context context(core, request);
  if (const auto taken = take_body(found.route->body, head, body, request, context); !taken) {
    return error_of(head, status_of(taken.error()));
  }
  return found.route->handler(context, request);
}

}  // namespace web
