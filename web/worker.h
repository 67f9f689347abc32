// One connection from its TLS handshake to its end: reads, has each request head judged before
// anything else sees it, hands requests to the HTTP layer one at a time, writes answers, and keeps
// the deadlines. It is the only thing its process does. It never opens a file or a socket, and
// knows of no other connection.
#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "ipc/buffer.h"
#include "web/context.h"
#include "web/http.h"
#include "web/tls.h"

namespace web {

// Deadlines in milliseconds. None is renewed by a trickle of bytes.
inline constexpr std::int64_t kHandshakeMs = 15'000;
inline constexpr std::int64_t kHeadMs = 15'000;  // from the head's first byte
inline constexpr std::int64_t kIdleMs = 75'000;  // between requests
inline constexpr std::int64_t kFormBodyMs = 30'000;
inline constexpr std::int64_t kUploadBodyMs = 300'000;
inline constexpr std::int64_t kWriteMs = 30'000;  // for each kRoom of the answer
inline constexpr std::int64_t kLingerMs = 1'000;  // of silence after the last answer
inline constexpr std::int64_t kLingerMsMax = 10'000;
inline constexpr std::int64_t kCoreMs = 30'000;  // core's answers

class Worker {
 public:
  // `connection` is the accepted socket; `core_fd` is core's channel, looked at for its end only.
  Worker(base::Fd connection, int core_fd, Core core, const base::Clock& clock);
  // Asks core for the certificate and makes TLS and HTTP ready, so that nothing needs a file later.
  base::Result<> set_up();
  // Until the connection ends.
  void run();

 private:
  enum class State : std::uint8_t { kHead, kBody, kAnswer, kLeaving };

  bool shake_hands();
  bool present_certificate();
  bool turn();
  bool write_some(bool& wrote_all);
  bool read_some();
  bool judge();
  bool judge_request();
  bool forward();
  bool continue_answer();
  bool refuse(Status status);
  bool wait(Tls::Step step);
  bool timed_out();
  void next_request();
  void linger();
  void set_deadline(std::int64_t ms);

  base::Fd connection_;
  int core_fd_;
  Core core_;
  const base::Clock& clock_;
  std::unique_ptr<Tls> tls_;
  std::unique_ptr<Http> http_;

  State state_ = State::kHead;
  base::MonoTime deadline_;
  ipc::Buffer chunk_;  // what one read brings
  ipc::Buffer input_;  // of the request, not yet handed on
  std::uint64_t body_left_ = 0;
  std::string output_;  // for the peer; wiped when sent
  std::size_t output_at_ = 0;
  base::Listener listener_ = base::Listener::kPages;
  bool asks_certificate_ = false;
  Language language_ = Language::kJa;
  bool head_only_ = false;
};

}  // namespace web
