#include "workers/mail/message.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "base/mail_address.h"
#include "base/secret_access.h"

namespace mail {

using base::Code;
using base::fail;
using base::Result;

namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::size_t kLineBytes = 57;  // 76 characters of base64 (RFC 2045, 6.8)
// =?UTF-8?B? and ?= around at most 45 bytes make 72 columns (RFC 2047, 2); the first word stands
// behind the header's name.
constexpr std::size_t kWordBytes = 45;
constexpr std::size_t kFirstWordBytes = 39;

std::array<char, 4> quad(base::ByteSpan bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    value = (value << 8U) | (i < bytes.size() ? bytes[i] : std::uint8_t{0});
  }
  std::array<char, 4> out{};
  for (std::size_t i = 0; i < 4; ++i) out.at(3 - i) = kAlphabet[(value >> (6 * i)) & 63U];
  if (bytes.size() < 3) out[3] = '=';
  if (bytes.size() < 2) out[2] = '=';
  return out;
}

// Into a buffer that wipes itself: bodies hold codes and keys.
class Writer {
 public:
  void add(std::string_view text) {
    if (used_ + text.size() > kMessageMax) {
      full_ = true;
      return;
    }
    const auto room = out_.fill(base::secret_access(), used_ + text.size());
    std::ranges::copy(base::as_bytes(text), room.begin() + static_cast<std::ptrdiff_t>(used_));
    used_ += text.size();
  }
  void add_base64_line(base::ByteSpan bytes) {
    for (; !bytes.empty(); bytes = bytes.subspan(std::min<std::size_t>(3, bytes.size()))) {
      const auto four = quad(bytes.first(std::min<std::size_t>(3, bytes.size())));
      add({four.data(), four.size()});
    }
    add("\r\n");
  }
  Result<Message> take() {
    if (full_) return fail(Code::kTooLong, "text");
    return std::move(out_);
  }

 private:
  Message out_;
  std::size_t used_ = 0;
  bool full_ = false;
};

// Lines of text end with CRLF in transit (RFC 2046, 4.1.1), inside base64 too.
void add_body(Writer& writer, base::ByteSpan text) {
  base::Secret<kLineBytes> line;
  std::size_t used = 0;
  const auto put = [&](std::uint8_t byte) {
    line.fill(base::secret_access(), used + 1)[used] = byte;
    if (++used < kLineBytes) return;
    writer.add_base64_line(line.read(base::secret_access()));
    used = 0;
  };
  for (const std::uint8_t byte : text) {
    if (byte == '\n') put('\r');
    put(byte);
  }
  if (used > 0) writer.add_base64_line(line.read(base::secret_access()).first(used));
}

bool continues_character(char c) { return (static_cast<std::uint8_t>(c) & 0xC0U) == 0x80U; }

}  // namespace

std::string encoded_words(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t most = out.empty() ? kFirstWordBytes : kWordBytes;
    std::size_t size = std::min(most, text.size());
    while (size > 0 && size < text.size() && continues_character(text[size])) --size;
    if (size == 0) size = std::min(most, text.size());  // no UTF-8 at all
    if (!out.empty()) out += "\r\n ";
    out += "=?UTF-8?B?";
    base::ByteSpan bytes = base::as_bytes(text.substr(0, size));
    for (; !bytes.empty(); bytes = bytes.subspan(std::min<std::size_t>(3, bytes.size()))) {
      const auto four = quad(bytes.first(std::min<std::size_t>(3, bytes.size())));
      out.append(four.data(), four.size());
    }
    out += "?=";
    text.remove_prefix(size);
  }
  return out;
}

std::string date_of(base::WallTime at) {
  constexpr std::array<const char*, 7> kDays{"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
  constexpr std::array<const char*, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::int64_t days = std::max<std::int64_t>(at.ms, 0) / 86'400'000;
  const std::string iso = base::to_rfc3339(at);  // 2026-04-01T09:00:00...
  const auto month = static_cast<std::size_t>((iso[5] - '0') * 10 + (iso[6] - '0') - 1);
  return std::string(kDays.at(static_cast<std::size_t>(days % 7))) + ", " + iso.substr(8, 2) + " " +
         kMonths.at(month % 12) + " " + iso.substr(0, 4) + " " + iso.substr(11, 8) + " +0000";
}

Result<Message> message_of(const ipc::TakeMail::Reply& mail, const Origin& origin) {
  // Core has looked at it: once more, where it becomes a line of a protocol.
  if (!base::is_mail_address(mail.to.view())) return fail(Code::kInvalid, "to");
  const std::string_view domain = std::string_view(origin.from).substr(origin.from.find('@') + 1);
  Writer out;
  out.add("From: Kagikura <" + origin.from + ">\r\n");
  out.add("To: <" + mail.to.str() + ">\r\n");
  out.add("Subject: " + encoded_words(mail.subject.view()) + "\r\n");
  out.add("Date: " + date_of(mail.made_at) + "\r\n");
  // The same at each try, so that a relay that took it and did not say so need not deliver twice.
  out.add("Message-ID: <" + base::to_text(mail.id) + "@" + std::string(domain) + ">\r\n");
  // No answers by machines (RFC 3834, 5).
  out.add("Auto-Submitted: auto-generated\r\n");
  out.add("MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\n");
  out.add("Content-Transfer-Encoding: base64\r\n\r\n");
  add_body(out, mail.text.read(base::secret_access()));
  return out.take();
}

}  // namespace mail
