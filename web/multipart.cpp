#include "web/multipart.h"

namespace web {

namespace {

using base::Code;
using base::fail;
using base::Result;

constexpr std::string_view kCrLf = "\r\n";
constexpr std::string_view kDisposition = "Content-Disposition: form-data; name=\"";
constexpr std::string_view kFileName = "; filename=\"";
constexpr std::string_view kType = "Content-Type: ";
constexpr std::size_t kFileNameMax = 1024;  // of bytes that are thrown away
constexpr std::size_t kTypeMax = 128;

// Takes `prefix` off the front, or fails.
Result<> take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return fail(Code::kInvalid, "multipart");
  text.remove_prefix(prefix.size());
  return {};
}

// Takes what stands before `end`, and `end`.
Result<std::string_view> take_until(std::string_view& text, std::string_view end, std::size_t max) {
  const auto at = text.find(end);
  if (at == std::string_view::npos || at > max) return fail(Code::kInvalid, "multipart");
  const std::string_view out = text.substr(0, at);
  text.remove_prefix(at + end.size());
  return out;
}

bool is_line(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < ' ' || c == 0x7F) return false;
  }
  return true;
}

struct PartHead {
  std::string_view name;
  bool is_file = false;
  bool named = false;  // the file has a name: one was chosen
};

// The header lines and the empty one. Browsers write them in this order and spelling.
Result<PartHead> take_part_head(std::string_view& text) {
  PartHead out;
  TRY(take(text, kDisposition));
  out.name = TRY(take_until(text, "\"", kFieldNameMax));
  if (text.starts_with(kFileName)) {
    text.remove_prefix(kFileName.size());
    const std::string_view file_name = TRY(take_until(text, "\"", kFileNameMax));
    if (!is_line(file_name)) return fail(Code::kInvalid, "filename");
    out.is_file = true;
    out.named = !file_name.empty();
  }
  TRY(take(text, kCrLf));
  if (text.starts_with(kType)) {
    text.remove_prefix(kType.size());
    if (!is_line(TRY(take_until(text, kCrLf, kTypeMax)))) return fail(Code::kInvalid, "multipart");
  }
  TRY(take(text, kCrLf));
  return out;
}

Result<> keep(const PartHead& head, std::string_view value, Multipart& out) {
  if (!head.is_file) return out.form.add(head.name, value);
  if (!head.named && value.empty()) return {};  // a file field that was left empty
  if (out.file) return fail(Code::kTooMany, "file");
  if (value.size() > kUploadMax) return fail(Code::kTooLong, "file");
  // The same rule for the field's name as for every other.
  Form name_only;
  TRY(name_only.add(head.name, ""));
  out.file = value;
  out.file_field = head.name;
  return {};
}

}  // namespace

Result<Multipart> parse_multipart(std::string_view body, std::string_view boundary) {
  if (body.size() > kUploadBodyMax) return fail(Code::kTooLong, "multipart");
  const std::string opening = "--" + std::string(boundary);
  const std::string delimiter = "\r\n" + opening;
  Multipart out;
  TRY(take(body, opening));
  for (std::size_t parts = 0;; ++parts) {
    if (body.starts_with("--")) break;
    if (parts == kPartsMax) return fail(Code::kTooMany, "parts");
    TRY(take(body, kCrLf));
    const PartHead head = TRY(take_part_head(body));
    TRY(keep(head, TRY(take_until(body, delimiter, kUploadBodyMax)), out));
  }
  // Nothing may follow the end (an epilogue is nobody's).
  if (body != "--\r\n" && body != "--") return fail(Code::kInvalid, "multipart");
  return out;
}

std::string encode_multipart(const Multipart& multipart, std::string_view boundary) {
  std::string out;
  const auto part = [&](std::string_view name, std::string_view more, std::string_view value) {
    out.append("--").append(boundary).append(kCrLf);
    out.append(kDisposition).append(name).append("\"").append(more).append(kCrLf).append(kCrLf);
    out.append(value).append(kCrLf);
  };
  for (std::size_t i = 0; i < multipart.form.size(); ++i) {
    part(multipart.form.at(i).name, "", multipart.form.at(i).value);
  }
  if (multipart.file) part(multipart.file_field, "; filename=\"file\"", *multipart.file);
  return out.append("--").append(boundary).append("--\r\n");
}

}  // namespace web
