// The load of the benches: requests over HTTPS on many connections at once, each with a worker of
// its own behind it.
//   https_load PORT CONNECTIONS SECONDS new|keep MARKER   -> one JSON object
// Standard input says what is sent, so that no secret is an argument: the Cookie header's value on
// the first line (may be empty), then a request a line, "GET PATH" or "POST PATH BODY". Each line
// is sent once, by whichever connection is free; with one line only it is sent until SECONDS are
// over. `new` opens a connection for each request, `keep` keeps it. An answer counts as good when
// it is a 200 that contains MARKER.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <iostream>
#include <latch>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

struct Options {
  std::uint16_t port = 0;
  int connections = 1;
  int seconds = 1;
  bool keep = false;
  std::string marker;
};

struct Freed {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using Ssl = std::unique_ptr<SSL, Freed>;

// The requests, taken one by one; a single one is taken until the time is over.
class Work {
 public:
  Work(std::vector<std::string> requests, Clock::time_point end)
      : requests_(std::move(requests)), end_(end) {}
  const std::string* next() {
    if (Clock::now() >= end_) return nullptr;
    if (requests_.size() == 1) return requests_.data();
    const std::size_t at = taken_.fetch_add(1);
    return at < requests_.size() ? &requests_[at] : nullptr;
  }

 private:
  const std::vector<std::string> requests_;
  const Clock::time_point end_;
  std::atomic<std::size_t> taken_{0};
};

int connected(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  // As browsers do; else the request waits for the acknowledgement of the handshake's last flight.
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return fd;
  ::close(fd);
  return -1;
}

class Connection {
 public:
  Connection(SSL_CTX* context, std::uint16_t port) : fd_(connected(port)), ssl_(SSL_new(context)) {
    SSL_set_fd(ssl_.get(), fd_);
    open_ = fd_ >= 0 && SSL_connect(ssl_.get()) == 1;
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() {
    if (open_) SSL_shutdown(ssl_.get());
    ::close(fd_);
  }
  // One request and its whole answer.
  bool exchange(const std::string& request, const std::string& marker) {
    open_ = open_ && SSL_write(ssl_.get(), request.data(), static_cast<int>(request.size())) > 0;
    answer_.clear();
    while (open_) {
      const int got = SSL_read(ssl_.get(), buffer_.data(), static_cast<int>(buffer_.size()));
      open_ = got > 0;
      answer_.append(buffer_.data(), static_cast<std::size_t>(std::max(got, 0)));
      if (whole()) break;
    }
    return open_ && answer_.starts_with("HTTP/1.1 200") &&
           answer_.find(marker) != std::string::npos;
  }
  [[nodiscard]] bool open() const { return open_; }
  // The status line of the last answer, for whoever looks for the reason of a failure.
  [[nodiscard]] std::string status() const { return answer_.substr(0, answer_.find("\r\n")); }

 private:
  [[nodiscard]] bool whole() const {
    const auto end = answer_.find("\r\n\r\n");
    const auto at = answer_.find("Content-Length: ");
    if (end == std::string::npos || at == std::string::npos) return false;
    std::size_t size = 0;
    std::from_chars(answer_.data() + at + 16, answer_.data() + answer_.size(), size);
    return answer_.size() >= end + 4 + size;
  }

  int fd_;
  Ssl ssl_;
  bool open_ = false;
  std::string answer_;
  std::string buffer_ = std::string(16384, '\0');
};

struct Counted {
  std::vector<double> microseconds;
  int failed = 0;
};

void run(const Options& options, SSL_CTX* context, Work& work, std::latch& ready, Counted& out) {
  std::unique_ptr<Connection> kept;
  if (options.keep) kept = std::make_unique<Connection>(context, options.port);
  ready.arrive_and_wait();
  while (const std::string* request = work.next()) {
    const auto begin = Clock::now();
    if (!options.keep || !kept->open()) {
      kept.reset();
      kept = std::make_unique<Connection>(context, options.port);
    }
    if (kept->exchange(*request, options.marker)) {
      out.microseconds.push_back(
          std::chrono::duration<double, std::micro>(Clock::now() - begin).count());
    } else {
      if (out.failed++ == 0) std::cerr << kept->status() << "\n";
    }
  }
}

int number(std::string_view text) {
  int out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

std::vector<std::string> requests_of_stdin() {
  std::string cookie;
  std::getline(std::cin, cookie);
  const std::string head = " HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: same-origin\r\n" +
                           (cookie.empty() ? "" : "Cookie: " + cookie + "\r\n");
  std::vector<std::string> out;
  for (std::string line; std::getline(std::cin, line);) {
    const auto path_end = line.find(' ', line.find(' ') + 1);
    if (path_end == std::string::npos) {
      out.push_back(line + head + "\r\n");
      continue;
    }
    const std::string body = line.substr(path_end + 1);
    out.push_back(line.substr(0, path_end) + head +
                  "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: " +
                  std::to_string(body.size()) + "\r\n\r\n" + body);
  }
  return out;
}

void print(const std::vector<Counted>& counted, double seconds) {
  std::vector<double> all;
  int failed = 0;
  for (const auto& out : counted) {
    all.insert(all.end(), out.microseconds.begin(), out.microseconds.end());
    failed += out.failed;
  }
  std::ranges::sort(all);
  const auto at = [&](std::size_t percent) {
    return all.empty() ? 0.0 : all[(all.size() - 1) * percent / 100];
  };
  std::printf(
      "{\"count\": %zu, \"failed\": %d, \"seconds\": %.4f, \"per_second\": %.1f, \"p50_us\": %.0f, "
      "\"p99_us\": %.0f}\n",
      all.size(), failed, seconds, static_cast<double>(all.size()) / seconds, at(50), at(99));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6) return 2;
  std::signal(SIGPIPE, SIG_IGN);  // a closed connection is a failed request, not the end
  const Options options{static_cast<std::uint16_t>(number(argv[1])), number(argv[2]),
                        number(argv[3]), std::string_view(argv[4]) == "keep", argv[5]};
  const std::unique_ptr<SSL_CTX, Freed> context(SSL_CTX_new(TLS_client_method()));
  SSL_CTX_set_min_proto_version(context.get(), TLS1_3_VERSION);
  auto requests = requests_of_stdin();
  if (requests.empty()) return 2;
  Work work(std::move(requests), Clock::now() + std::chrono::seconds(options.seconds + 2));
  std::vector<Counted> counted(static_cast<std::size_t>(options.connections));
  std::latch ready(options.connections + 1);
  Clock::time_point begin;
  {
    std::vector<std::jthread> threads;
    for (auto& out : counted) {
      threads.emplace_back([&] { run(options, context.get(), work, ready, out); });
    }
    ready.arrive_and_wait();  // connecting is not part of what is timed, except with `new`
    begin = Clock::now();
  }
  print(counted, std::chrono::duration<double>(Clock::now() - begin).count());
  return 0;
}
