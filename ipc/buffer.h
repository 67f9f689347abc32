// Buffer: bytes on their way between processes. Messages may carry secrets, so every buffer is
// wiped when it is freed or grows.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/secret.h"

namespace ipc {

template <class T>
struct WipingAllocator {
  using value_type = T;
  WipingAllocator() = default;
  template <class U>
  explicit WipingAllocator(const WipingAllocator<U>& /*other*/) {}
  T* allocate(std::size_t n) { return std::allocator<T>().allocate(n); }
  void deallocate(T* data, std::size_t n) {
    base::wipe(data, n * sizeof(T));
    std::allocator<T>().deallocate(data, n);
  }
  friend bool operator==(WipingAllocator, WipingAllocator) { return true; }
};

using Buffer = std::vector<std::uint8_t, WipingAllocator<std::uint8_t>>;

}  // namespace ipc
