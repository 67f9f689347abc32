// Reading a store that somebody has edited ends in a process of its own.
#include "daemon/store/rehearsal.h"

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "daemon/store/lmdb_kv.h"

namespace {

constexpr std::uint64_t kBytes = 1 << 20;
constexpr std::streamoff kPage = 4096;

struct Folder {
  Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "rehearsal-XXXXXX").string();
    BOOST_REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    path = pattern;
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path); }
  std::string path;
};

void furnish(const std::string& dir) {
  const auto kv = store::LmdbKv::open(dir, kBytes).value();
  store::Batch batch;
  for (int i = 0; i < 60; ++i) {
    const std::string key = "P" + std::to_string(1000 + i);
    batch.puts.push_back({{key.begin(), key.end()}, store::ValueBytes(100, 7)});
  }
  BOOST_REQUIRE(kv->commit(batch).has_value());
}

char spoil(const std::string& file, std::streamoff at, char value) {
  std::fstream stream(file, std::ios::binary | std::ios::in | std::ios::out);
  stream.seekg(at);
  const auto before = static_cast<char>(stream.get());
  stream.seekp(at);
  stream.put(value);
  return before;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(rehearsal)

BOOST_AUTO_TEST_CASE(a_good_store_and_none_are_no_failure) {
  const Folder folder;
  BOOST_TEST(store::rehearse(folder.path, kBytes).has_value());
  furnish(folder.path);
  BOOST_TEST(store::rehearse(folder.path, kBytes).has_value());
  BOOST_TEST(store::rehearse(folder.path + "/nothing", kBytes).has_value());
}

BOOST_AUTO_TEST_CASE(edited_pages_end_at_most_the_rehearsal) {
  const Folder folder;
  furnish(folder.path);
  const std::string file = folder.path + "/data.mdb";
  int survived = 0;
  // The headers and offsets of the first pages after the two of metadata.
  for (std::streamoff page = 2; page < 5; ++page) {
    for (std::streamoff at = 8; at < 40; ++at) {
      const char before = spoil(file, page * kPage + at, static_cast<char>(0xFF));
      const auto read = store::rehearse(folder.path, kBytes);
      BOOST_TEST((read || read.error().code == base::Code::kCorrupt));
      spoil(file, page * kPage + at, before);
      ++survived;
    }
  }
  BOOST_TEST(survived == 96);
  BOOST_TEST(store::rehearse(folder.path, kBytes).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
