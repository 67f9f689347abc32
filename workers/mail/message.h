// One mail as it goes over the line: RFC 5322 with MIME. Headers are ASCII that we made; whatever
// else there is travels in base64, so that nothing in a text can end a header or the mail.
#pragma once

#include <string>

#include "base/clock.h"
#include "ipc/console_core.h"

namespace mail {

inline constexpr std::size_t kMessageMax = std::size_t{16} * 1024;
using Message = base::Secret<kMessageMax>;

struct Origin {
  std::string from;  // an address
};

// kInvalid "to" for what is no plain address; kTooLong.
base::Result<Message> message_of(const ipc::TakeMail::Reply& mail, const Origin& origin);

// A header's text by RFC 2047 in UTF-8 and base64, folded before column 76, split between
// characters only.
std::string encoded_words(std::string_view text);

// RFC 5322, 3.3, in UTC.
std::string date_of(base::WallTime at);

}  // namespace mail
