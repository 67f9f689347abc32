#include "web/dispatch.h"

#include "web/assets.h"
#include "web/base64url.h"
#include "web/multipart.h"

namespace web {

namespace {

base::Result<> take_body(Body kind, const Head& head, std::string_view body, Request& request,
                         Context& context) {
  switch (kind) {
    case Body::kNone: return {};
    case Body::kForm: request.form = TRY(parse_urlencoded(body)); return {};
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
  }
  return MediaType::kNone;
}

}  // namespace

bool is_upload(const Head& head) {
  const Match found = match(routes(), head.method, head.path);
  return found.found == Found::kRow && found.route->body == Body::kUpload;
}

std::uint64_t body_limit(const Head& head) {
  return is_upload(head) ? kUploadBodyMax : kFormBytesMax;
}

Response dispatch(Core& core, const Head& head, std::string_view body) {
  if (const Asset* asset = find_asset(head.path)) {
    if (head.method == Method::kPost)
      return Response::wrong_method(/*takes_post=*/false, head.language);
    return Response::asset(asset->type, asset->bytes);
  }
  Match found = match(routes(), head.method, head.path);
  if (found.found != Found::kRow) {
    if (found.found != Found::kWrongMethod)
      return Response::error(Status::kNotFound, head.language);
    return Response::wrong_method(head.method != Method::kPost, head.language);
  }
  if (media_type_of(found.route->body) != head.media_type) {
    return Response::error(Status::kUnsupportedMedia, head.language);
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
  auto query = parse_urlencoded(head.query);
  if (!query) return Response::error(Status::kBadRequest, head.language);
  request.query = *std::move(query);
  Context context(core, request);
  if (const auto taken = take_body(found.route->body, head, body, request, context); !taken) {
    return Response::error(status_of(taken.error()), head.language);
  }
  return found.route->handler(context, request);
}

}  // namespace web
