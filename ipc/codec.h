// The codec of messages and stored records. Field by field, in the order of declaration;
// fixed-width little-endian integers; one encoding per value; no trailing bytes. The fields of a
// message are found by the compiler (structured bindings over an aggregate), so that none can be
// forgotten, and a type that the codec does not know does not compile. All template cleverness of
// the project lives here.
//
//   integer     its bytes, little-endian          bool         0 or 1
//   enum        one byte, at most E::kLast        Id, times    their integer
//   Text<N>     u32 length, UTF-8                 Bytes<N>     u32 length, bytes
//   FixedBytes  the bytes                         Secret<N>    u32 length, bytes (wiped buffers)
//   List<T, N>  u32 count, elements               optional     0, or 1 and the value
//   variant     one byte (the index), the value   Error        code, field
//   Fd          travels beside the bytes; one byte (1 when there is a descriptor)
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/fd.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/secret_access.h"
#include "base/terms.h"
#include "base/text.h"
#include "ipc/buffer.h"

namespace ipc {

inline constexpr std::size_t kFdsMax = 4;  // descriptors in one message

namespace codec_detail {

struct Anything {
  template <class T>
  operator T() const;  // NOLINT: stands for "a value of whatever type the field has"
};

template <class T, std::size_t... I>
constexpr bool brace_constructible(std::index_sequence<I...> /*indices*/) {
  return requires { T{(static_cast<void>(I), Anything{})...}; };
}

inline constexpr std::size_t kFieldsMax = 24;

template <class T, std::size_t N = kFieldsMax + 1>
constexpr std::size_t field_count() {
  if constexpr (N == 0) {
    return 0;
  } else if constexpr (brace_constructible<T>(std::make_index_sequence<N>{})) {
    return N;
  } else {
    return field_count<T, N - 1>();
  }
}

// Calls visit(field...) with every field of an aggregate. A structured binding has as many names as
// fields, so each count has its line.
template <class T, class Visit>
// NOLINTNEXTLINE(readability-function-size)
constexpr auto with_fields(T& object, Visit visit) {
  constexpr std::size_t kCount = field_count<std::remove_const_t<T>>();
  static_assert(kCount <= kFieldsMax, "split the message, or raise kFieldsMax");
  if constexpr (kCount == 0) {
    return visit();
  } else if constexpr (kCount == 1) {
    auto& [f0] = object;
    return visit(f0);
  } else if constexpr (kCount == 2) {
    auto& [f0, f1] = object;
    return visit(f0, f1);
  } else if constexpr (kCount == 3) {
    auto& [f0, f1, f2] = object;
    return visit(f0, f1, f2);
  } else if constexpr (kCount == 4) {
    auto& [f0, f1, f2, f3] = object;
    return visit(f0, f1, f2, f3);
  } else if constexpr (kCount == 5) {
    auto& [f0, f1, f2, f3, f4] = object;
    return visit(f0, f1, f2, f3, f4);
  } else if constexpr (kCount == 6) {
    auto& [f0, f1, f2, f3, f4, f5] = object;
    return visit(f0, f1, f2, f3, f4, f5);
  } else if constexpr (kCount == 7) {
    auto& [f0, f1, f2, f3, f4, f5, f6] = object;
    return visit(f0, f1, f2, f3, f4, f5, f6);
  } else if constexpr (kCount == 8) {
    auto& [f0, f1, f2, f3, f4, f5, f6, f7] = object;
    return visit(f0, f1, f2, f3, f4, f5, f6, f7);
  } else if constexpr (kCount == 9) {
    auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8] = object;
    return visit(f0, f1, f2, f3, f4, f5, f6, f7, f8);
  } else if constexpr (kCount == 10) {
    auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8, f9] = object;
    return visit(f0, f1, f2, f3, f4, f5, f6, f7, f8, f9);
  } else if constexpr (kCount == 11) {
    auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10] = object;
    return visit(f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10);
  } else if constexpr (kCount == 12) {
    auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11] = object;
    return visit(f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11);
  } else if constexpr (kCount == 13) {
    auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12] = object;
    return visit(f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12);
  } else if constexpr (kCount == 14) {
    auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13] = object;
    return visit(f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13);
  } else if constexpr (kCount == 15) {
    auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14] = object;
    return visit(f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14);
  } else if constexpr (kCount == 16) {
    auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15] = object;
    return visit(f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15);
  } else if constexpr (kCount == 17) {
    auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16] = object;
    return visit(f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16);
  } else if constexpr (kCount == 18) {
    auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17] = object;
    return visit(f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17);
  } else if constexpr (kCount == 19) {
    auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18] =
        object;
    return visit(f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17,
                 f18);
  } else if constexpr (kCount == 20) {
    auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18,
           f19] = object;
    return visit(f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17,
                 f18, f19);
  } else if constexpr (kCount == 21) {
    auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19,
           f20] = object;
    return visit(f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17,
                 f18, f19, f20);
  } else if constexpr (kCount == 22) {
    auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19,
           f20, f21] = object;
    return visit(f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17,
                 f18, f19, f20, f21);
  } else if constexpr (kCount == 23) {
    auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19,
           f20, f21, f22] = object;
    return visit(f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17,
                 f18, f19, f20, f21, f22);
  } else if constexpr (kCount == 24) {
    auto& [f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19,
           f20, f21, f22, f23] = object;
    return visit(f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17,
                 f18, f19, f20, f21, f22, f23);
  }
}

template <class T>
struct Kind {
  static constexpr bool kText = false, kBytes = false, kFixed = false, kSecret = false,
                        kList = false, kOptional = false, kVariant = false;
};
template <std::size_t N>
struct Kind<base::Text<N>> : Kind<void> {
  static constexpr bool kText = true;
};
template <std::size_t N>
struct Kind<base::Bytes<N>> : Kind<void> {
  static constexpr bool kBytes = true;
};
template <std::size_t N>
struct Kind<base::FixedBytes<N>> : Kind<void> {
  static constexpr bool kFixed = true;
};
template <std::size_t N>
struct Kind<base::Secret<N>> : Kind<void> {
  static constexpr bool kSecret = true;
};
template <class T, std::size_t N>
struct Kind<base::List<T, N>> : Kind<void> {
  static constexpr bool kList = true;
};
template <class T>
struct Kind<std::optional<T>> : Kind<void> {
  static constexpr bool kOptional = true;
};
template <class... T>
struct Kind<std::variant<T...>> : Kind<void> {
  static constexpr bool kVariant = true;
};

}  // namespace codec_detail

class Encoder {
 public:
  template <class T>
  void put(const T& value) {
    using K = codec_detail::Kind<T>;
    if constexpr (std::is_same_v<T, bool>) {
      integer(static_cast<std::uint8_t>(value));
    } else if constexpr (std::is_enum_v<T>) {
      static_assert(sizeof(T) == 1);
      integer(static_cast<std::uint8_t>(value));
    } else if constexpr (std::is_integral_v<T>) {
      integer(static_cast<std::make_unsigned_t<T>>(value));
    } else if constexpr (std::is_same_v<T, base::Error>) {
      put(value.code);
      block(base::as_bytes(value.field.view()));
    } else if constexpr (std::is_same_v<T, base::Fd>) {
      put(value.valid());
      if (value.valid()) fds_.push_back(value.get());
    } else if constexpr (K::kText) {
      block(base::as_bytes(value.view()));
    } else if constexpr (K::kBytes) {
      block(value.view());
    } else if constexpr (K::kFixed) {
      raw(value.view());
    } else if constexpr (K::kSecret) {
      block(value.read(base::secret_access()));
    } else if constexpr (K::kList) {
      integer(static_cast<std::uint32_t>(value.size()));
      for (const auto& item : value) put(item);
    } else if constexpr (K::kOptional) {
      put(value.has_value());
      if (value.has_value()) put(*value);
    } else if constexpr (K::kVariant) {
      integer(static_cast<std::uint8_t>(value.index()));
      std::visit([&](const auto& alternative) { put(alternative); }, value);
    } else {
      static_assert(std::is_aggregate_v<T>, "the codec does not know this type");
      codec_detail::with_fields(value, [&](const auto&... fields) { (put(fields), ...); });
    }
  }

  [[nodiscard]] Buffer release() && { return std::move(out_); }
  [[nodiscard]] base::ByteSpan view() const { return out_; }
  // Descriptors in order; still owned by the message that was encoded.
  [[nodiscard]] const std::vector<int>& fds() const { return fds_; }

 private:
  void raw(base::ByteSpan bytes) { out_.insert(out_.end(), bytes.begin(), bytes.end()); }
  void block(base::ByteSpan bytes) {
    integer(static_cast<std::uint32_t>(bytes.size()));
    raw(bytes);
  }
  template <class U>
  void integer(U value) {
    std::array<std::uint8_t, sizeof(U)> bytes{};
    for (std::size_t i = 0; i < sizeof(U); ++i) {
      bytes[i] = static_cast<std::uint8_t>(static_cast<std::uint64_t>(value) >> (8 * i));
    }
    raw(bytes);
  }

  Buffer out_;
  std::vector<int> fds_;
};

// Reads what Encoder wrote. Every failure is kProtocol (kCorrupt is for the caller to say, who
// knows whether a peer or a disk is to blame) with the kind of value that was wrong as its field.
class Decoder {
 public:
  explicit Decoder(base::ByteSpan bytes, std::vector<base::Fd>* fds = nullptr)
      : left_(bytes), fds_(fds) {}

  template <class T>
  base::Result<T> get() {
    T value{};
    TRY(fill(value));
    return value;
  }

  // kProtocol unless every byte and every descriptor has been read.
  [[nodiscard]] base::Result<> finish() const {
    if (!left_.empty()) return base::fail(base::Code::kProtocol, "trailing");
    if (fds_ != nullptr && next_fd_ != fds_->size())
      return base::fail(base::Code::kProtocol, "fds");
    return {};
  }

 private:
  // One branch a kind, of which one is compiled.
  template <class T>
  // NOLINTNEXTLINE(readability-function-size)
  base::Result<> fill(T& out) {
    using K = codec_detail::Kind<T>;
    if constexpr (std::is_same_v<T, bool>) {
      const auto byte = TRY(integer<std::uint8_t>());
      if (byte > 1) return base::fail(base::Code::kProtocol, "bool");
      out = byte == 1;
    } else if constexpr (std::is_enum_v<T>) {
      const auto byte = TRY(integer<std::uint8_t>());
      if (byte > static_cast<std::uint8_t>(T::kLast)) {
        return base::fail(base::Code::kProtocol, "enum");
      }
      out = static_cast<T>(byte);
    } else if constexpr (std::is_integral_v<T>) {
      out = static_cast<T>(TRY(integer<std::make_unsigned_t<T>>()));
    } else if constexpr (std::is_same_v<T, base::Error>) {
      TRY(fill(out.code));
      const base::ByteSpan field = TRY(block(base::FieldName::kMax));
      if (!base::is_clean_utf8(base::as_text(field))) {
        return base::fail(base::Code::kProtocol, "error");
      }
      out.field = base::FieldName(base::as_text(field));
    } else if constexpr (std::is_same_v<T, base::Fd>) {
      TRY(take_fd(out));
    } else if constexpr (K::kText || K::kBytes || K::kSecret) {
      const base::ByteSpan bytes = TRY(block(T::kMax));
      if constexpr (K::kText) {
        auto text = T::from(base::as_text(bytes));
        if (!text) return base::fail(base::Code::kProtocol, "text");
        out = *std::move(text);
      } else {
        out = TRY(T::from(bytes));
      }
    } else if constexpr (K::kFixed) {
      out = TRY(T::from(TRY(raw(T::kSize))));
    } else if constexpr (K::kList) {
      TRY(fill_list(out));
    } else if constexpr (K::kOptional) {
      bool present = false;
      TRY(fill(present));
      if (present) TRY(fill(out.emplace()));
    } else if constexpr (K::kVariant) {
      TRY(fill_variant(out, std::make_index_sequence<std::variant_size_v<T>>{}));
    } else {
      static_assert(std::is_aggregate_v<T>, "the codec does not know this type");
      TRY(codec_detail::with_fields(out, [&](auto&... fields) -> base::Result<> {
        base::Result<> result;
        static_cast<void>(((result = fill(fields)).has_value() && ...));
        return result;
      }));
    }
    return {};
  }

  template <class T, std::size_t N>
  base::Result<> fill_list(base::List<T, N>& out) {
    const auto count = TRY(integer<std::uint32_t>());
    // Every element takes a byte at least: no count can make us allocate more than was sent.
    if (count > N || count > left_.size()) return base::fail(base::Code::kProtocol, "list");
    std::vector<T> items;
    items.reserve(count);
    for (std::uint32_t i = 0; i < count; ++i) items.push_back(TRY(get<T>()));
    out = TRY((base::List<T, N>::from(std::move(items))));
    return {};
  }

  template <class... T, std::size_t... I>
  base::Result<> fill_variant(std::variant<T...>& out, std::index_sequence<I...> /*indices*/) {
    const auto index = TRY(integer<std::uint8_t>());
    base::Result<> result = base::fail(base::Code::kProtocol, "tag");
    static_cast<void>(
        ((index == I ? (result = fill(out.template emplace<I>()), true) : false) || ...));
    return result;
  }

  base::Result<> take_fd(base::Fd& out) {
    bool present = false;
    TRY(fill(present));
    if (!present) return {};
    if (fds_ == nullptr || next_fd_ >= fds_->size()) {
      return base::fail(base::Code::kProtocol, "fds");
    }
    out = std::move((*fds_)[next_fd_++]);
    return {};
  }

  base::Result<base::ByteSpan> raw(std::size_t size) {
    if (left_.size() < size) return base::fail(base::Code::kProtocol, "short");
    const base::ByteSpan out = left_.first(size);
    left_ = left_.subspan(size);
    return out;
  }
  base::Result<base::ByteSpan> block(std::size_t max) {
    const auto size = TRY(integer<std::uint32_t>());
    if (size > max) return base::fail(base::Code::kProtocol, "length");
    return raw(size);
  }
  template <class U>
  base::Result<U> integer() {
    const base::ByteSpan bytes = TRY(raw(sizeof(U)));
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < sizeof(U); ++i) value |= std::uint64_t{bytes[i]} << (8 * i);
    return static_cast<U>(value);
  }

  base::ByteSpan left_;
  std::vector<base::Fd>* fds_;
  std::size_t next_fd_ = 0;
};

// A whole value from exactly these bytes.
template <class T>
base::Result<T> decode(base::ByteSpan bytes, std::vector<base::Fd>* fds = nullptr) {
  Decoder decoder(bytes, fds);
  T value = TRY(decoder.get<T>());
  TRY(decoder.finish());
  return value;
}

template <class T>
Buffer encode(const T& value) {
  Encoder encoder;
  encoder.put(value);
  return std::move(encoder).release();
}

}  // namespace ipc
