// Result<T>: what every function that can fail returns, and TRY, which passes a failure on.
//
// An Error names what went wrong and which field, never the offending value: it may be shown,
// logged and sent to a less trusted peer as it is. Texts for people are chosen from it, in ja and
// en, by whoever talks to people. ASSERT is for our own bugs and stays on in release builds; it is
// never for input, peers, disks or HSMs.
#pragma once

#include <cstdint>
#include <cstring>
#include <expected>
#include <string_view>
#include <utility>

namespace base {

enum class Code : std::uint8_t {
  kInvalid,      // not of the form that the field takes
  kMissing,      // required, but empty or absent
  kTooLong,      // longer than the field allows
  kTooMany,      // more items, sessions or requests than the limit
  kCheckDigit,   // an individual number whose check digit is wrong
  kMismatch,     // two entries that should be equal are not
  kDuplicate,    // exists already
  kNotFound,     // no such thing, or not one that the asker may know of
  kDenied,       // policy says no
  kStepUp,       // policy wants a fresh re-authentication for exactly this act
  kExpired,      // was valid once
  kUsed,         // may be used once and has been
  kBudget,       // the reveal budget is spent
  kConflict,     // somebody else changed it meanwhile
  kLocked,       // too many failures; try later
  kState,        // the appliance is not in a state that allows this
  kUnavailable,  // a process or device that is needed does not answer now
  kTimeout,      // it did not answer in time; the outcome is unknown
  kFull,         // no room on a disk or in a log
  kIo,           // the operating system reported an error
  kCorrupt,      // stored or received bytes are not what we wrote
  kProtocol,     // a peer broke the rules of its edge
  kInternal,     // a bug of ours, contained
  kLast = kInternal,
};

// Stable lower-case name of a code, for logs and JSON.
std::string_view name(Code code);

// A short ASCII field name held by value, so that errors can cross processes. At most kMax bytes;
// longer names are cut.
class FieldName {
 public:
  static constexpr std::size_t kMax = 31;

  constexpr FieldName() = default;
  // NOLINTNEXTLINE(google-explicit-constructor): field names are written as literals everywhere
  constexpr FieldName(const char* text) : FieldName(std::string_view(text)) {}
  constexpr explicit FieldName(std::string_view text) {
    size_ = static_cast<std::uint8_t>(text.size() < kMax ? text.size() : kMax);
    for (std::size_t i = 0; i < size_; ++i) chars_[i] = text[i];
  }

  [[nodiscard]] constexpr std::string_view view() const { return {chars_, size_}; }
  friend constexpr bool operator==(const FieldName& a, const FieldName& b) {
    return a.view() == b.view();
  }

 private:
  char chars_[kMax] = {};
  std::uint8_t size_ = 0;
};

struct Error {
  Code code = Code::kInternal;
  FieldName field;
  friend bool operator==(const Error&, const Error&) = default;
};

template <class T = void>
using Result = std::expected<T, Error>;

// `return fail(Code::kTooLong, "kana");`
[[nodiscard]] inline std::unexpected<Error> fail(Code code, FieldName field = {}) {
  return std::unexpected<Error>(Error{code, field});
}

// Prints where and what, then aborts. Never prints values.
[[noreturn]] void assertion_failed(const char* what, const char* file, int line);

// Unwraps a Result that is known to hold a value; what TRY and CO_TRY end with.
template <class T>
T take(Result<T>&& result) {
  return *std::move(result);
}
inline void take(Result<>&& /*result*/) {}

}  // namespace base

// Evaluates to the value, or returns the error from the enclosing function. May be nested: each use
// has a variable of its own.
#define TRY_JOIN2_(a, b) a##b
#define TRY_JOIN_(a, b) TRY_JOIN2_(a, b)
// NOLINTBEGIN(bugprone-macro-parentheses): a declaration cannot stand in parentheses
#define TRY_AS_(result, expression)                                     \
  __extension__({                                                       \
    auto result = (expression);                                         \
    if (!result.has_value()) [[unlikely]]                               \
      return std::unexpected<::base::Error>(std::move(result).error()); \
    ::base::take(std::move(result));                                    \
  })
#define TRY(expression) TRY_AS_(TRY_JOIN_(try_result_, __COUNTER__), expression)

// The same in a coroutine: CO_TRY(auto reply, co_await channel.call(...)); and, for Result<void>,
// CO_CHECK(co_await channel.call(...)). Two statements, because GCC 12 cannot compile a co_await
// inside a statement expression.
#define CO_TRY(declaration, expression)                                             \
  auto TRY_JOIN_(co_try_, __LINE__) = (expression);                                 \
  if (!TRY_JOIN_(co_try_, __LINE__).has_value()) [[unlikely]]                       \
    co_return std::unexpected<::base::Error>(TRY_JOIN_(co_try_, __LINE__).error()); \
  declaration = *std::move(TRY_JOIN_(co_try_, __LINE__))
// NOLINTEND(bugprone-macro-parentheses)
#define CO_CHECK(expression)                                       \
  do {                                                             \
    auto co_check_ = (expression);                                 \
    if (!co_check_.has_value()) [[unlikely]]                       \
      co_return std::unexpected<::base::Error>(co_check_.error()); \
  } while (false)

#define ASSERT(condition)                              \
  (static_cast<bool>(condition) ? static_cast<void>(0) \
                                : ::base::assertion_failed(#condition, __FILE__, __LINE__))
