#include "web/guard.h"

#include <algorithm>
#include <array>

#include "web/base64url.h"
#include "web/device.h"

namespace web {

namespace {

constexpr std::string_view kCrLf = "\r\n";

bool is_token_char(char c) {  // RFC 9110 5.6.2
  const bool alphanumeric =
      (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  return alphanumeric || (c != '\0' && std::string_view("!#$%&'*+-.^_`|~").contains(c));
}

bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_token_char);
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool same(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, lower, lower);
}

std::string_view trimmed(std::string_view text) {
  const auto from = text.find_first_not_of(" \t");
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(" \t") - from + 1);
}

// The lines of a head as they arrive. A stray CR, LF or other control byte is seen at once, also in
// a line that is not complete.
class Lines {
 public:
  explicit Lines(std::string_view bytes) : rest_(bytes) {}

  enum class Next : std::uint8_t { kLine, kMore, kBad };
  Next next(std::string_view& line) {
    const auto end = rest_.find_first_of(kCrLf);
    const std::string_view shown = rest_.substr(0, end);
    for (const char c : shown) {
      // HTAB is allowed inside values (RFC 9110 5.5); bytes over 0x7E stand in none of ours.
      if ((c < ' ' && c != '\t') || c == 0x7F || static_cast<unsigned char>(c) >= 0x80) {
        return Next::kBad;
      }
    }
    if (end == std::string_view::npos) return Next::kMore;
    if (rest_[end] == '\n') return Next::kBad;
    if (end + 1 == rest_.size()) return Next::kMore;
    if (rest_[end + 1] != '\n') return Next::kBad;
    line = shown;
    rest_.remove_prefix(end + 2);
    return Next::kLine;
  }
  [[nodiscard]] std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

// What the headers say, before it is judged as a whole.
struct Headers {
  std::optional<std::string_view> host, content_length, content_type, origin, site, mode, cookie,
      connection, accept_language, user_agent, idempotency_key;
  std::size_t count = 0;
};

struct Single {
  std::string_view name;
  std::optional<std::string_view> Headers::* value;
};
// Headers that are read; each at most once, so that no two readers choose different ones.
constexpr std::array kSingles{
    Single{"host", &Headers::host},
    Single{"content-length", &Headers::content_length},
    Single{"content-type", &Headers::content_type},
    Single{"origin", &Headers::origin},
    Single{"sec-fetch-site", &Headers::site},
    Single{"sec-fetch-mode", &Headers::mode},
    Single{"cookie", &Headers::cookie},
    Single{"connection", &Headers::connection},
    Single{"accept-language", &Headers::accept_language},
    Single{"user-agent", &Headers::user_agent},
    Single{"idempotency-key", &Headers::idempotency_key},
};

using Refusal = std::optional<Status>;

// "Name: value" without the line end.
Refusal take_header(std::string_view line, Headers& out) {
  const auto colon = line.find(':');
  // Also refuses folded lines (RFC 9112 5.2) and a space before the colon (5.1).
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) {
    return Status::kBadRequest;
  }
  if (++out.count > kHeadersCountMax) return Status::kHeadersTooLarge;
  const std::string_view name = line.substr(0, colon);
  const std::string_view value = trimmed(line.substr(colon + 1));
  if (same(name, "transfer-encoding") || same(name, "upgrade") || same(name, "trailer")) {
    return Status::kBadRequest;
  }
  if (same(name, "expect")) return Status::kExpectationFailed;
  for (const Single& single : kSingles) {
    if (!same(name, single.name)) continue;
    if ((out.*single.value).has_value()) return Status::kBadRequest;
    out.*single.value = value;
  }
  return std::nullopt;
}

Refusal take_target(std::string_view target, Head& head) {
  if (target.size() > kTargetMax) return Status::kUriTooLong;
  if (target.empty() || target[0] != '/') return Status::kBadRequest;
  for (const char c : target) {
    if (c <= ' ' || c >= 0x7F || std::string_view("\"#<>\\^`{|}").contains(c)) {
      return Status::kBadRequest;
    }
  }
  const auto question = target.find('?');
  head.target = target;
  head.path = target.substr(0, question);
  if (question != std::string_view::npos) head.query = target.substr(question + 1);
  // The query is decoded once, strictly (web/form.h), so an escaped '%' is plain text there.
  for (const char* trap : {"%00", "%25", "..", "//"}) {
    if (head.path.contains(trap)) return Status::kBadRequest;
  }
  if (head.query.contains("%00")) return Status::kBadRequest;
  return std::nullopt;
}

// "GET /people HTTP/1.1"
Refusal take_request_line(std::string_view line, Head& head) {
  const auto first = line.find(' ');
  if (first == std::string_view::npos) return Status::kBadRequest;
  const auto second = line.find(' ', first + 1);
  if (second == std::string_view::npos || line.substr(second + 1) != "HTTP/1.1") {
    return Status::kBadRequest;
  }
  const std::string_view method = line.substr(0, first);
  if (!is_token(method)) return Status::kBadRequest;
  if (const auto refusal = take_target(line.substr(first + 1, second - first - 1), head)) {
    return refusal;
  }
  if (method == "GET") {
    head.method = Method::kGet;
  } else if (method == "HEAD") {
    head.method = Method::kHead;
  } else if (method == "POST") {
    head.method = Method::kPost;
  } else {
    return Status::kMethodNotAllowed;
  }
  return std::nullopt;
}

bool is_host(std::string_view host) {
  if (host.empty() || host.size() > 255) return false;
  return std::ranges::all_of(host, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-._:[]").contains(c);
  });
}

Refusal take_length(const Headers& headers, Head& head) {
  if (head.method != Method::kPost) {
    // A body that nobody reads is a second request waiting to be found.
    if (headers.content_length || headers.content_type) return Status::kBadRequest;
    return std::nullopt;
  }
  if (!headers.content_length) return Status::kLengthRequired;
  const std::string_view text = *headers.content_length;
  const bool digits = std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  if (text.empty() || !digits) return Status::kBadRequest;
  if (text.size() > 9) return Status::kTooLarge;
  for (const char c : text) {
    head.content_length = head.content_length * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return std::nullopt;
}

// RFC 2046 5.1.1, as browsers send it: unquoted or quoted, 1 to 70 characters.
bool take_boundary(std::string_view parameters, Head& head) {
  if (!parameters.starts_with("boundary=")) return false;
  std::string_view value = parameters.substr(9);
  if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
    value = value.substr(1, value.size() - 2);
  }
  if (value.empty() || value.size() > 70) return false;
  const bool good = std::ranges::all_of(value, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("'()+_,-./:=?").contains(c);
  });
  if (good) head.boundary = value;
  return good;
}

Refusal take_media_type(const Headers& headers, Head& head) {
  if (head.method != Method::kPost) return std::nullopt;
  if (!headers.content_type) return Status::kUnsupportedMedia;
  const std::string_view text = *headers.content_type;
  const auto semicolon = text.find(';');
  const std::string_view type = trimmed(text.substr(0, semicolon));
  const std::string_view parameters =
      semicolon == std::string_view::npos ? "" : trimmed(text.substr(semicolon + 1));
  if (head.listener == base::Listener::kApi) {
    if (!parameters.empty() && !same(parameters, "charset=utf-8")) return Status::kUnsupportedMedia;
    if (same(type, "application/json")) {
      head.media_type = MediaType::kJson;
    } else if (same(type, "text/csv")) {
      head.media_type = MediaType::kCsv;
    } else {
      return Status::kUnsupportedMedia;
    }
    return std::nullopt;
  }
  if (same(type, "application/x-www-form-urlencoded")) {
    if (!parameters.empty() && !same(parameters, "charset=utf-8")) return Status::kUnsupportedMedia;
    head.media_type = MediaType::kUrlencoded;
    return std::nullopt;
  }
  if (!same(type, "multipart/form-data")) return Status::kUnsupportedMedia;
  if (!take_boundary(parameters, head)) return Status::kBadRequest;
  head.media_type = MediaType::kMultipart;
  return std::nullopt;
}

// Another site's page may not make a browser change or embed anything here (ASVS 3.5.1, 3.5.8).
// Browsers send both headers by themselves; programs send neither.
Refusal judge_origin(const Headers& headers, const Head& head) {
  const std::string_view site = headers.site.value_or("same-origin");
  if (head.method == Method::kPost) {
    if (site != "same-origin") return Status::kForbidden;
    if (headers.origin && !same(*headers.origin, "https://" + std::string(*headers.host))) {
      return Status::kForbidden;
    }
    return std::nullopt;
  }
  const bool ours = site == "same-origin" || site == "none";
  if (!ours && headers.mode.value_or("navigate") != "navigate") return Status::kForbidden;
  return std::nullopt;
}

Refusal take_connection(const Headers& headers, Head& head) {
  if (!headers.connection) return std::nullopt;
  if (same(*headers.connection, "close")) {
    head.close = true;
  } else if (!same(*headers.connection, "keep-alive")) {
    return Status::kBadRequest;  // names headers that a proxy would have to drop, or an upgrade
  }
  return std::nullopt;
}

// Of a cookie that is ours but malformed: as if it had not been sent, so that a person can sign in
// anew.
Refusal take_cookies(const Headers& headers, Head& head) {
  head.device = device_of(headers.user_agent.value_or(""));
  head.language = preferred_language(headers.accept_language.value_or(""));
  std::string_view rest = headers.cookie.value_or("");
  std::size_t sessions = 0;
  std::size_t languages = 0;
  std::size_t devices = 0;
  while (!rest.empty()) {
    const auto end = rest.find(';');
    const std::string_view pair = trimmed(rest.substr(0, end));
    rest = end == std::string_view::npos ? "" : rest.substr(end + 1);
    const auto equals = pair.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string_view name = pair.substr(0, equals);
    const std::string_view value = pair.substr(equals + 1);
    if (name == "__Host-session") {
      if (++sessions > 1) return Status::kBadRequest;
      if (auto token = token_from_text(value)) head.session = *std::move(token);
    } else if (name == "__Host-device") {
      if (++devices > 1) return Status::kBadRequest;
      if (auto token = token_from_text(value)) head.device_token = *std::move(token);
    } else if (name == "__Host-lang") {
      if (++languages > 1) return Status::kBadRequest;
      head.language = language_from_name(value).value_or(head.language);
    }
  }
  return std::nullopt;
}

Refusal judge_whole(const Headers& headers, Head& head) {
  if (!headers.host || !is_host(*headers.host)) return Status::kBadRequest;
  head.host = *headers.host;
  head.header_count = headers.count;
  if (const auto refusal = take_connection(headers, head)) return refusal;
  if (const auto refusal = take_length(headers, head)) return refusal;
  if (const auto refusal = take_media_type(headers, head)) return refusal;
  if (const auto refusal = judge_origin(headers, head)) return refusal;
  if (head.listener == base::Listener::kApi) {
    head.idempotency_key = headers.idempotency_key.value_or("");
    return std::nullopt;
  }
  return take_cookies(headers, head);
}

Verdict refused(Status status) { return {Verdict::Kind::kRefused, status, 0, {}}; }

// While the request line is not complete: what can be said already.
Verdict judge_begin(std::string_view bytes) {
  const auto space = bytes.find(' ');
  if (!bytes.empty() && (space == 0 || !is_token(bytes.substr(0, space)))) {
    return refused(Status::kBadRequest);
  }
  if (bytes.size() > kTargetMax + 32) return refused(Status::kUriTooLong);
  return {};
}

}  // namespace

Verdict judge_head(std::string_view bytes, base::Listener listener) {
  Lines lines(bytes.substr(0, kHeadMax));
  Verdict out;
  out.head.listener = listener;
  std::string_view line;
  switch (lines.next(line)) {
    case Lines::Next::kBad: return refused(Status::kBadRequest);
    case Lines::Next::kMore: return judge_begin(bytes);
    case Lines::Next::kLine: break;
  }
  if (const auto refusal = take_request_line(line, out.head)) return refused(*refusal);
  const std::size_t request_line = line.size() + 2;
  Headers headers;
  while (true) {
    const auto next = lines.next(line);
    if (next == Lines::Next::kBad) return refused(Status::kBadRequest);
    if (next == Lines::Next::kMore) {
      if (bytes.size() - request_line > kHeadersMax) return refused(Status::kHeadersTooLarge);
      return {};
    }
    if (line.empty()) break;
    if (const auto refusal = take_header(line, headers)) return refused(*refusal);
  }
  if (const auto refusal = judge_whole(headers, out.head)) return refused(*refusal);
  out.kind = Verdict::Kind::kComplete;
  out.size = static_cast<std::size_t>(lines.rest().data() - bytes.data());
  if (out.size - request_line > kHeadersMax + 2) return refused(Status::kHeadersTooLarge);
  return out;
}

}  // namespace web
