#include "daemon/mail_codes.h"

#include "base/secret_access.h"
#include "daemon/base32.h"
#include "daemon/totp.h"

namespace core {

MailCode::MailCode(Random& random, base::MonoTime now) : ends_{now.ms + kLifeMs} {
  const auto digits = text_.fill(base::secret_access(), kDigits);
  for (auto& digit : digits) {
    // 250 of 256 values, so that each digit is as likely as the next.
    std::uint8_t byte = 255;
    while (byte >= 250) random.fill({&byte, 1});
    digit = static_cast<std::uint8_t>('0' + byte % 10);
  }
}

bool MailCode::take(const base::Secret<32>& typed) {
  const auto value = parse_code(typed, kDigits);
  if (!value || text_.empty()) return false;
  const auto own = parse_code(text_, kDigits);
  const bool right = (*value ^ *own) == 0;
  if (right || ++tries_ >= kTriesMax) text_.wipe();
  return right;
}

ResetKey::ResetKey(Random& random, base::MonoTime now) : ends_{now.ms + kLifeMs} {
  text_ = to_base32(random.secret<kKeyBytes>());
}

bool ResetKey::matches(const base::Secret<32>& typed, base::MonoTime now) {
  const bool open = !text_.empty() && now < ends_ && ++tries_ <= MailCode::kTriesMax;
  const auto bytes = from_base32(typed);
  const auto own = from_base32(text_);
  return bytes && own && own->equals(*bytes) && open;
}

}  // namespace core
