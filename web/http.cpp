#include "web/http.h"

#include <microhttpd.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <string>

#include "web/answer.h"
#include "web/body_store.h"
#include "web/dispatch.h"
#include "web/problem.h"

namespace web {

namespace {

using base::Code;
using base::fail;
using base::Result;

constexpr std::size_t kPoolBytes = std::size_t{24} * 1024;  // heads, cookies, answers' heads
constexpr std::size_t kMoveMax = std::size_t{16} * 1024;

using Daemon = std::unique_ptr<MHD_Daemon, decltype(&MHD_stop_daemon)>;
using Reply = std::unique_ptr<MHD_Response, decltype(&MHD_destroy_response)>;

// ---- bodies: whoever sent the bytes wipes or unmaps them

void wipe_body(void* data) {
  const std::unique_ptr<std::string> body(static_cast<std::string*>(data));
  base::wipe(body->data(), body->size());
}

struct Mapping {
  void* at = nullptr;
  std::size_t size = 0;
};

void unmap_body(void* data) {
  const std::unique_ptr<Mapping> mapping(static_cast<Mapping*>(data));
  ::munmap(mapping->at, mapping->size);
}

MHD_Response* from_file(Response& response) {
  const auto size = static_cast<std::size_t>(response.file_size());
  const auto at = map_file(response.file(), size);
  if (!at) return nullptr;
  auto mapping = std::make_unique<Mapping>(Mapping{*at, size});
  return MHD_create_response_from_buffer_with_free_callback_cls(size, *at, &unmap_body,
                                                                mapping.release());
}

Reply reply_of(Response& response) {
  MHD_Response* reply = nullptr;
  if (response.file_size() > 0) {
    reply = from_file(response);
  } else {
    auto body = std::make_unique<std::string>(response.immutable() ? std::string(response.body())
                                                                   : response.release_body());
    std::string& bytes = *body;
    reply = MHD_create_response_from_buffer_with_free_callback_cls(bytes.size(), bytes.data(),
                                                                   &wipe_body, body.release());
  }
  Reply out(reply, &MHD_destroy_response);
  if (!out) return out;
  bool good = true;
  for (const auto& [key, value] : headers_of(response)) {
    good =
        good && MHD_add_response_header(reply, std::string(key).c_str(), value.c_str()) == MHD_YES;
  }
  if (response.closes()) {
    good = good && MHD_add_response_header(reply, "Connection", "close") == MHD_YES;
  }
  if (!good) out.reset();
  return out;
}

class MicroHttp final : public Http {
 public:
  explicit MicroHttp(Answer answer) : answer_(std::move(answer)) {}

  Result<> start();
  Result<> begin(Head head) override;
  Result<std::size_t> feed(base::ByteSpan bytes, std::size_t room, std::string& out) override;
  [[nodiscard]] bool finished() const override { return completed_ && drained_; }
  [[nodiscard]] bool closed() const override { return closed_; }

 private:
  static void* log_uri(void* self, const char* uri, MHD_Connection* connection);
  static std::size_t keep_escapes(void* self, MHD_Connection* connection, char* text);
  static MHD_Result on_request(void* self, MHD_Connection* connection, const char* url,
                               const char* method, const char* version, const char* data,
                               std::size_t* size, void** seen);
  static void on_completed(void* self, MHD_Connection* connection, void** seen,
                           MHD_RequestTerminationCode why);

  [[nodiscard]] bool agrees(MHD_Connection* connection, std::string_view method,
                            std::string_view version) const;
  MHD_Result queue(MHD_Connection* connection, Response response);
  MHD_Result answer(MHD_Connection* connection);
  bool run_library();
  Result<std::size_t> push(base::ByteSpan bytes);
  Result<std::size_t> pull(std::size_t room, std::string& out);

  Answer answer_;
  Daemon daemon_{nullptr, &MHD_stop_daemon};
  base::Fd ours_;
  int theirs_ = -1;  // the library's end; for run_library() only
  Head head_;
  BodyStore body_;
  std::string uri_;
  bool expecting_ = false;  // begin() was called for the request that comes
  bool completed_ = false;
  bool drained_ = true;
  bool closed_ = false;
  bool leaving_ = false;  // the library ends the connection after this answer
};

Result<> MicroHttp::start() {
  std::array<int, 2> pair{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair.data()) != 0) {
    return fail(Code::kIo, "socketpair");
  }
  ours_ = base::Fd(pair[0]);
  base::Fd theirs(pair[1]);
  daemon_.reset(MHD_start_daemon(MHD_USE_NO_LISTEN_SOCKET, 0, nullptr, nullptr, &on_request,
                                 this,                                               //
                                 MHD_OPTION_URI_LOG_CALLBACK, &log_uri, this,        //
                                 MHD_OPTION_UNESCAPE_CALLBACK, &keep_escapes, this,  //
                                 MHD_OPTION_NOTIFY_COMPLETED, &on_completed, this,   //
                                 MHD_OPTION_CONNECTION_MEMORY_LIMIT, kPoolBytes,     //
                                 MHD_OPTION_CONNECTION_LIMIT, 1U, MHD_OPTION_CONNECTION_TIMEOUT, 0U,
                                 MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END));
  if (!daemon_) return fail(Code::kIo, "http");
  sockaddr address{};
  address.sa_family = AF_UNIX;
  theirs_ = theirs.get();
  // The library owns the descriptor from here, also when it fails.
  if (MHD_add_connection(daemon_.get(), theirs.release(), &address, sizeof address) != MHD_YES) {
    return fail(Code::kIo, "http");
  }
  return {};
}

Result<> MicroHttp::begin(Head head) {
  ASSERT(!expecting_);
  TRY(body_.begin(is_upload(head) ? BodyStore::Kind::kFile : BodyStore::Kind::kMemory));
  leaving_ = head.close;
  head_ = std::move(head);
  expecting_ = true;
  completed_ = false;
  drained_ = false;
  return {};
}

// Lets the library do what it can now. It is told that its one descriptor is ready for both instead
// of asking the kernel: a call for which there is nothing to do ends at once.
bool MicroHttp::run_library() {
  fd_set readable;
  fd_set writable;
  fd_set failed;
  FD_ZERO(&readable);
  FD_ZERO(&writable);
  FD_ZERO(&failed);
  FD_SET(theirs_, &readable);
  FD_SET(theirs_, &writable);
  return MHD_run_from_select(daemon_.get(), &readable, &writable, &failed) == MHD_YES;
}

Result<std::size_t> MicroHttp::push(base::ByteSpan bytes) {
  if (bytes.empty() || closed_) return 0;
  const ssize_t sent = ::send(ours_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (sent >= 0) return static_cast<std::size_t>(sent);
  if (errno == EAGAIN || errno == EINTR) return 0;
  if (errno != EPIPE) return fail(Code::kIo, "http");
  return 0;  // the layer has answered and closed; pull() will see the end
}

Result<std::size_t> MicroHttp::pull(std::size_t room, std::string& out) {
  if (closed_ || room == 0) return 0;
  const std::size_t before = out.size();
  const std::size_t asked = std::min(room, kMoveMax);
  out.resize(before + asked);
  const ssize_t got = ::recv(ours_.get(), out.data() + before, out.size() - before, 0);
  out.resize(before + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  // Less than was asked for is all that there was: nobody else writes meanwhile.
  drained_ = got < 0 ? errno == EAGAIN : static_cast<std::size_t>(got) < asked;
  if (got < 0 && errno != EAGAIN && errno != EINTR && errno != ECONNRESET) {
    return fail(Code::kIo, "http");
  }
  if (got == 0 || (got < 0 && errno == ECONNRESET)) closed_ = true;
  return static_cast<std::size_t>(std::max<ssize_t>(got, 0));
}

Result<std::size_t> MicroHttp::feed(base::ByteSpan bytes, std::size_t room, std::string& out) {
  std::size_t taken = 0;
  const std::size_t end = out.size() + room;
  while (true) {
    const std::size_t pushed = TRY(push(bytes.subspan(taken)));
    taken += pushed;
    if (!closed_ && !run_library()) return fail(Code::kIo, "http");
    const std::size_t pulled = TRY(pull(end - std::min(end, out.size()), out));
    if (pushed == 0 && pulled == 0) return taken;
    // An end that is to come is looked for: nobody would be told of it later.
    if (finished() && !leaving_) return taken;
  }
}

// ---- what the library calls

void* MicroHttp::log_uri(void* self, const char* uri, MHD_Connection* /*connection*/) {
  static_cast<MicroHttp*>(self)->uri_ = uri;
  return nullptr;
}

// Paths and queries are decoded by nobody but web/form.cpp.
std::size_t MicroHttp::keep_escapes(void* /*self*/, MHD_Connection* /*connection*/, char* text) {
  return std::char_traits<char>::length(text);
}

// Defends against a reading of the library that differs from the guard's: then somebody is
// smuggling.
bool MicroHttp::agrees(MHD_Connection* connection, std::string_view method,
                       std::string_view version) const {
  constexpr std::array<std::string_view, 3> kNames{"GET", "HEAD", "POST"};
  const int headers = MHD_get_connection_values(connection, MHD_HEADER_KIND, nullptr, nullptr);
  return expecting_ && method == kNames.at(static_cast<std::size_t>(head_.method)) &&
         version == "HTTP/1.1" && uri_ == head_.target &&
         static_cast<std::size_t>(headers) == head_.header_count;
}

MHD_Result MicroHttp::queue(MHD_Connection* connection, Response response) {
  leaving_ = leaving_ || response.closes();
  const auto status = static_cast<unsigned>(response.status());
  const Reply reply = reply_of(response);
  if (!reply) return MHD_NO;
  return MHD_queue_response(connection, status, reply.get());
}

MHD_Result MicroHttp::answer(MHD_Connection* connection) {
  const auto body = body_.whole();
  if (!body) return MHD_NO;
  Response response = answer_(head_, *body);
  body_.clear();
  return queue(connection, std::move(response));
}

// The library's own signature.
// NOLINTNEXTLINE(readability-function-size)
MHD_Result MicroHttp::on_request(void* self, MHD_Connection* connection, const char* /*url*/,
                                 const char* method, const char* version, const char* data,
                                 std::size_t* size, void** seen) {
  auto& http = *static_cast<MicroHttp*>(self);
  if (*seen == nullptr) {
    *seen = self;
    if (http.agrees(connection, method, version)) return MHD_YES;
    Response refusal = http.head_.listener == base::Listener::kApi
                           ? problem(Status::kBadRequest)
                           : Response::error(Status::kBadRequest, http.head_.language);
    refusal.close_after();
    return http.queue(connection, std::move(refusal));
  }
  if (*size > 0) {
    const auto kept = http.body_.append(base::as_bytes({data, *size}));
    *size = 0;
    return kept ? MHD_YES : MHD_NO;
  }
  return http.answer(connection);
}

void MicroHttp::on_completed(void* self, MHD_Connection* /*connection*/, void** seen,
                             MHD_RequestTerminationCode /*why*/) {
  auto& http = *static_cast<MicroHttp*>(self);
  *seen = nullptr;
  http.completed_ = true;
  http.expecting_ = false;
  http.head_.session.wipe();
  http.head_.device_token.wipe();
}

}  // namespace

Result<std::unique_ptr<Http>> Http::open(Answer answer) {
  auto http = std::make_unique<MicroHttp>(std::move(answer));
  TRY(http->start());
  return http;
}

}  // namespace web
