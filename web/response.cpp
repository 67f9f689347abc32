#include "web/response.h"

#include "web/base64url.h"
#include "web/error_page.h"

namespace web {

namespace {

// A path of ours: begins with one '/', printable ASCII, no backslash, quote or fragment.
bool is_local_path(std::string_view path) {
  if (path.empty() || path.size() > 2048 || path[0] != '/' || path.starts_with("//")) return false;
  for (const char c : path) {
    if (c <= ' ' || c >= 0x7F || c == '\\' || c == '"' || c == '<' || c == '>' || c == '#')
      return false;
  }
  return true;
}

bool is_file_name(std::string_view name) {
  if (name.empty() || name.size() > 64 || name[0] == '.') return false;
  for (const char c : name) {
    const bool good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '.' || c == '_' || c == '-';
    if (!good) return false;
  }
  return true;
}

// Host-only, over TLS only, unreadable for scripts, never sent from another site (ASVS 3.3).
std::string cookie(std::string_view name, std::string_view value, std::string_view more) {
  std::string out(name);
  out += '=';
  out += value;
  out += "; Path=/; Secure; HttpOnly; SameSite=Strict";
  out += more;
  return out;
}

}  // namespace

std::string_view reason_phrase(Status status) {
  switch (status) {
    case Status::kOk: return "OK";
    case Status::kCreated: return "Created";
    case Status::kSeeOther: return "See Other";
    case Status::kBadRequest: return "Bad Request";
    case Status::kForbidden: return "Forbidden";
    case Status::kNotFound: return "Not Found";
    case Status::kMethodNotAllowed: return "Method Not Allowed";
    case Status::kTimeout: return "Request Timeout";
    case Status::kConflict: return "Conflict";
    case Status::kLengthRequired: return "Length Required";
    case Status::kTooLarge: return "Content Too Large";
    case Status::kUriTooLong: return "URI Too Long";
    case Status::kUnsupportedMedia: return "Unsupported Media Type";
    case Status::kExpectationFailed: return "Expectation Failed";
    case Status::kUnprocessable: return "Unprocessable Content";
    case Status::kTooManyRequests: return "Too Many Requests";
    case Status::kHeadersTooLarge: return "Request Header Fields Too Large";
    case Status::kInternal: return "Internal Server Error";
    case Status::kUnavailable: return "Service Unavailable";
  }
  return "";
}

std::string_view name(ContentType type) {
  switch (type) {
    case ContentType::kHtml: return "text/html; charset=utf-8";
    case ContentType::kText: return "text/plain; charset=utf-8";
    case ContentType::kCss: return "text/css; charset=utf-8";
    case ContentType::kScript: return "text/javascript; charset=utf-8";
    case ContentType::kSvg: return "image/svg+xml";
    case ContentType::kPng: return "image/png";
    case ContentType::kIcon: return "image/vnd.microsoft.icon";
    case ContentType::kCsv: return "text/csv; charset=utf-8";
    case ContentType::kJson: return "application/json";
    case ContentType::kProblem: return "application/problem+json";
    case ContentType::kYaml: return "application/yaml";
    case ContentType::kTar: return "application/x-tar";
    case ContentType::kPdf: return "application/pdf";
  }
  return "";
}

Response Response::page(std::string html, Status status) {
  return content(ContentType::kHtml, std::move(html), status);
}

Response Response::content(ContentType type, std::string body, Status status) {
  Response out;
  out.status_ = status;
  out.type_ = type;
  out.body_ = std::move(body);
  return out;
}

Response Response::see_other(std::string path) {
  ASSERT(is_local_path(path));
  Response out;
  out.status_ = Status::kSeeOther;
  out.type_ = ContentType::kText;
  out.location_ = std::move(path);
  return out;
}

Response Response::error(Status status, Language language) {
  return page(error_page(status, language), status);
}

Response Response::wrong_method(bool takes_post, Language language) {
  Response out = error(Status::kMethodNotAllowed, language);
  out.allow_ = takes_post ? "POST" : "GET, HEAD";
  return out;
}

Response Response::download(ContentType type, std::string_view file_name, base::Fd file,
                            std::uint64_t size) {
  Response out = download(type, file_name, {});
  out.file_ = std::move(file);
  out.file_size_ = size;
  return out;
}

Response Response::download(ContentType type, std::string_view file_name, std::string body) {
  ASSERT(is_file_name(file_name));
  Response out = content(type, std::move(body));
  out.file_name_ = file_name;
  return out;
}

Response Response::asset(ContentType type, std::string_view bytes) {
  Response out;
  out.type_ = type;
  out.asset_ = bytes;
  return out;
}

Response& Response::set_session(const ipc::SessionToken& token) & {
  // A session cookie: the browser forgets it when it closes; core ends the session much earlier.
  session_cookie_ = cookie("__Host-session", token_text(token), "");
  return *this;
}

Response& Response::clear_session() & {
  session_cookie_ = cookie("__Host-session", "", "; Max-Age=0");
  return *this;
}

Response& Response::set_language(Language language) & {
  language_cookie_ = cookie("__Host-lang", name(language), "; Max-Age=31536000");
  return *this;
}

Response& Response::set_device(const ipc::DeviceToken& token) & {
  device_cookie_ = cookie("__Host-device", token_text(token), "; Max-Age=31536000");
  return *this;
}

Response& Response::leave_after(std::uint16_t seconds, const std::string& path) & {
  ASSERT(is_local_path(path));
  refresh_ = std::to_string(seconds) + "; url=" + path;
  return *this;
}

Response& Response::allow_only(std::string_view methods) & {
  allow_ = methods;
  return *this;
}

Response& Response::close_after() & {
  closes_ = true;
  return *this;
}

}  // namespace web
