#include "monitor/request.h"

namespace monitor {

bool is_complete(std::string_view bytes) { return bytes.contains("\r\n\r\n"); }

int judge(std::string_view bytes) {
  const std::string_view line = bytes.substr(0, bytes.find("\r\n"));
  if (!is_complete(bytes) || !(line.ends_with(" HTTP/1.1") || line.ends_with(" HTTP/1.0"))) {
    return 400;
  }
  if (!line.starts_with("GET ")) return 405;
  const std::string_view target = line.substr(4, line.size() - 4 - 9);
  return target == "/metrics" ? 200 : 404;
}

std::string answer(int status, std::string_view body) {
  const char* words = status == 200   ? "200 OK"
                      : status == 404 ? "404 Not Found"
                      : status == 405 ? "405 Method Not Allowed"
                                      : "400 Bad Request";
  if (status != 200) body = {};
  return "HTTP/1.1 " + std::string(words) +
         "\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n" +
         std::string(body);
}

}  // namespace monitor
