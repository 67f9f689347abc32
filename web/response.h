// Response: what a handler returns. A page cannot set a header: it chooses from what stands here,
// and the worker adds the fixed ones (security headers, Content-Type, no-store).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/fd.h"
#include "ipc/worker_self.h"
#include "web/language.h"

namespace web {

enum class Status : std::uint16_t {
  kOk = 200,
  kCreated = 201,
  kSeeOther = 303,
  kBadRequest = 400,
  kForbidden = 403,
  kNotFound = 404,
  kMethodNotAllowed = 405,
  kTimeout = 408,
  kConflict = 409,
  kLengthRequired = 411,
  kTooLarge = 413,
  kUriTooLong = 414,
  kUnsupportedMedia = 415,
  kExpectationFailed = 417,
  kUnprocessable = 422,  // the form comes back with its mistakes
  kTooManyRequests = 429,
  kHeadersTooLarge = 431,
  kInternal = 500,
  kUnavailable = 503,
};
std::string_view reason_phrase(Status status);

enum class ContentType : std::uint8_t {
  kHtml,
  kText,
  kCss,
  kScript,
  kSvg,
  kPng,
  kIcon,
  kCsv,
  kJson,
  kProblem,
  kYaml,
  kTar,
  kPdf
};
std::string_view name(ContentType type);  // with charset where it is text

class Response {
 public:
  static Response page(std::string html, Status status = Status::kOk);
  static Response content(ContentType type, std::string body, Status status = Status::kOk);
  // 303 to a path of ours ("/people/…", a query allowed). Anything that is not a plain local path
  // is a bug.
  static Response see_other(std::string path);
  // The static page of that status.
  static Response error(Status status, Language language);
  // 405, with what the path does take: POST, or GET and HEAD.
  static Response wrong_method(bool takes_post, Language language);
  // A download whose bytes are in a memory file of exactly `size` bytes. `file_name`:
  // [A-Za-z0-9._-]{1,64}.
  static Response download(ContentType type, std::string_view file_name, base::Fd file,
                           std::uint64_t size);
  static Response download(ContentType type, std::string_view file_name, std::string body);
  // A built-in file with a hash in its name: may be cached for ever.
  static Response asset(ContentType type, std::string_view bytes);

  Response& set_session(const ipc::SessionToken& token) &;
  Response& clear_session() &;
  // Which browser this is, for a year: so that a sign-in with a new one is noticed. Shows nothing
  // and opens nothing.
  Response& set_device(const ipc::DeviceToken& token) &;
  Response& set_language(Language language) &;
  // Of 405: the methods that the path does take.
  Response& allow_only(std::string_view methods) &;
  // The connection ends after this answer.
  Response& close_after() &;

  // The browser leaves the page after so many seconds (the Refresh header), also without script: a
  // page that shows a number does not stay.
  Response& leave_after(std::uint16_t seconds, const std::string& path) &;

  // What the worker reads.
  [[nodiscard]] Status status() const { return status_; }
  [[nodiscard]] ContentType type() const { return type_; }
  [[nodiscard]] std::string_view body() const { return asset_.data() != nullptr ? asset_ : body_; }
  [[nodiscard]] std::string_view allow() const { return allow_; }
  [[nodiscard]] const std::string& location() const { return location_; }
  [[nodiscard]] const std::string& file_name() const { return file_name_; }
  [[nodiscard]] const std::string& session_cookie() const { return session_cookie_; }
  [[nodiscard]] const std::string& language_cookie() const { return language_cookie_; }
  [[nodiscard]] const std::string& device_cookie() const { return device_cookie_; }
  [[nodiscard]] bool immutable() const { return asset_.data() != nullptr; }
  [[nodiscard]] const std::string& refresh() const { return refresh_; }  // value of the header
  [[nodiscard]] bool closes() const { return closes_; }
  [[nodiscard]] const base::Fd& file() const { return file_; }
  [[nodiscard]] std::uint64_t file_size() const { return file_size_; }
  // Pages may show a number: the bytes are wiped by whoever sent them.
  [[nodiscard]] std::string release_body() { return std::move(body_); }
  [[nodiscard]] base::Fd release_file() { return std::move(file_); }

 private:
  Status status_ = Status::kOk;
  ContentType type_ = ContentType::kHtml;
  std::string body_;
  std::string_view asset_;
  std::string_view allow_;
  std::string location_;
  std::string file_name_;
  std::string session_cookie_;
  std::string language_cookie_;
  std::string device_cookie_;
  std::string refresh_;
  base::Fd file_;
  std::uint64_t file_size_ = 0;
  bool closes_ = false;
};

}  // namespace web
