// Bounded text. Text<N> is valid UTF-8 of at most N bytes without control characters (tab and line
// feed included), so that it can stand in a log line, a page or a CSV field without surprises.
// List<T, N> is a vector of at most N elements.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace base {

// True for well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms) without C0, DEL and C1.
bool is_clean_utf8(std::string_view text);

template <std::size_t N>
class Text {
 public:
  static constexpr std::size_t kMax = N;

  Text() = default;
  // kTooLong over N bytes; kInvalid for what is not clean UTF-8. `field` names the input in the
  // error.
  static Result<Text> from(std::string_view text, FieldName field = "text") {
    if (text.size() > N) return fail(Code::kTooLong, field);
    if (!is_clean_utf8(text)) return fail(Code::kInvalid, field);
    Text out;
    out.data_ = text;
    return out;
  }
  // For literals of ours: a value that does not fit is a bug.
  static Text literal(std::string_view text) {
    auto out = from(text);
    ASSERT(out.has_value());
    return *std::move(out);
  }

  [[nodiscard]] std::string_view view() const { return data_; }
  [[nodiscard]] const std::string& str() const { return data_; }
  [[nodiscard]] bool empty() const { return data_.empty(); }
  friend auto operator<=>(const Text&, const Text&) = default;

 private:
  std::string data_;
};

template <class T, std::size_t N>
class List {
 public:
  static constexpr std::size_t kMax = N;
  using value_type = T;

  List() = default;
  // kTooMany when there are more than N.
  static Result<List> from(std::vector<T> items) {
    if (items.size() > N) return fail(Code::kTooMany, "list");
    List out;
    out.items_ = std::move(items);
    return out;
  }
  // kTooMany when it is full.
  Result<> push(T item) {
    if (items_.size() >= N) return fail(Code::kTooMany, "list");
    items_.push_back(std::move(item));
    return {};
  }

  [[nodiscard]] std::size_t size() const { return items_.size(); }
  [[nodiscard]] bool empty() const { return items_.empty(); }
  [[nodiscard]] bool full() const { return items_.size() >= N; }
  T& operator[](std::size_t i) { return items_[i]; }
  const T& operator[](std::size_t i) const { return items_[i]; }
  auto begin() { return items_.begin(); }
  auto end() { return items_.end(); }
  auto begin() const { return items_.begin(); }
  auto end() const { return items_.end(); }
  std::vector<T> release() && { return std::move(items_); }
  friend bool operator==(const List&, const List&) = default;

 private:
  std::vector<T> items_;
};

}  // namespace base
