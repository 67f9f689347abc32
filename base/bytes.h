// Bounded byte strings. Bytes<N> holds 0 to N bytes, FixedBytes<N> exactly N. Neither is for
// secrets (see base/secret.h). Hex text in and out for ids and digests.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace base {

using ByteSpan = std::span<const std::uint8_t>;

inline ByteSpan as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view as_text(ByteSpan bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// 0 to N bytes on the heap.
template <std::size_t N>
class Bytes {
 public:
  static constexpr std::size_t kMax = N;

  Bytes() = default;
  // kTooLong when there are more than N.
  static Result<Bytes> from(ByteSpan bytes) {
    if (bytes.size() > N) return fail(Code::kTooLong, "bytes");
    Bytes out;
    out.data_.assign(bytes.begin(), bytes.end());
    return out;
  }
  static Result<Bytes> adopt(std::vector<std::uint8_t> bytes) {
    if (bytes.size() > N) return fail(Code::kTooLong, "bytes");
    Bytes out;
    out.data_ = std::move(bytes);
    return out;
  }

  [[nodiscard]] ByteSpan view() const { return data_; }
  [[nodiscard]] std::size_t size() const { return data_.size(); }
  [[nodiscard]] bool empty() const { return data_.empty(); }
  friend bool operator==(const Bytes&, const Bytes&) = default;

 private:
  std::vector<std::uint8_t> data_;
};

// Exactly N bytes, inline, zero at first.
template <std::size_t N>
class FixedBytes {
 public:
  static constexpr std::size_t kSize = N;

  constexpr FixedBytes() = default;
  explicit FixedBytes(const std::array<std::uint8_t, N>& bytes) : data_(bytes) {}
  // kInvalid unless there are exactly N.
  static Result<FixedBytes> from(ByteSpan bytes) {
    if (bytes.size() != N) return fail(Code::kInvalid, "length");
    FixedBytes out;
    std::copy(bytes.begin(), bytes.end(), out.data_.begin());
    return out;
  }

  [[nodiscard]] ByteSpan view() const { return data_; }
  [[nodiscard]] std::span<std::uint8_t> mutable_view() { return data_; }
  friend auto operator<=>(const FixedBytes&, const FixedBytes&) = default;

 private:
  std::array<std::uint8_t, N> data_{};
};

using Digest = FixedBytes<32>;  // SHA-256

// Lower-case hexadecimal.
std::string to_hex(ByteSpan bytes);
// kInvalid for odd lengths and for anything but [0-9a-f].
Result<std::vector<std::uint8_t>> from_hex(std::string_view text);

}  // namespace base
