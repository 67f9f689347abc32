// The header guard: judges the raw bytes of one request head before any other parser sees them. It
// takes the strict reading of RFC 9112 and less: origin-form, HTTP/1.1, GET, HEAD or POST, CRLF
// line ends, one Host, framing by one Content-Length only. Whatever could be read in two ways is
// refused, so two readers cannot disagree where a request ends. Pure: no clock, no socket, no
// state. Headers that claim an address (Forwarded, X-Forwarded-For, …) are not read: core knows the
// peer.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "web/request.h"
#include "web/response.h"

namespace web {

inline constexpr std::size_t kTargetMax = 2048;
inline constexpr std::size_t kHeadersMax = 8192;  // all header lines together
inline constexpr std::size_t kHeadersCountMax = 64;
inline constexpr std::size_t kHeadMax = kTargetMax + kHeadersMax + 64;
inline constexpr std::uint64_t kContentLengthMax = 999'999'999;

enum class MediaType : std::uint8_t { kNone, kUrlencoded, kMultipart, kJson, kCsv };

// What the worker needs to know of a head that is in order.
struct Head {
  base::Listener listener = base::Listener::kPages;
  Method method = Method::kGet;
  std::string target;  // path and query as sent
  std::string path;
  std::string query;
  std::string host;  // of the Host header: a name or address, and perhaps a port
  std::uint64_t content_length = 0;
  MediaType media_type = MediaType::kNone;
  std::string boundary;         // of multipart
  std::string idempotency_key;  // of another system; as sent, bounded by its header
  ipc::SessionToken session;
  ipc::DeviceToken device_token;
  ipc::Device device;
  Language language = Language::kJa;
  std::size_t header_count = 0;
  bool close = false;  // the client wants the connection closed after the answer
};

struct Verdict {
  enum class Kind : std::uint8_t { kMore, kComplete, kRefused } kind = Kind::kMore;
  Status status = Status::kBadRequest;  // of kRefused
  std::size_t size = 0;                 // of the head, with kComplete
  Head head;
};

// Judges what has arrived so far. kMore as long as it could still become a good head and is not
// over the limits: 414 and 431 for those, 405 for other methods, 411, 415, 417, 403 (another site's
// page asks), 400 for everything else.
// Each listener takes media types of its own: forms are people's, JSON and CSV are systems'. On the
// systems' one nobody's cookie is read.
Verdict judge_head(std::string_view bytes, base::Listener listener);

}  // namespace web
