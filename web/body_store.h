// The body of one request while it arrives: small ones in memory that is wiped, uploads in a memory
// file, so that a worker's own memory does not grow with what is sent to it.
#pragma once

#include <string_view>

#include "base/fd.h"
#include "ipc/buffer.h"

namespace web {

class BodyStore {
 public:
  enum class Kind : std::uint8_t { kMemory, kFile };

  BodyStore() = default;
  // Owns a mapping.
  BodyStore(const BodyStore&) = delete;
  BodyStore& operator=(const BodyStore&) = delete;
  ~BodyStore() { clear(); }

  // Forgets the last body and is ready for the next.
  base::Result<> begin(Kind kind);
  // The caller has checked the limit.
  base::Result<> append(base::ByteSpan bytes);
  // All that was appended; valid until clear() or begin().
  base::Result<std::string_view> whole();
  void clear();

 private:
  ipc::Buffer bytes_;
  base::Fd file_;
  std::size_t file_size_ = 0;
  void* mapping_ = nullptr;
};

// Maps a memory file for reading; `size` is its length and not zero. Unmap with ::munmap.
base::Result<void*> map_file(const base::Fd& file, std::size_t size);

}  // namespace web
