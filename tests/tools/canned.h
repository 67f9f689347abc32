// Replies that core might give, filled field by field without knowing the messages: every text is
// the same chosen one, every list has so many elements. For tests of pages and for a browser
// without core.
#pragma once

#include <string>

#include "base/secret_access.h"
#include "ipc/codec.h"
#include "ipc/messages.h"

namespace canned {

struct Filling {
  std::string text;       // of every Text, as far as it fits
  std::size_t items = 0;  // of every List, as far as it fits
  base::Role role = base::Role::kHandler;
  std::uint64_t next = 1;  // ids and numbers count up
};

template <std::size_t N>
std::string cut_to(const std::string& text) {
  std::string out = text.substr(0, N);
  while (!out.empty() && !base::is_clean_utf8(out)) out.pop_back();
  return out;
}

template <class T>
void fill(T& value, Filling& with);

template <std::size_t N>
void fill_secret(base::Secret<N>& secret) {
  auto bytes = secret.fill(base::secret_access(), N > 32 ? 32 : N);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<std::uint8_t>(N == 12 ? '0' + (i + 1) % 10 : 'A' + i % 26);
  }
}

template <class T>
void fill_list(T& list, Filling& with) {
  for (std::size_t i = 0; i < with.items && !list.full(); ++i) {
    typename T::value_type item{};
    fill(item, with);
    ASSERT(list.push(std::move(item)).has_value());
  }
}

template <class T>
  requires std::is_enum_v<T>
void fill_enum(T& value, Filling& with) {
  const auto count = static_cast<std::uint64_t>(T::kLast) + 1;
  value = static_cast<T>(with.next++ % count);
  if constexpr (std::is_same_v<T, base::Role>) value = with.role;
  if constexpr (std::is_same_v<T, base::State>) value = base::State::kOperational;
  if constexpr (std::is_same_v<T, base::Purpose>) {
    if (value == base::Purpose::kIntake) value = base::Purpose::kTax;
  }
}

template <class T>
void fill(T& value, Filling& with) {
  using K = ipc::codec_detail::Kind<T>;
  if constexpr (std::is_same_v<T, bool>) {
    value = with.items > 0;
  } else if constexpr (std::is_enum_v<T>) {
    fill_enum(value, with);
  } else if constexpr (std::is_same_v<T, std::uint8_t>) {
    value = static_cast<T>(with.items > 0 ? 42 : 0);
  } else if constexpr (std::is_integral_v<T>) {
    value = static_cast<T>(with.items > 0 ? with.next++ % 50 + 1 : 0);
  } else if constexpr (std::is_same_v<T, base::WallTime>) {
    value.ms = 1'780'000'000'000 + static_cast<std::int64_t>(with.next++) * 60'000;
  } else if constexpr (std::is_same_v<T, base::Day>) {
    value.days = 20'000 + static_cast<std::int32_t>(with.next++ % 1000);
  } else if constexpr (std::is_same_v<T, base::Fd>) {
    auto file = base::sealed_memfd("canned", base::as_bytes("not really a tar file"));
    if (file) value = *std::move(file);
  } else if constexpr (K::kText) {
    auto text = T::from(cut_to<T::kMax>(with.text));
    if (text) value = *std::move(text);
  } else if constexpr (K::kBytes) {
    auto bytes = T::from(base::as_bytes(with.items > 0 ? with.text : std::string()));
    if (bytes) value = *std::move(bytes);
  } else if constexpr (K::kFixed) {
    for (auto& byte : value.mutable_view()) byte = static_cast<std::uint8_t>(with.next++);
  } else if constexpr (K::kSecret) {
    fill_secret(value);
  } else if constexpr (K::kList) {
    fill_list(value, with);
  } else if constexpr (K::kOptional) {
    if (with.items > 0) fill(value.emplace(), with);
  } else if constexpr (requires {
                         value.valid();
                         value.value;
                       }) {
    value.value = 0x1000 + with.next++;
  } else {
    ipc::codec_detail::with_fields(value, [&](auto&... fields) { (fill(fields, with), ...); });
  }
}

// A reply to a request of that type. What decides how pages branch is set to be of use.
template <class Reply>
Reply reply(Filling& with) {
  Reply out{};
  fill(out, with);
  if constexpr (std::is_same_v<Reply, ipc::PreviewRoster::Reply>) {
    out.problems_total = static_cast<std::uint32_t>(out.problems.size());
  }
  if constexpr (std::is_same_v<Reply, ipc::Reveal::Reply>) out.show_s = 60;
  if constexpr (std::is_same_v<Reply, ipc::GetDisposal::Reply>) {
    out.row.status = with.items > 0 ? ipc::DisposalStatus::kProposed : ipc::DisposalStatus::kDone;
  }
  return out;
}

}  // namespace canned
