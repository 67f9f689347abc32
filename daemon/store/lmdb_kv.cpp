#include "daemon/store/lmdb_kv.h"

#include <fcntl.h>
#include <lmdb.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/fd.h"
#include "base/writable.h"

namespace store {
namespace {

using base::ByteSpan;
using base::Code;
using base::fail;
using base::Fd;
using base::Result;

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;
constexpr unsigned kReadersMax = 16;
constexpr std::uintptr_t kPage = 4096;
// Each trades durability, integrity or secrecy for speed (mdb_env_open).
constexpr unsigned kForbidden =
    MDB_NOSYNC | MDB_NOMETASYNC | MDB_WRITEMAP | MDB_MAPASYNC | MDB_NOMEMINIT;
constexpr std::array<std::uint8_t, 1> kRevisionKey{0};

struct CloseEnvironment {
  void operator()(MDB_env* p) const { mdb_env_close(p); }
};
struct AbortTransaction {
  void operator()(MDB_txn* p) const { mdb_txn_abort(p); }
};
struct CloseCursor {
  void operator()(MDB_cursor* p) const { mdb_cursor_close(p); }
};
using Environment = std::unique_ptr<MDB_env, CloseEnvironment>;
using Transaction = std::unique_ptr<MDB_txn, AbortTransaction>;
using Cursor = std::unique_ptr<MDB_cursor, CloseCursor>;

Result<> checked(int rc) {
  switch (rc) {
    case MDB_SUCCESS: return {};
    case MDB_MAP_FULL:
    case MDB_TXN_FULL:
    case ENOSPC:
    case EDQUOT: return fail(Code::kFull, "store");
    case MDB_INVALID:
    case MDB_CORRUPTED:
    case MDB_PAGE_NOTFOUND:
    case MDB_VERSION_MISMATCH:
    case MDB_INCOMPATIBLE: return fail(Code::kCorrupt, "store");
    case MDB_BAD_VALSIZE: return fail(Code::kInvalid, "key");
    default: return fail(Code::kIo, "store");
  }
}

// The library takes keys as pointers to non-const bytes, which it does not write.
struct Key {
  explicit Key(ByteSpan bytes) : size(std::min(bytes.size(), data.size())) {
    std::copy_n(bytes.begin(), size, data.begin());
  }
  MDB_val value() { return {size, data.data()}; }
  std::array<std::uint8_t, kKeyMax + 1> data{};  // one more, so that too long a key stays too long
  std::size_t size;
};

ByteSpan span_of(const MDB_val& value) {
  return {static_cast<const std::uint8_t*>(value.mv_data), value.mv_size};
}

std::uint64_t little_endian(ByteSpan bytes) {
  std::uint64_t out = 0;
  for (std::size_t i = 0; i < 8; ++i) out |= std::uint64_t{bytes[i]} << (8 * i);
  return out;
}

// Stored: the revision, eight bytes, then the value.
Result<std::pair<std::uint64_t, ByteSpan>> split(ByteSpan stored) {
  // The size lies in the file: a wrong one would have us read past its end.
  if (stored.size() < 8 || stored.size() > 8 + kValueMax) return fail(Code::kCorrupt, "store");
  return std::pair(little_endian(stored), stored.subspan(8));
}

Result<std::optional<ByteSpan>> read(MDB_txn* transaction, MDB_dbi table, ByteSpan key) {
  Key copy(key);
  MDB_val wanted = copy.value();
  MDB_val found{};
  const int rc = mdb_get(transaction, table, &wanted, &found);
  if (rc == MDB_NOTFOUND) return std::nullopt;
  TRY(checked(rc));
  return span_of(found);
}

Result<std::uint64_t> revision_of(MDB_txn* transaction, MDB_dbi table, ByteSpan key) {
  const std::optional<ByteSpan> stored = TRY(read(transaction, table, key));
  if (!stored) return 0;
  return TRY(split(*stored)).first;
}

Result<> write(MDB_txn* transaction, MDB_dbi table, ByteSpan key, std::uint64_t revision,
               ByteSpan value) {
  Key copy(key);
  MDB_val name = copy.value();
  MDB_val place{8 + value.size(), nullptr};
  TRY(checked(mdb_put(transaction, table, &name, &place, MDB_RESERVE)));
  auto* out = static_cast<std::uint8_t*>(place.mv_data);
  for (std::size_t i = 0; i < 8; ++i) out[i] = static_cast<std::uint8_t>(revision >> (8 * i));
  std::copy(value.begin(), value.end(), out + 8);
  return {};
}

class LmdbSnapshot final : public Snapshot {
 public:
  LmdbSnapshot(Transaction transaction, MDB_dbi table, std::uint64_t revision)
      : transaction_(std::move(transaction)), table_(table), revision_(revision) {}
  LmdbSnapshot(const LmdbSnapshot&) = delete;  // owns a reader slot
  LmdbSnapshot& operator=(const LmdbSnapshot&) = delete;
  ~LmdbSnapshot() override { give_back(); }

  Result<std::optional<Versioned>> get(ByteSpan key) override {
    const std::optional<ByteSpan> stored = TRY(read(transaction_.get(), table_, key));
    if (!stored) return std::nullopt;
    const auto [revision, value] = TRY(split(*stored));
    return Versioned{ValueBytes(value.begin(), value.end()), revision};
  }

  Result<> scan(ByteSpan from, ByteSpan to, const Visit& visit) override {
    MDB_cursor* opened = nullptr;
    TRY(checked(mdb_cursor_open(transaction_.get(), table_, &opened)));
    const Cursor cursor(opened);
    Key copy(from.empty() ? ByteSpan(kFirstKey) : from);
    MDB_val key = copy.value();
    MDB_val stored{};
    int rc = mdb_cursor_get(cursor.get(), &key, &stored, MDB_SET_RANGE);
    for (; rc == MDB_SUCCESS; rc = mdb_cursor_get(cursor.get(), &key, &stored, MDB_NEXT)) {
      const ByteSpan name = span_of(key);
      if (!to.empty() &&
          !std::lexicographical_compare(name.begin(), name.end(), to.begin(), to.end())) {
        return {};
      }
      note(span_of(stored));
      const auto [revision, value] = TRY(split(span_of(stored)));
      TRY(visit(name, value, revision));
    }
    if (rc == MDB_NOTFOUND) return {};
    return checked(rc);
  }

  [[nodiscard]] std::uint64_t revision() const override { return revision_; }

 private:
  static constexpr std::array<std::uint8_t, 1> kFirstKey{1};  // past our own revision key

  void note(ByteSpan bytes) {
    const std::uint8_t* end = bytes.data() + bytes.size();
    if (low_ == nullptr || bytes.data() < low_) low_ = bytes.data();
    if (high_ == nullptr || end > high_) high_ = end;
  }

  // A scan of everything maps the whole file into our resident memory, where it is of no more use:
  // the register has its own form in memory, and the page cache keeps the file.
  void give_back() {
    if (low_ == nullptr || high_ - low_ < static_cast<std::ptrdiff_t>(kMiB)) return;
    const std::uint8_t* first = low_ - (reinterpret_cast<std::uintptr_t>(low_) & (kPage - 1));
    const std::uint8_t* last = high_ - (reinterpret_cast<std::uintptr_t>(high_) & (kPage - 1));
    const auto size = static_cast<std::size_t>(last - first);
    static_cast<void>(madvise(base::writable(first), size, MADV_DONTNEED));
  }

  Transaction transaction_;
  MDB_dbi table_;
  std::uint64_t revision_;
  const std::uint8_t* low_ = nullptr;
  const std::uint8_t* high_ = nullptr;
};

// One owner for a store, whoever it is: the library's own locks let several processes share a file.
Result<Fd> lock_folder(const std::string& dir) {
  Fd lock(::open((dir + "/owner.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!lock.valid()) return fail(Code::kIo, "store");
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) return fail(Code::kConflict, "store");
  return lock;
}

Result<> sync(const std::string& path, int flags) {
  const Fd file(::open(path.c_str(), flags | O_RDONLY | O_CLOEXEC));
  if (!file.valid() || ::fsync(file.get()) != 0) return fail(Code::kIo, "store");
  return {};
}

// Extends the file with zeros that are written, not only promised: a commit then never needs the
// file system to find room or to change its metadata.
Result<> fill(const std::string& path, std::uint64_t bytes) {
  const Fd file(::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
  struct stat now{};
  if (!file.valid() || ::fstat(file.get(), &now) != 0) return fail(Code::kIo, "store");
  auto size = static_cast<std::uint64_t>(now.st_size);
  if (size >= bytes) return {};
  const std::vector<std::uint8_t> zeros(kMiB);
  while (size < bytes) {
    const std::uint64_t part = std::min(kMiB, bytes - size);
    TRY(base::write_all(file, ByteSpan(zeros).first(part)));
    size += part;
  }
  if (::fsync(file.get()) != 0) return fail(Code::kIo, "store");
  return {};
}

std::uint64_t size_of(const std::string& path) {
  struct stat now{};
  return ::stat(path.c_str(), &now) == 0 ? static_cast<std::uint64_t>(now.st_size) : 0;
}

}  // namespace

struct LmdbKv::Parts {
  Fd lock;  // released last
  Environment environment;
  MDB_dbi table = 0;
  std::uint64_t map_bytes = 0;
  bool broken = false;

  Result<Transaction> begin(unsigned flags) {
    if (broken) return fail(Code::kIo, "store");
    MDB_txn* transaction = nullptr;
    TRY(checked(mdb_txn_begin(environment.get(), nullptr, flags, &transaction)));
    return Transaction(transaction);
  }

  Result<> open_table() {
    Transaction transaction = TRY(begin(0));
    TRY(checked(mdb_dbi_open(transaction.get(), nullptr, 0, &table)));
    return checked(mdb_txn_commit(transaction.release()));
  }
};

LmdbKv::LmdbKv(Token /*token*/, std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
LmdbKv::~LmdbKv() = default;

Result<std::unique_ptr<LmdbKv>> LmdbKv::open(const std::string& dir, std::uint64_t bytes) {
  auto parts = std::make_unique<Parts>();
  parts->lock = TRY(lock_folder(dir));
  const std::string path = dir + "/data.mdb";
  parts->map_bytes = std::max(size_of(path), (bytes + kMiB - 1) / kMiB * kMiB);
  MDB_env* environment = nullptr;
  TRY(checked(mdb_env_create(&environment)));
  parts->environment.reset(environment);
  TRY(checked(mdb_env_set_mapsize(environment, parts->map_bytes)));
  TRY(checked(mdb_env_set_maxreaders(environment, kReadersMax)));
  // NOTLS: a snapshot belongs to its object, not to the thread.
  TRY(checked(mdb_env_open(environment, dir.c_str(), MDB_NOTLS, 0600)));
  int dead = 0;
  TRY(checked(mdb_reader_check(environment, &dead)));
  TRY(fill(path, parts->map_bytes));
  TRY(sync(dir, O_DIRECTORY));
  TRY(parts->open_table());
  return std::make_unique<LmdbKv>(Token{}, std::move(parts));
}

Result<std::unique_ptr<Snapshot>> LmdbKv::snapshot() {
  Transaction transaction = TRY(parts_->begin(MDB_RDONLY));
  const std::uint64_t revision = TRY(revision_of(transaction.get(), parts_->table, kRevisionKey));
  return std::make_unique<LmdbSnapshot>(std::move(transaction), parts_->table, revision);
}

Result<std::uint64_t> LmdbKv::commit(const Batch& batch) {
  Transaction transaction = TRY(parts_->begin(0));
  MDB_txn* txn = transaction.get();
  auto written = [&]() -> Result<std::uint64_t> {
    for (const Batch::Condition& condition : batch.conditions) {
      if (TRY(revision_of(txn, parts_->table, condition.key)) != condition.revision) {
        return fail(Code::kConflict, "revision");
      }
    }
    const std::uint64_t revision = TRY(revision_of(txn, parts_->table, kRevisionKey)) + 1;
    for (const KeyBytes& key : batch.erases) {
      Key copy(key);
      MDB_val name = copy.value();
      const int rc = mdb_del(txn, parts_->table, &name, nullptr);
      if (rc != MDB_NOTFOUND) TRY(checked(rc));
    }
    for (const Batch::Put& put : batch.puts) {
      if (put.key.empty() || put.key[0] == 0 || put.key.size() > kKeyMax ||
          put.value.size() > kValueMax) {
        return fail(Code::kInvalid, "key");
      }
      TRY(write(txn, parts_->table, put.key, revision, put.value));
    }
    TRY(write(txn, parts_->table, kRevisionKey, revision, {}));
    return revision;
  }();
  if (!written) {  // aborted: nothing is on disk, unless the library itself is broken
    const Code code = written.error().code;
    parts_->broken = code != Code::kFull && code != Code::kInvalid && code != Code::kConflict;
    return written;
  }
  const int rc = mdb_txn_commit(transaction.release());
  // Found out while the free list is laid out, before anything is written.
  if (rc == MDB_MAP_FULL) return fail(Code::kFull, "store");
  if (rc != MDB_SUCCESS) {
    parts_->broken = true;
    return fail(Code::kIo, "store");
  }
  return written;
}

Result<unsigned> LmdbKv::flags() const {
  unsigned out = 0;
  TRY(checked(mdb_env_get_flags(parts_->environment.get(), &out)));
  return out;
}

Result<bool> LmdbKv::has_forbidden_flag() const { return (TRY(flags()) & kForbidden) != 0; }

Result<unsigned> LmdbKv::used_percent() const {
  MDB_envinfo info{};
  MDB_stat stat{};
  TRY(checked(mdb_env_info(parts_->environment.get(), &info)));
  TRY(checked(mdb_env_stat(parts_->environment.get(), &stat)));
  return static_cast<unsigned>((info.me_last_pgno + 1) * stat.ms_psize * 100 / info.me_mapsize);
}

}  // namespace store
