#include "audit/log.h"

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/unit/audit/folder.h"

namespace {

using audit::Entry;
using audit::Log;
using base::Code;
using base::Result;

// The real disk, with faults on demand and a count of fdatasync calls.
class FaultyDisk final : public audit::Disk {
 public:
  Result<std::vector<std::string>> list(const std::string& dir) override { return real_.list(dir); }
  Result<base::Fd> open(const std::string& path, bool create) override {
    return real_.open(path, create);
  }
  Result<std::uint64_t> size(const base::Fd& file) override { return real_.size(file); }
  Result<> read(const base::Fd& file, std::uint64_t offset, std::span<std::uint8_t> out) override {
    return real_.read(file, offset, out);
  }
  Result<> write(const base::Fd& file, std::uint64_t offset, base::ByteSpan bytes) override {
    const std::uint64_t now = TRY(real_.size(file));
    if (full && offset + bytes.size() > now) return base::fail(Code::kFull, "write");
    return real_.write(file, offset, bytes);
  }
  Result<> sync(const base::Fd& file) override {
    ++syncs;
    if (sync_fault) return base::fail(Code::kIo, "sync");
    return real_.sync(file);
  }
  Result<> sync_dir(const std::string& dir) override { return real_.sync_dir(dir); }
  Result<> rename(const std::string& from, const std::string& to) override {
    return real_.rename(from, to);
  }
  Result<> remove(const std::string& path) override { return real_.remove(path); }

  bool full = false;  // no file can grow
  bool sync_fault = false;
  int syncs = 0;

 private:
  audit::SystemDisk real_;
};

struct Fixture {
  Folder folder;
  FaultyDisk disk;
  audit::LogOptions options{folder.path, 4 * audit::kSegmentMin, audit::kSegmentMin};

  std::unique_ptr<Log> open(const Log::OnEntry& replay = {}) {
    auto log = Log::open(options, disk, replay);
    BOOST_REQUIRE(log.has_value());
    return *std::move(log);
  }
  static Entry entry(std::uint64_t i) {
    Entry out;
    out.t = {1'790'000'000'000 + static_cast<std::int64_t>(i) * 1000};
    out.run = i * 1000;
    out.event = base::CoreEvent::kSignedIn;
    out.login = base::Text<64>::literal("handler" + std::to_string(i));
    return out;
  }
  static void fill(Log& log, std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) {
      BOOST_REQUIRE(log.append(entry(log.size())).has_value());
    }
    BOOST_REQUIRE(log.sync().has_value());
  }
  [[nodiscard]] std::string first_segment() const { return folder.path + "/0000000000000000.log"; }
  [[nodiscard]] std::string bytes() const {
    std::ifstream in(first_segment(), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void put(std::size_t at, std::string_view text) const {
    std::fstream out(first_segment(), std::ios::binary | std::ios::in | std::ios::out);
    out.seekp(static_cast<std::streamoff>(at));
    out << text;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(audit_log, Fixture)

BOOST_AUTO_TEST_CASE(keeps_entries_over_a_restart) {
  audit::Digest root;
  {
    auto log = open();
    fill(*log, 3000);  // several segments
    root = log->tree().root();
    BOOST_TEST(log->durable() == 3000U);
  }
  std::uint64_t seen = 0;
  auto log = open([&](const Entry& e) { seen += e.n == seen ? 1U : 0U; });
  BOOST_TEST(seen == 3000U);
  BOOST_TEST(log->report().segments > 1U);
  BOOST_TEST(log->report().torn_bytes == 0U);
  BOOST_TEST((log->tree().root() == root));
  BOOST_TEST((audit::root_of(*log->leaves(3000)) == root));
  BOOST_TEST(log->read(2777)->login.view() == "handler2777");
  BOOST_TEST((log->read(3000).error().code == Code::kNotFound));
}

BOOST_AUTO_TEST_CASE(knows_its_root_at_every_earlier_size) {
  options.log_bytes = 64 * audit::kSegmentMin;
  auto log = open();
  fill(*log, 8200);
  const auto leaves = *log->leaves(8200);
  const auto right = [&](const Log& one, std::uint64_t size) {
    return *one.root_at(size) == audit::root_of(std::span(leaves).first(size));
  };
  log.reset();
  log = open();
  fill(*log, 1);
  for (const std::uint64_t size : {0U, 1U, 4095U, 4096U, 4097U, 8191U, 8192U, 8193U, 8200U}) {
    BOOST_TEST(right(*log, size), size);
  }
  BOOST_TEST((*log->root_at(8201) == log->tree().root()));
  BOOST_TEST((log->root_at(8202).error().code == Code::kNotFound));
}

BOOST_AUTO_TEST_CASE(one_sync_for_all_that_waits) {
  auto log = open();
  const int before = disk.syncs;
  for (std::uint64_t i = 0; i < 50; ++i) BOOST_REQUIRE(log->append(entry(i)).has_value());
  BOOST_TEST(log->durable() == 0U);
  BOOST_TEST(*log->sync() == 50U);
  BOOST_TEST(disk.syncs == before + 1);
}

BOOST_AUTO_TEST_CASE(reads_backwards_until_told_to_stop) {
  auto log = open();
  fill(*log, 900);
  std::vector<std::uint64_t> seen;
  BOOST_REQUIRE(log->scan_back(601, [&](const Entry& e) {
    seen.push_back(e.n);
    return seen.size() < 600;
  }));
  BOOST_TEST(seen.size() == 600U);
  BOOST_TEST(seen.front() == 600U);
  BOOST_TEST(seen.back() == 1U);
}

BOOST_AUTO_TEST_CASE(marks_a_clock_that_was_set_back) {
  auto log = open();
  BOOST_REQUIRE(log->append(entry(5)).has_value());
  Entry late = entry(5);
  late.t.ms -= 1234;
  BOOST_REQUIRE(log->append(late).has_value());
  BOOST_REQUIRE(log->sync().has_value());
  BOOST_TEST(log->read(1)->back == 1234U);
  late.run -= 1;
  BOOST_TEST((log->append(late).error().field.view() == "run"));
  BOOST_REQUIRE(open());
}

BOOST_AUTO_TEST_CASE(a_failed_fdatasync_poisons) {
  auto log = open();
  fill(*log, 3);
  BOOST_REQUIRE(log->append(entry(3)).has_value());
  disk.sync_fault = true;
  BOOST_TEST((log->sync().error().code == Code::kIo));
  disk.sync_fault = false;
  BOOST_TEST(log->poisoned());
  BOOST_TEST(log->durable() == 3U);
  BOOST_TEST((log->append(entry(3)).error().code == Code::kState));
  BOOST_TEST((log->sync().error().code == Code::kState));
}

BOOST_AUTO_TEST_CASE(keeps_a_reserve_when_it_is_full) {
  auto log = open();
  Result<std::uint64_t> last = 0;
  while (last) last = log->append(entry(log->size()));
  BOOST_TEST((last.error().code == Code::kFull));
  BOOST_TEST(log->used_percent() >= 99);
  int reserved = 0;
  while (log->append(entry(log->size()), audit::Priority::kReserve)) ++reserved;
  BOOST_TEST(reserved > 20);
  BOOST_TEST(log->sync().has_value());
  const std::uint64_t size = log->size();
  log.reset();
  BOOST_TEST(open()->size() == size);
}

BOOST_AUTO_TEST_CASE(goes_on_in_its_space_when_the_disk_is_full) {
  auto log = open();
  fill(*log, 3);
  disk.full = true;
  Result<std::uint64_t> last = 0;
  while (last) last = log->append(entry(log->size()));
  BOOST_TEST((last.error().code == Code::kFull));
  BOOST_TEST(log->size() > 100U);
  BOOST_TEST(log->append(entry(log->size()), audit::Priority::kReserve).has_value());
  BOOST_TEST(log->sync().has_value());
  disk.full = false;
  BOOST_TEST(log->append(entry(log->size())).has_value());
  fill(*log, 1500);
}

BOOST_AUTO_TEST_CASE(zeroes_a_torn_batch) {
  open().reset();
  {
    auto log = open();
    fill(*log, 10);
  }
  const std::size_t end = bytes().find('\0');
  put(end, R"({"event":"session.op)");
  put(end + 5000, "rest of a block\n{\"another\":1}\n");
  auto log = open();
  BOOST_TEST(log->size() == 10U);
  BOOST_TEST(log->report().torn_bytes > 5000U);
  log.reset();
  BOOST_TEST(bytes().find_first_not_of('\0', end) == std::string::npos);
}

BOOST_AUTO_TEST_CASE(refuses_what_no_crash_leaves) {
  {
    auto log = open();
    fill(*log, 10);
  }
  const std::string good = bytes();
  const std::size_t end = good.find('\0');
  const auto refused = [&](std::size_t at, std::string_view text) {
    put(at, text);
    const auto log = Log::open(options, disk);
    put(at, std::string_view(good).substr(at, text.size()));
    return !log && log.error().code == Code::kCorrupt;
  };
  BOOST_TEST(refused(end, "{}\n"));  // a whole line that is none
  BOOST_TEST(refused(end, "\n"));
  BOOST_TEST(refused(good.size() - 1, "x"));  // far behind
  BOOST_TEST(refused(good.find("run"), "ruN"));
  BOOST_TEST(refused(good.find("handler3"), "handlerX") == false);  // the tree notices that
  const std::size_t second = good.find('\n') + 1;
  BOOST_TEST(refused(second, good.substr(0, second)));  // a line twice
  std::filesystem::rename(first_segment(), folder.path + "/0000000000000001.log");
  BOOST_TEST((Log::open(options, disk).error().code == Code::kCorrupt));
}

BOOST_AUTO_TEST_SUITE_END()
