// A code that was sent by mail: eight digits, so that no code of an authenticator app can be taken
// for one, good once, for ten minutes and five tries. In memory only.
#pragma once

#include "base/clock.h"
#include "base/secret.h"
#include "daemon/random.h"

namespace core {

class MailCode {
 public:
  static constexpr unsigned kDigits = 8;
  static constexpr std::int64_t kLifeMs = std::int64_t{10} * 60'000;
  static constexpr unsigned kTriesMax = 5;

  MailCode() = default;  // none
  MailCode(Random& random, base::MonoTime now);

  [[nodiscard]] bool open(base::MonoTime now) const { return !text_.empty() && now < ends_; }
  [[nodiscard]] const base::Secret<32>& text() const { return text_; }
  // True once, for the code as people type it: with blanks, in full-width digits. What is no code
  // of eight digits is no try.
  bool take(const base::Secret<32>& typed);

 private:
  base::Secret<32> text_;  // ASCII
  base::MonoTime ends_;
  unsigned tries_ = 0;
};

// A key that was sent by mail for a forgotten password: good once, for half an hour and five tries.
class ResetKey {
 public:
  static constexpr std::int64_t kLifeMs = std::int64_t{30} * 60'000;

  ResetKey() = default;  // none
  ResetKey(Random& random, base::MonoTime now);

  [[nodiscard]] const base::Secret<32>& text() const { return text_; }
  // Whether it is this one; it stays good until it is dropped.
  bool matches(const base::Secret<32>& typed, base::MonoTime now);

 private:
  base::Secret<32> text_;  // base32
  base::MonoTime ends_;
  unsigned tries_ = 0;
};

}  // namespace core
