// Sample values for any type that the codec knows: every field gets a different value, lists get
// two elements, optionals are present. The same on every machine, so that golden files can hold
// the bytes.
#pragma once

#include <string>
#include <string_view>

#include "ipc/codec.h"

namespace sample {

class Maker {
 public:
  template <class T>
  void fill(T& out) {
    using K = ipc::codec_detail::Kind<T>;
    ++counter_;
    if constexpr (std::is_same_v<T, bool>) {
      out = counter_ % 2 == 0;
    } else if constexpr (std::is_enum_v<T>) {
      out = static_cast<T>(counter_ % (static_cast<unsigned>(T::kLast) + 1));
    } else if constexpr (std::is_integral_v<T>) {
      out = static_cast<T>(counter_ * 2654435761U);
    } else if constexpr (std::is_same_v<T, base::Error>) {
      out = {base::Code::kBudget, "sample"};
    } else if constexpr (std::is_same_v<T, base::Fd>) {
      // Descriptors have no bytes: left closed.
    } else if constexpr (K::kText) {
      out =
          T::literal(std::string("値").substr(0, T::kMax / 3 * 3) + std::to_string(counter_ % 10));
    } else if constexpr (K::kBytes || K::kSecret) {
      const auto byte = static_cast<std::uint8_t>(counter_);
      out = *T::from(std::vector<std::uint8_t>{byte, 0, 0xFF});
    } else if constexpr (K::kFixed) {
      for (auto& byte : out.mutable_view()) byte = static_cast<std::uint8_t>(++counter_);
    } else if constexpr (K::kList) {
      std::vector<typename T::value_type> items(T::kMax < 2 ? T::kMax : 2);
      for (auto& item : items) fill(item);
      out = *T::from(std::move(items));
    } else if constexpr (K::kOptional) {
      fill(out.emplace());
    } else {
      ipc::codec_detail::with_fields(out, [&](auto&... fields) { (fill(fields), ...); });
    }
  }

 private:
  std::uint64_t counter_ = 0;
};

template <class T>
T make() {
  T out{};
  Maker().fill(out);
  return out;
}

// "Reveal" for ipc::Reveal, "Reveal::Reply" for its reply.
template <class T>
std::string type_name() {
  std::string_view text = __PRETTY_FUNCTION__;
  text = text.substr(text.find("T = ") + 4);
  text = text.substr(0, text.find_first_of(";]"));
  if (text.starts_with("ipc::")) text.remove_prefix(5);
  return std::string(text);
}

}  // namespace sample
