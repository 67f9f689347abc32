#include "daemon/store/memory_kv.h"

#include <algorithm>

namespace store {
namespace {

using base::ByteSpan;
using base::Code;
using base::fail;
using base::Result;

bool less(ByteSpan a, ByteSpan b) {
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end());
}

class MemorySnapshot final : public Snapshot {
 public:
  MemorySnapshot(MemoryKv::Items items, std::uint64_t revision)
      : items_(std::move(items)), revision_(revision) {}

  Result<std::optional<Versioned>> get(ByteSpan key) override {
    const auto found = items_.find(KeyBytes(key.begin(), key.end()));
    if (found == items_.end()) return std::nullopt;
    return found->second;
  }

  Result<> scan(ByteSpan from, ByteSpan to, const Visit& visit) override {
    auto item = items_.lower_bound(KeyBytes(from.begin(), from.end()));
    for (; item != items_.end(); ++item) {
      if (!to.empty() && !less(item->first, to)) break;
      TRY(visit(item->first, item->second.value, item->second.revision));
    }
    return {};
  }

  [[nodiscard]] std::uint64_t revision() const override { return revision_; }

 private:
  MemoryKv::Items items_;
  std::uint64_t revision_;
};

}  // namespace

Result<std::unique_ptr<Snapshot>> MemoryKv::snapshot() {
  if (broken_) return fail(Code::kIo, "store");
  return std::make_unique<MemorySnapshot>(items_, revision_);
}

Result<std::uint64_t> MemoryKv::commit(const Batch& batch) {
  if (broken_) return fail(Code::kIo, "store");
  for (const Batch::Put& put : batch.puts) {
    if (put.key.empty() || put.key[0] == 0 || put.key.size() > kKeyMax ||
        put.value.size() > kValueMax) {
      return fail(Code::kInvalid, "key");
    }
  }
  for (const Batch::Condition& condition : batch.conditions) {
    const auto found = items_.find(condition.key);
    const std::uint64_t revision = found == items_.end() ? 0 : found->second.revision;
    if (revision != condition.revision) return fail(Code::kConflict, "revision");
  }
  const Fault fault = std::exchange(fault_, Fault::kNone);
  if (fault == Fault::kFull) return fail(Code::kFull, "store");
  broken_ = fault != Fault::kNone;
  if (fault == Fault::kLostUnknown) return fail(Code::kIo, "store");
  ++revision_;
  for (const KeyBytes& key : batch.erases) items_.erase(key);
  for (const Batch::Put& put : batch.puts) items_[put.key] = {put.value, revision_};
  if (fault == Fault::kDoneUnknown) return fail(Code::kIo, "store");
  return revision_;
}

}  // namespace store
