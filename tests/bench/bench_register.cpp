// Measures the register on a real store in a folder given, and prints one JSON object:
//
//   bench_register FOLDER ROSTER.csv [NUMBERS_PER_PERSON]
//
// Import (read, parse, check, encrypt, commit), opening again, list queries, memory. The folder
// must be empty. The keys and sealed numbers are synthetic.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <vector>

#include "base/fd.h"
#include "base/secret_access.h"
#include "daemon/registry/people.h"
#include "daemon/registry/shelves.h"
#include "daemon/store/lmdb_kv.h"
#include "daemon/store/store.h"

namespace {

using base::Result;
using base::Secret;
using registry::Change;
using registry::Registry;
using store::LmdbKv;
using store::Store;

constexpr std::uint64_t kStoreBytes = std::uint64_t{1} << 29;
constexpr int kQueries = 2000;

double now_ms() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double, std::milli>(now).count();
}

// Of this process: what wall time is on a machine that does nothing else.
double cpu_ms() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1000 + static_cast<double>(now.tv_nsec) / 1e6;
}

// Resident memory in KiB: all of it, or what is not backed by files.
long resident(std::string_view field) {
  const auto status = base::read_file("/proc/self/status", 1 << 16);
  const std::size_t at = status ? status->find(field) : std::string::npos;
  if (at == std::string::npos) return 0;
  std::string_view rest = std::string_view(*status).substr(at + field.size());
  rest.remove_prefix(std::min(rest.find_first_not_of(" :\t"), rest.size()));
  long out = 0;
  std::from_chars(rest.data(), rest.data() + rest.size(), out);
  return out;
}

Secret<32> key(std::uint8_t fill) {
  Secret<32> out;
  std::ranges::fill(out.fill(base::secret_access(), 32), fill);
  return out;
}

void print(const char* name, double value, const char* end = ",\n") {
  std::printf("  \"%s\": %.3f%s", name, value, end);
}

Result<> import_roster(Store& store, Registry& registry, const char* path) {
  const registry::Cp932 cp932 = TRY(registry::Cp932::open());
  const double start = now_ms();
  const double cpu_start = cpu_ms();
  std::size_t people = 0;
  {
    const std::string file = TRY(base::read_file(path, ipc::kRosterMax));
    const registry::Roster roster = registry::parse_roster(cp932, base::as_bytes(file));
    const double parsed = now_ms();
    registry::RosterImport import = TRY(registry::import_roster(registry, roster, {1}));
    const double planned = now_ms();
    TRY(store.commit(import.change.writes(), {}));
    const double committed = now_ms();
    registry.apply(std::move(import.change));
    people = roster.rows.size();
    print("people", static_cast<double>(people));
    print("parse_ms", parsed - start);
    print("merge_ms", planned - parsed);
    print("encrypt_and_commit_ms", committed - planned);
    print("apply_ms", now_ms() - committed);
  }
  const double total = now_ms() - start;
  print("import_cpu_ms", cpu_ms() - cpu_start);
  print("import_people_per_s", static_cast<double>(people) / total * 1000);
  return {};
}

// Gives everybody `count` numbers, so that memory and opening are measured with what they hold.
Result<> add_numbers(Store& store, Registry& registry, int count) {
  std::vector<std::uint8_t> sealed(44, 7);
  for (int p = 1; p <= count; ++p) {
    const auto purpose = static_cast<base::Purpose>(p);
    Change change;
    base::ShelfId shelf;
    std::uint32_t on_shelf = registry.shelf_size();
    std::uint32_t n = 0;
    registry.each_person([&](const registry::Person& person) {
      if (on_shelf == registry.shelf_size()) {
        shelf = base::ShelfId{registry.new_id()};
        change.put(registry::Shelf{.id = shelf, .purpose = purpose});
        on_shelf = 0;
      }
      ++on_shelf;
      registry::Number number{
          .person = person.id, .purpose = purpose, .shelf = shelf, .version = 1};
      number.sealed = ipc::SealedNumber::from(sealed).value();
      const std::uint64_t tag = ++n * 0x9E3779B97F4A7C15ULL;
      std::memcpy(number.tag.mutable_view().data(), &tag, sizeof tag);
      change.put(std::move(number));
      registry::Person holder = person;
      holder.last_version = 1;
      change.put(std::move(holder));
    });
    TRY(store.commit(change.writes(), {}));
    registry.apply(std::move(change));
  }
  return {};
}

void query(const Registry& registry) {
  constexpr std::array<std::string_view, 6> kTexts{"", "太郎", "たろう", "E0001", "ﾐﾎﾝ", "無い"};
  constexpr std::array<std::string_view, 3> kGroups{"", "東京支店", "経理部"};
  std::vector<double> times;
  std::uint64_t rows = 0;
  for (int i = 0; i < kQueries; ++i) {
    const auto n = static_cast<std::size_t>(i);
    registry::PeopleQuery q{.text = kTexts[n % kTexts.size()], .group = kGroups[n / 6 % 3]};
    if (i % 5 == 4) q.status = base::CollectionStatus::kNotRequested;
    if (i % 7 == 6) q.kind = base::PersonKind::kEmployee;
    q.offset = static_cast<std::uint32_t>(i % 50 * 50);
    const double start = now_ms();
    const auto page = registry.people(q);
    for (const registry::Person* person : page.rows) {
      rows += registry::person_row(registry, person->id).has_value() ? 1U : 0U;
    }
    times.push_back(now_ms() - start);
  }
  std::ranges::sort(times);
  print("list_rows", static_cast<double>(rows));
  print("list_p50_ms", times[times.size() / 2]);
  print("list_p99_ms", times[times.size() * 99 / 100]);
  print("list_max_ms", times.back());
}

Result<> open_again(const char* folder) {
  const double start = now_ms();
  const double cpu_start = cpu_ms();
  const auto kv = TRY(LmdbKv::open(folder, kStoreBytes));
  Registry registry;
  const Store store = TRY(Store::open(*kv, key(1), key(2), [&](base::ByteSpan k, base::ByteSpan v) {
    return registry.load(k, v);
  }));
  TRY(registry.finish_load());
  print("records", static_cast<double>(store.state().records));
  print("open_ms", now_ms() - start);
  print("open_cpu_ms", cpu_ms() - cpu_start);
  print("open_resident_MiB", static_cast<double>(resident("VmRSS")) / 1024);
  print("open_anonymous_MiB", static_cast<double>(resident("RssAnon")) / 1024);
  query(registry);
  return {};
}

Result<> run(const char* folder, const char* roster, int numbers) {
  const auto kv = TRY(LmdbKv::open(folder, kStoreBytes));
  Store store = TRY(Store::create(*kv, key(1), key(2), 1, {}));
  Registry registry;
  TRY(registry.finish_load());
  TRY(import_roster(store, registry, roster));
  TRY(add_numbers(store, registry, numbers));
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  const int numbers = argc > 3 && argv[3][0] >= '0' && argv[3][0] <= '4' ? argv[3][0] - '0' : 2;
  std::printf("{\n");
  std::fflush(stdout);
  // The first half in a process of its own: the second shows the memory of a fresh start.
  const pid_t child = ::fork();
  if (child == 0) {
    const auto done = run(argv[1], argv[2], numbers);
    std::fflush(stdout);
    ::_exit(done ? 0 : 1);
  }
  rusage used{};
  int status = -1;
  if (child < 0 || ::wait4(child, &status, 0, &used) != child || status != 0) return 1;
  print("import_peak_resident_MiB", static_cast<double>(used.ru_maxrss) / 1024);
  const auto opened = open_again(argv[1]);
  print("failed", opened ? 0 : 1, "\n}\n");
  return opened ? 0 : 1;
}
