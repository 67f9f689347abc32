// multipart/form-data (RFC 7578) as browsers send it, read strictly from a whole body: exact
// delimiters, two known headers, one file. The file's name is not kept: nothing of ours is named by
// a user. Pure: views into the body, nothing copied but the form.
#pragma once

#include <optional>
#include <string_view>

#include "web/form.h"

namespace web {

inline constexpr std::size_t kPartsMax = 64;
inline constexpr std::size_t kUploadMax = std::size_t{32} * 1024 * 1024;  // of the file
inline constexpr std::size_t kUploadBodyMax = kUploadMax + kFormBytesMax;

struct Multipart {
  Form form;                             // the text parts
  std::optional<std::string_view> file;  // the one file part; none when no file was chosen
  std::string_view file_field;           // its name
};

// kInvalid for what a browser does not send, kTooMany for a second file or too many parts,
// kTooLong.
base::Result<Multipart> parse_multipart(std::string_view body, std::string_view boundary);
// What parse_multipart reads back as the same; `boundary` must not occur in the values.
std::string encode_multipart(const Multipart& multipart, std::string_view boundary);

}  // namespace web
