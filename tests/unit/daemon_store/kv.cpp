// The contract of the key-value interface, held against both implementations, and what only LMDB
// does.
#include "daemon/store/kv.h"

#include <fcntl.h>
#include <lmdb.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "base/fd.h"
#include "daemon/store/lmdb_kv.h"
#include "daemon/store/memory_kv.h"

namespace {

using base::Code;
using store::Batch;
using store::KeyBytes;
using store::LmdbKv;

constexpr std::uint64_t kMiB = 1 << 20;

KeyBytes bytes(std::string_view text) { return {text.begin(), text.end()}; }

class Folder {
 public:
  Folder() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / ("kv-" + std::string(6, 'X'))).string();
    BOOST_REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path_); }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

Batch put(std::string_view key, std::string_view value) {
  Batch batch;
  batch.puts.push_back({bytes(key), bytes(value)});
  return batch;
}

std::string all(store::Kv& kv, std::string_view from = "", std::string_view to = "") {
  std::string out;
  const auto snapshot = kv.snapshot().value();
  const auto done = snapshot->scan(
      base::as_bytes(from), base::as_bytes(to),
      [&](base::ByteSpan key, base::ByteSpan value, std::uint64_t revision) -> base::Result<> {
        out += std::string(base::as_text(key)) + "=" + std::string(base::as_text(value)) + "@" +
               std::to_string(revision) + " ";
        return {};
      });
  BOOST_TEST(done.has_value());
  return out;
}

void holds_the_contract(store::Kv& kv) {
  BOOST_TEST(kv.snapshot().value()->revision() == 0U);
  BOOST_TEST(kv.commit(put("b", "1")).value() == 1U);
  const auto old = kv.snapshot().value();
  Batch second = put("a", "2");
  second.puts.push_back({bytes("c"), bytes("")});
  second.puts.push_back({bytes("b\xff"), bytes("3")});
  BOOST_TEST(kv.commit(second).value() == 2U);
  BOOST_TEST(all(kv) == "a=2@2 b=1@1 b\xff=3@2 c=@2 ");
  BOOST_TEST(all(kv, "b", "c") == "b=1@1 b\xff=3@2 ");
  BOOST_TEST(old->revision() == 1U);
  BOOST_TEST(!old->get(base::as_bytes("a")).value().has_value());
  BOOST_TEST(kv.snapshot().value()->get(base::as_bytes("a")).value()->revision == 2U);

  // Conditions: at this revision, or absent; else nothing of the batch happens.
  Batch conditional = put("a", "4");
  conditional.erases.push_back(bytes("b"));
  conditional.erases.push_back(bytes("not there"));
  conditional.conditions = {{bytes("a"), 1}};
  BOOST_TEST((kv.commit(conditional).error().code == Code::kConflict));
  conditional.conditions = {{bytes("a"), 2}, {bytes("c"), 0}};
  BOOST_TEST((kv.commit(conditional).error().code == Code::kConflict));
  BOOST_TEST(all(kv, "", "b\xff") == "a=2@2 b=1@1 ");
  conditional.conditions = {{bytes("a"), 2}, {bytes("d"), 0}};
  BOOST_TEST(kv.commit(conditional).value() == 3U);
  BOOST_TEST(all(kv, "", "b\xff") == "a=4@3 ");

  BOOST_TEST((kv.commit(put("", "x")).error().code == Code::kInvalid));
  BOOST_TEST((kv.commit(put(std::string_view("\0a", 2), "x")).error().code == Code::kInvalid));
  BOOST_TEST((kv.commit(put(std::string(65, 'k'), "x")).error().code == Code::kInvalid));
  BOOST_TEST(
      (kv.commit(put("k", std::string(store::kValueMax + 1, 'x'))).error().code == Code::kInvalid));
  BOOST_TEST(kv.commit(put(std::string(64, 'k'), std::string(store::kValueMax, 'x'))).value() ==
             4U);
}

BOOST_AUTO_TEST_SUITE(kv)

BOOST_AUTO_TEST_CASE(memory_holds_the_contract) {
  store::MemoryKv memory;
  holds_the_contract(memory);
}

BOOST_AUTO_TEST_CASE(lmdb_holds_the_contract) {
  const Folder folder;
  holds_the_contract(*LmdbKv::open(folder.path(), 16 * kMiB).value());
}

BOOST_AUTO_TEST_CASE(lmdb_keeps_values_and_revisions_over_a_new_start) {
  const Folder folder;
  BOOST_TEST(LmdbKv::open(folder.path(), kMiB).value()->commit(put("a", "1")).value() == 1U);
  const auto again = LmdbKv::open(folder.path(), kMiB).value();
  BOOST_TEST(all(*again) == "a=1@1 ");
  BOOST_TEST(again->commit(put("a", "2")).value() == 2U);
}

BOOST_AUTO_TEST_CASE(lmdb_uses_none_of_the_flags_that_trade_safety_for_speed) {
  const Folder folder;
  const auto kv = LmdbKv::open(folder.path(), kMiB).value();
  const unsigned flags = kv->flags().value();
  BOOST_TEST((flags & MDB_NOSYNC) == 0U);
  BOOST_TEST((flags & MDB_NOMETASYNC) == 0U);
  BOOST_TEST((flags & MDB_WRITEMAP) == 0U);
  BOOST_TEST((flags & MDB_MAPASYNC) == 0U);
  BOOST_TEST((flags & MDB_NOMEMINIT) == 0U);
  BOOST_TEST((flags & MDB_NOTLS) != 0U);  // the flags are really read back
  BOOST_TEST(!kv->has_forbidden_flag().value());
}

BOOST_AUTO_TEST_CASE(the_file_is_allocated_before_the_first_commit_and_does_not_grow) {
  const Folder folder;
  const std::string path = folder.path() + "/data.mdb";
  const auto kv = LmdbKv::open(folder.path(), 3 * kMiB + 1).value();
  struct stat before{};
  BOOST_REQUIRE(::stat(path.c_str(), &before) == 0);
  BOOST_TEST(static_cast<std::uint64_t>(before.st_size) == 4 * kMiB);
  BOOST_TEST(static_cast<std::uint64_t>(before.st_blocks) * 512 >= 4 * kMiB);
  BOOST_TEST(kv->commit(put("a", std::string(500'000, 'x'))).has_value());
  struct stat after{};
  BOOST_REQUIRE(::stat(path.c_str(), &after) == 0);
  BOOST_TEST(after.st_size == before.st_size);
  BOOST_TEST(kv->used_percent().value() >= 12U);
}

BOOST_AUTO_TEST_CASE(a_larger_file_keeps_its_size_and_a_smaller_one_is_filled_up) {
  const Folder folder;
  const std::string path = folder.path() + "/data.mdb";
  LmdbKv::open(folder.path(), 4 * kMiB).value().reset();
  LmdbKv::open(folder.path(), kMiB).value().reset();
  BOOST_TEST(std::filesystem::file_size(path) == 4 * kMiB);
  LmdbKv::open(folder.path(), 6 * kMiB).value().reset();
  BOOST_TEST(std::filesystem::file_size(path) == 6 * kMiB);
}

BOOST_AUTO_TEST_CASE(a_store_has_one_owner) {
  const Folder folder;
  auto kv = LmdbKv::open(folder.path(), kMiB).value();
  BOOST_TEST((LmdbKv::open(folder.path(), kMiB).error().code == Code::kConflict));
  const pid_t child = ::fork();
  if (child == 0) ::_exit(LmdbKv::open(folder.path(), kMiB).has_value() ? 1 : 0);
  int status = -1;
  BOOST_REQUIRE(::waitpid(child, &status, 0) == child);
  BOOST_TEST(status == 0);
  kv.reset();
  BOOST_TEST(LmdbKv::open(folder.path(), kMiB).has_value());
}

BOOST_AUTO_TEST_CASE(a_full_map_refuses_the_batch_whole_and_later_ones_work) {
  const Folder folder;
  const auto kv = LmdbKv::open(folder.path(), kMiB).value();
  BOOST_TEST(kv->commit(put("a", "1")).has_value());
  Batch large;
  for (int i = 0; i < 20; ++i) {
    large.puts.push_back({bytes("b" + std::to_string(i)), KeyBytes(100'000, 'x')});
  }
  BOOST_TEST((kv->commit(large).error().code == Code::kFull));
  BOOST_TEST(all(*kv) == "a=1@1 ");
  BOOST_TEST(kv->commit(put("b", "2")).value() == 2U);
}

BOOST_AUTO_TEST_CASE(a_file_that_is_not_ours_is_refused) {
  const Folder folder;
  const base::Fd file(::open((folder.path() + "/data.mdb").c_str(), O_WRONLY | O_CREAT, 0600));
  BOOST_TEST(base::write_all(file, KeyBytes(kMiB, 'x')).has_value());
  BOOST_TEST((LmdbKv::open(folder.path(), kMiB).error().code == Code::kCorrupt));
}

BOOST_AUTO_TEST_CASE(a_folder_that_is_not_there_is_an_error) {
  BOOST_TEST((LmdbKv::open("/nonexistent/store", kMiB).error().code == Code::kIo));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
