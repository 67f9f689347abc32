// The load of bench_tls: full TLS 1.3 handshakes, each on a new connection with one request after
// it, or many requests on a few connections.
//   tls_client PORT THREADS SECONDS new|keep PATH   -> "COUNT SECONDS MEDIAN_US P99_US FAILED"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

struct Options {
  std::uint16_t port = 0;
  int threads = 1;
  int seconds = 1;
  bool keep = false;
  std::string path;
};

struct Freed {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using Ssl = std::unique_ptr<SSL, Freed>;

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

// One request and its whole answer (which fits into one record).
bool exchange(SSL* ssl, const std::string& request) {
  char buffer[16384];
  if (SSL_write(ssl, request.data(), static_cast<int>(request.size())) <= 0) return false;
  std::string answer;
  while (true) {
    const int got = SSL_read(ssl, buffer, sizeof buffer);
    if (got <= 0) return false;
    answer.append(buffer, static_cast<std::size_t>(got));
    const auto end = answer.find("\r\n\r\n");
    const auto at = answer.find("Content-Length: ");
    if (end == std::string::npos || at == std::string::npos) continue;
    std::size_t size = 0;
    std::from_chars(answer.data() + at + 16, answer.data() + answer.size(), size);
    if (answer.size() >= end + 4 + size) return answer.starts_with("HTTP/1.1 200");
  }
}

struct Counted {
  std::vector<double> microseconds;
  int failed = 0;
};

void run(const Options& options, SSL_CTX* context, Clock::time_point end, Counted& out) {
  const std::string request = "GET " + options.path + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
  while (Clock::now() < end) {
    auto begin = Clock::now();
    const int fd = connected(options.port);
    const Ssl ssl(SSL_new(context));
    SSL_set_fd(ssl.get(), fd);
    bool good = fd >= 0 && SSL_connect(ssl.get()) == 1;
    do {
      if (options.keep) begin = Clock::now();
      good = good && exchange(ssl.get(), request);
      if (!good) {
        ++out.failed;
        break;
      }
      const std::chrono::duration<double, std::micro> took = Clock::now() - begin;
      out.microseconds.push_back(took.count());
    } while (options.keep && Clock::now() < end);
    SSL_shutdown(ssl.get());
    ::close(fd);
  }
}

int number(std::string_view text) {
  int out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6) return 2;
  const Options options{static_cast<std::uint16_t>(number(argv[1])), number(argv[2]),
                        number(argv[3]), std::string_view(argv[4]) == "keep", argv[5]};
  const std::unique_ptr<SSL_CTX, Freed> context(SSL_CTX_new(TLS_client_method()));
  SSL_CTX_set_min_proto_version(context.get(), TLS1_3_VERSION);
  const auto begin = Clock::now();
  const auto end = begin + std::chrono::seconds(options.seconds);
  std::vector<Counted> counted(static_cast<std::size_t>(options.threads));
  {
    std::vector<std::jthread> threads;
    for (auto& out : counted) {
      threads.emplace_back([&] { run(options, context.get(), end, out); });
    }
  }
  const std::chrono::duration<double> took = Clock::now() - begin;
  std::vector<double> all;
  int failed = 0;
  for (const auto& out : counted) {
    all.insert(all.end(), out.microseconds.begin(), out.microseconds.end());
    failed += out.failed;
  }
  std::sort(all.begin(), all.end());
  if (all.empty()) return 1;
  std::printf("%zu %.3f %.0f %.0f %d\n", all.size(), took.count(), all[all.size() / 2],
              all[all.size() * 99 / 100], failed);
  return 0;
}
