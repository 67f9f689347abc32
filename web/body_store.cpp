#include "web/body_store.h"

#include <sys/mman.h>

namespace web {

base::Result<void*> map_file(const base::Fd& file, std::size_t size) {
  void* at = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, file.get(), 0);
  if (at == MAP_FAILED) return base::fail(base::Code::kIo, "mapping");
  return at;
}

base::Result<> BodyStore::begin(Kind kind) {
  clear();
  if (kind == Kind::kMemory) return {};
  file_ = base::Fd(::memfd_create("kagikura-body", MFD_CLOEXEC));
  if (!file_.valid()) return base::fail(base::Code::kIo, "memfd");
  return {};
}

base::Result<> BodyStore::append(base::ByteSpan bytes) {
  if (!file_.valid()) {
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    return {};
  }
  TRY(base::write_all(file_, bytes));
  file_size_ += bytes.size();
  return {};
}

base::Result<std::string_view> BodyStore::whole() {
  if (!file_.valid()) return base::as_text(bytes_);
  if (file_size_ == 0) return std::string_view{};
  if (mapping_ == nullptr) mapping_ = TRY(map_file(file_, file_size_));
  return std::string_view(static_cast<const char*>(mapping_), file_size_);
}

void BodyStore::clear() {
  if (mapping_ != nullptr) ::munmap(mapping_, file_size_);
  mapping_ = nullptr;
  file_size_ = 0;
  file_.reset();
  // Not `= {}`, which assigns an empty list and keeps the memory as it is: this frees and wipes it.
  bytes_ = ipc::Buffer();
}

}  // namespace web
