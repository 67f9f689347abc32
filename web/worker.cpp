#include "web/worker.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>

#include "web/answer.h"
#include "web/dispatch.h"
#include "web/multipart.h"

namespace web {

namespace {

constexpr std::size_t kRecord = std::size_t{16} * 1024;  // the largest TLS record (RFC 8446 5.1)
constexpr std::size_t kRoom = 4 * kRecord;
constexpr std::size_t kLingerBytesMax = 2 * kUploadBodyMax;

}  // namespace

Worker::Worker(base::Fd connection, int core_fd, Core core, const base::Clock& clock)
    : connection_(std::move(connection)), core_fd_(core_fd), core_(std::move(core)), clock_(clock) {
  chunk_.resize(kRecord);
  input_.reserve(kRecord);
  // Never grows, so that no unwiped copy of an answer stays behind.
  output_.reserve(kRoom);
}

base::Result<> Worker::set_up() {
  const int flags = ::fcntl(connection_.get(), F_GETFL);
  if (flags < 0 || ::fcntl(connection_.get(), F_SETFL, flags | O_NONBLOCK) != 0) {
    return base::fail(base::Code::kIo, "connection");
  }
  // Flights of the handshake and answers go out whole; waiting for an acknowledgement costs 40 ms.
  const int on = 1;
  if (::setsockopt(connection_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0) {
    return base::fail(base::Code::kIo, "connection");
  }
  // The Date of an answer goes through the C library's time zones, which wants its file the first
  // time.
  ::tzset();
  const auto greeting = TRY(core_.call(ipc::Greet{}));
  listener_ = greeting.listener;
  asks_certificate_ = greeting.certificate;
  tls_ = TRY(Tls::open(connection_.get(), greeting, core_));
  http_ = TRY(Http::open(
      [this](const Head& head, std::string_view body) { return dispatch(core_, head, body); }));
  return {};
}

void Worker::run() {
  if (!shake_hands() || !present_certificate()) return;
  set_deadline(kIdleMs);
  while (turn()) {
  }
}

void Worker::set_deadline(std::int64_t ms) { deadline_ = {clock_.mono().ms + ms}; }

bool Worker::shake_hands() {
  set_deadline(kHandshakeMs);
  while (true) {
    const auto step = tls_->handshake();
    if (step == Tls::Step::kDone) return true;
    if (step == Tls::Step::kClosed || !wait(step)) return false;
  }
}

// Who it is, core knows from now on. A certificate that is not accepted leaves a connection on
// which every question is refused with the reason.
bool Worker::present_certificate() {
  if (!asks_certificate_ || !tls_->has_certificate()) return true;
  auto handshake = tls_->take_handshake();
  if (!handshake) return false;
  ipc::PresentCertificate message;
  message.handshake = *std::move(handshake);
  const auto reply = core_.call(message);
  return reply.has_value() || reply.error().code != base::Code::kUnavailable;
}

// False when the connection is over.
bool Worker::turn() {
  bool wrote_all = false;
  if (!write_some(wrote_all)) return false;
  if (!wrote_all) return true;
  if (state_ == State::kLeaving || http_->closed()) {
    linger();
    return false;
  }
  if (state_ == State::kAnswer) return continue_answer();
  // Between requests there is nothing to read yet: the peer has just been answered.
  const bool between = state_ == State::kHead && input_.empty() && !tls_->holds_input();
  if (between && !wait(Tls::Step::kWantRead)) return false;
  return read_some();
}

bool Worker::write_some(bool& wrote_all) {
  while (output_at_ < output_.size()) {
    const std::size_t size = std::min(output_.size() - output_at_, kRecord);
    const auto moved =
        tls_->write(base::as_bytes(std::string_view(output_).substr(output_at_, size)));
    if (moved.step == Tls::Step::kClosed) return false;
    if (moved.step != Tls::Step::kDone) return wait(moved.step);
    output_at_ += moved.size;
  }
  base::wipe(output_.data(), output_.size());
  output_.clear();
  output_at_ = 0;
  wrote_all = true;
  return true;
}

bool Worker::read_some() {
  const auto moved = tls_->read(chunk_);
  if (moved.step == Tls::Step::kClosed) return false;
  if (moved.step != Tls::Step::kDone) return wait(moved.step);
  if (input_.empty() && state_ == State::kHead) set_deadline(kHeadMs);
  input_.insert(input_.end(), chunk_.begin(),
                chunk_.begin() + static_cast<std::ptrdiff_t>(moved.size));
  base::wipe(chunk_.data(), moved.size);
  return judge();
}

// What arrived is judged before any of it is handed on. Bytes after the end of a request are not
// the next request: they are how one request is hidden behind another. Nobody's browser pipelines.
bool Worker::judge() {
  if (state_ == State::kHead) return judge_request();
  if (input_.size() > body_left_) return refuse(Status::kBadRequest);
  return forward();
}

bool Worker::judge_request() {
  auto verdict = judge_head(base::as_text(input_), listener_);
  switch (verdict.kind) {
    case Verdict::Kind::kMore: return true;
    case Verdict::Kind::kRefused: return refuse(verdict.status);
    case Verdict::Kind::kComplete: break;
  }
  language_ = verdict.head.language;
  head_only_ = verdict.head.method == Method::kHead;
  if (verdict.head.content_length > body_limit(verdict.head)) return refuse(Status::kTooLarge);
  const std::uint64_t whole = verdict.size + verdict.head.content_length;
  if (input_.size() > whole) return refuse(Status::kBadRequest);
  set_deadline(is_upload(verdict.head) ? kUploadBodyMs : kFormBodyMs);
  body_left_ = whole;  // the head's bytes are handed on like the body's
  state_ = State::kBody;
  if (!http_->begin(std::move(verdict.head))) return false;
  return forward();
}

bool Worker::forward() {
  body_left_ -= input_.size();
  if (body_left_ == 0) {
    state_ = State::kAnswer;
    set_deadline(kWriteMs);
  }
  const auto taken = http_->feed(input_, kRoom, output_);
  // All of it is taken unless the HTTP layer has refused the request and closed.
  if (!taken || (*taken != input_.size() && !http_->closed())) return false;
  base::wipe(input_.data(), input_.size());
  input_.clear();
  return true;
}

bool Worker::continue_answer() {
  if (http_->finished()) {
    next_request();
    return true;
  }
  set_deadline(kWriteMs);  // the last kRoom has gone out whole
  if (!http_->feed({}, kRoom, output_)) return false;
  // A layer that neither writes nor ends would never go on.
  return !output_.empty() || http_->finished() || http_->closed();
}

void Worker::next_request() {
  state_ = State::kHead;
  language_ = Language::kJa;
  head_only_ = false;
  set_deadline(kIdleMs);
}

// The only answer to what is not in order; the HTTP layer never hears of it.
bool Worker::refuse(Status status) {
  base::wipe(input_.data(), input_.size());
  input_.clear();
  output_ = refusal_text(status, listener_, language_, !head_only_);
  output_at_ = 0;
  state_ = State::kLeaving;
  set_deadline(kWriteMs);
  return true;
}

bool Worker::wait(Tls::Step step) {
  const std::int64_t left = std::max<std::int64_t>(deadline_.ms - clock_.mono().ms, 0);
  const short wanted = step == Tls::Step::kWantWrite ? POLLOUT : POLLIN;
  std::array<pollfd, 2> fds{{{connection_.get(), wanted, 0}, {core_fd_, 0, 0}}};
  const int ready = ::poll(fds.data(), fds.size(), static_cast<int>(left));
  if (ready < 0) return errno == EINTR;
  if (ready == 0) return timed_out();
  return fds[1].revents == 0;  // without core there is nothing to say
}

bool Worker::timed_out() {
  if (!output_.empty() || (state_ == State::kHead && input_.empty())) return false;
  if (state_ == State::kHead || state_ == State::kBody) return refuse(Status::kTimeout);
  return false;
}

// Ends the connection so that the peer gets the last answer although it may still be sending: a
// close with unread bytes would reset it away. Until it closes too, falls silent, or has sent too
// much.
void Worker::linger() {
  tls_->say_goodbye();
  if (::shutdown(connection_.get(), SHUT_WR) != 0) return;
  set_deadline(kLingerMsMax);
  std::size_t thrown_away = 0;
  while (thrown_away < kLingerBytesMax && clock_.mono() < deadline_) {
    const ssize_t got = ::recv(connection_.get(), chunk_.data(), chunk_.size(), 0);
    if (got > 0) {
      thrown_away += static_cast<std::size_t>(got);
      continue;
    }
    pollfd readable{connection_.get(), POLLIN, 0};
    if (got == 0 || errno != EAGAIN) return;
    if (::poll(&readable, 1, static_cast<int>(kLingerMs)) <= 0) return;
  }
}

}  // namespace web
