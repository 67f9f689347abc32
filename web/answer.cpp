#include "web/answer.h"

#include <array>

#include "web/problem.h"

namespace web {

namespace {

// OWASP ASVS 5.0 3.4. No inline script or style anywhere, nothing from elsewhere, no framing.
constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kFixed{{
    {"Strict-Transport-Security", "max-age=31536000"},
    {"Content-Security-Policy",
     "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; "
     "frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'"},
    {"X-Content-Type-Options", "nosniff"},
    // Not no-referrer: with that, browsers post forms with "Origin: null" (Fetch, 3.2), which the
    // guard could not tell from another site's. Other sites learn nothing either way.
    {"Referrer-Policy", "same-origin"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Permissions-Policy",
     "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
     "magnetometer=(), microphone=(), midi=(), payment=(), usb=()"},
}};

}  // namespace

std::vector<HeaderLine> headers_of(const Response& response) {
  std::vector<HeaderLine> out;
  out.reserve(kFixed.size() + 4);
  for (const auto& [key, value] : kFixed) out.emplace_back(key, value);
  out.emplace_back("Content-Type", name(response.type()));
  out.emplace_back("Cache-Control",
                   response.immutable() ? "private, max-age=31536000, immutable" : "no-store");
  if (!response.allow().empty()) out.emplace_back("Allow", response.allow());
  if (!response.location().empty()) out.emplace_back("Location", response.location());
  if (!response.refresh().empty()) out.emplace_back("Refresh", response.refresh());
  if (!response.file_name().empty()) {
    out.emplace_back("Content-Disposition",
                     "attachment; filename=\"" + response.file_name() + "\"");
  }
  for (const std::string* cookie :
       {&response.session_cookie(), &response.language_cookie(), &response.device_cookie()}) {
    if (!cookie->empty()) out.emplace_back("Set-Cookie", *cookie);
  }
  return out;
}

std::string refusal_text(Status status, base::Listener listener, Language language,
                         bool with_body) {
  // Of a method that the guard refuses, no path takes it.
  const bool systems = listener == base::Listener::kApi;
  const Response response = systems ? problem(status)
                            : status == Status::kMethodNotAllowed
                                ? Response::wrong_method(/*takes_post=*/false, language)
                                : Response::error(status, language);
  std::string out = "HTTP/1.1 " + std::to_string(static_cast<unsigned>(status)) + " ";
  out += reason_phrase(status);
  for (const auto& [key, value] : headers_of(response)) {
    out.append("\r\n").append(key).append(": ").append(value);
  }
  out += "\r\nConnection: close\r\nContent-Length: " + std::to_string(response.body().size());
  out += "\r\n\r\n";
  if (with_body) out += response.body();
  return out;
}

}  // namespace web
