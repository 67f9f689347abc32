// Makes logs and exports with a key in memory, for campaigns, fuzz corpora and the bench.
//
//   make_log honest DIR COUNT SEED
//     DIR/log, private.pem, log.vkey, export.tar, saved (a checkpoint of an earlier size)
//   make_log export LINES OUT PRIVATE ORIGIN
//     an export of any lines at all, signed with that key, and OUT.checkpoint
//   make_log key PRIVATE VKEY ORIGIN
//     another key
#include <fcntl.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>

#include "audit/export.h"
#include "audit/log.h"
#include "audit/x509.h"
#include "tests/audit/sample.h"
#include "tests/audit/software_key.h"

namespace {

using base::Result;
constexpr const char* kOrigin = "log.example.jp/kagikura";
constexpr base::WallTime kMade{1'795'000'000'000};

Result<> write_text(const std::string& path, std::string_view text) {
  std::ofstream out(path, std::ios::binary);
  out << text;
  out.close();
  if (!out) return base::fail(base::Code::kIo, "file");
  return {};
}

Result<audit::Der> certificate(const SoftwareKey& key, const std::string& origin) {
  audit::CertificateFields fields;
  fields.spki = key.spki();
  fields.common_name = origin;
  fields.not_before = {kMade.ms - 86'400'000};
  fields.not_after = {kMade.ms + std::int64_t{3650} * 86'400'000};
  return audit::self_signed(fields, key.signer());
}

// Gives the lines of a log one by one, from the first.
using Lines = std::function<Result<>(const std::function<Result<>(std::string_view)>&)>;

Result<> write_export(const Lines& lines, const audit::Checkpoint& checkpoint,
                      std::vector<std::string> earlier, const SoftwareKey& key,
                      const std::string& path) {
  const audit::LogKey log_key = key.log_key(checkpoint.origin);
  audit::ExportInput input{.checkpoint = checkpoint,
                           .note = TRY(audit::sign_checkpoint(checkpoint, log_key, key.signer())),
                           .key = log_key,
                           .certificate = TRY(certificate(key, checkpoint.origin)),
                           .made = kMade,
                           .earlier = std::move(earlier)};
  TRY(write_text(path + ".checkpoint", input.note));
  const base::Fd out(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (!out.valid()) return base::fail(base::Code::kIo, "tar");
  const auto exporter = TRY(audit::Exporter::begin(std::move(input), out));
  TRY(lines([&exporter](std::string_view line) { return exporter->add_line(line); }));
  TRY(exporter->close());
  const audit::Der signature = TRY(key.signer()(exporter->digest()));
  return exporter->finish(signature);
}

Result<> honest(const std::string& dir, std::uint64_t count, std::uint64_t seed) {
  std::filesystem::create_directories(dir + "/log");
  const SoftwareKey key = SoftwareKey::make();
  const audit::LogKey log_key = key.log_key(kOrigin);
  if (!key.save(dir + "/private.pem")) return base::fail(base::Code::kIo, "key");
  TRY(write_text(dir + "/log.vkey", log_key.vkey() + "\n"));
  audit::SystemDisk disk;
  const auto log = TRY(audit::Log::open({.dir = dir + "/log"}, disk));
  Sample sample(seed, kOrigin);
  std::vector<std::string> earlier;
  const auto sign_now = [&]() -> Result<std::string> {
    TRY(log->sync());
    return audit::sign_checkpoint({kOrigin, log->durable(), log->tree().root()}, log_key,
                                  key.signer());
  };
  while (log->size() < count) {
    TRY(log->append(sample.next(log->size())));
    if (log->size() == count) break;
    if (log->size() % (count / 3 + 1) == 0) earlier.push_back(TRY(sign_now()));
    if (log->size() == count * 3 / 5) TRY(write_text(dir + "/saved", TRY(sign_now())));
  }
  TRY(log->sync());
  const auto lines = [&](const auto& on_line) {
    return log->scan(0, log->durable(),
                     [&](std::uint64_t, std::string_view line) { return on_line(line); });
  };
  return write_export(lines, {kOrigin, log->durable(), log->tree().root()}, std::move(earlier), key,
                      dir + "/export.tar");
}

Result<> of_lines(const std::string& lines_path, const std::string& out,
                  const std::string& private_path, const std::string& origin) {
  const SoftwareKey key = SoftwareKey::load(private_path);
  if (!key.valid()) return base::fail(base::Code::kInvalid, "key");
  std::ifstream in(lines_path, std::ios::binary);
  std::vector<std::string> lines;
  audit::Frontier frontier;
  for (std::string line; std::getline(in, line);) {
    frontier.add(audit::leaf_hash(line));
    lines.push_back(std::move(line));
  }
  const auto all = [&](const auto& on_line) -> Result<> {
    for (const std::string& line : lines) TRY(on_line(line));
    return {};
  };
  return write_export(all, {origin, frontier.size(), frontier.root()}, {}, key, out);
}

Result<> new_key(const std::string& private_path, const std::string& vkey,
                 const std::string& origin) {
  const SoftwareKey key = SoftwareKey::make();
  if (!key.save(private_path)) return base::fail(base::Code::kIo, "key");
  return write_text(vkey, key.log_key(origin).vkey() + "\n");
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> args(argv + 1, argv + argc);
  Result<> done = base::fail(base::Code::kInvalid, "usage");
  if (args.size() == 4 && args[0] == "honest") {
    done = honest(args[1], std::strtoull(args[2].c_str(), nullptr, 10),
                  std::strtoull(args[3].c_str(), nullptr, 10));
  } else if (args.size() == 5 && args[0] == "export") {
    done = of_lines(args[1], args[2], args[3], args[4]);
  } else if (args.size() == 4 && args[0] == "key") {
    done = new_key(args[1], args[2], args[3]);
  }
  if (done) return 0;
  std::fprintf(stderr, "make_log: %s\n", audit::error_text(done.error()).c_str());
  return 1;
}
