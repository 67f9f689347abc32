#include "audit/tar.h"

#include <fcntl.h>

#include <boost/test/unit_test.hpp>

#include "base/fd.h"
#include "tests/unit/audit/folder.h"

namespace {

base::Result<audit::TarIndex> read(const std::string& bytes) {
  return audit::read_tar(
      [&](std::uint64_t offset, std::span<std::uint8_t> out) -> base::Result<> {
        if (offset + out.size() > bytes.size()) return base::fail(base::Code::kIo, "end");
        std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(offset), out.size(), out.begin());
        return {};
      },
      bytes.size());
}

struct Fixture {
  Folder folder;
  std::string bytes;

  Fixture() {
    const std::string path = folder.path + "/tar";
    {
      const base::Fd out(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
      audit::TarWriter writer(out, {1'795'000'000'000});
      BOOST_REQUIRE(writer.add("a/b.txt", base::as_bytes("hello")));
      BOOST_REQUIRE(writer.add("empty", {}));
      BOOST_REQUIRE(writer.add("full", base::as_bytes(std::string(512, 'x'))));
      BOOST_REQUIRE(writer.finish());
    }
    bytes = *base::read_file(path, 1U << 20U);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(audit_tar, Fixture)

BOOST_AUTO_TEST_CASE(reads_what_it_wrote_and_so_does_tar) {
  const auto index = read(bytes);
  BOOST_REQUIRE(index.has_value());
  BOOST_TEST(index->size() == 3U);
  BOOST_TEST(index->at("a/b.txt").size == 5U);
  BOOST_TEST(bytes.substr(index->at("a/b.txt").offset, 5) == "hello");
  const std::string list = "cd '" + folder.path + "' && test \"$(tar tf tar | tr '\\n' ' ')\" = " +
                           "'a/b.txt empty full ' && tar xf tar && test \"$(cat a/b.txt)\" = hello";
  BOOST_TEST(std::system(list.c_str()) == 0);
}

BOOST_AUTO_TEST_CASE(refuses_every_changed_byte_but_of_content_and_time) {
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    const bool content = (at >= 512 && at < 517) || (at >= 2048 && at < 2560);
    if (content) continue;
    std::string changed = bytes;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    BOOST_TEST(!read(changed), "byte " << at);
  }
  BOOST_TEST(!read(bytes + std::string(512, '\0')));
  BOOST_TEST(!read(bytes.substr(0, bytes.size() - 512)));
  BOOST_TEST(!read(bytes.substr(0, 1024) + bytes));  // a name twice
}

BOOST_AUTO_TEST_CASE(names_stay_inside) {
  for (const char* name : {"", "/a", "a/", "../a", "a/../b", ".", "a//b", "a b", "a\n", "é"}) {
    BOOST_TEST(!audit::is_plain_path(name));
  }
  for (const char* name : {"a", "tile/0/x001/234.p/7", "..a", "log/0.jsonl"}) {
    BOOST_TEST(audit::is_plain_path(name));
  }
}

BOOST_AUTO_TEST_SUITE_END()
