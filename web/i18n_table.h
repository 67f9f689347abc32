// Tables of texts by enum value, for the i18n_*.cpp files: one row for each value, in the order of
// the enum; the compiler counts and compares.
#pragma once

#include "web/i18n.h"

namespace web::i18n_detail {

template <class E>
struct Row {
  E value;
  Say text;
};

template <class E, std::size_t N>
consteval bool is_complete(const Row<E> (&table)[N]) {
  if (N != static_cast<std::size_t>(E::kLast) + 1) return false;
  for (std::size_t i = 0; i < N; ++i) {
    if (table[i].value != static_cast<E>(i)) return false;
  }
  return true;
}

}  // namespace web::i18n_detail
