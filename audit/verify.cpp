#include "audit/verify.h"

#include <algorithm>

#include "audit/base64.h"

namespace audit {

namespace {

using base::Code;
using base::fail;
using base::Result;

constexpr std::uint64_t kFileMax = (kLineMax + 1) * kLinesPerFile;  // the largest: a file of lines
constexpr std::uint64_t kManifestMax = std::uint64_t{256} << 20U;

// A checkpoint that the lines must pass through.
struct Station {
  Checkpoint checkpoint;
  std::string note;
  bool saved = false;  // the caller's, not the export's
};

class Verifier {
 public:
  Verifier(const VerifyOptions& options, const Bundle& bundle)
      : options_(options), bundle_(bundle) {}

  Result<VerifyReport> run();

 private:
  void wrong(const char* code, const std::string& where);
  // A file of the export, counted for the manifest. Empty and a finding when it is not there.
  Result<std::string> file(const std::string& name);
  Result<> expect(const std::string& name, base::ByteSpan content, const char* code);
  Result<bool> find_key();
  Result<bool> find_checkpoint();
  Result<> find_earlier();
  Result<> find_saved();
  Result<> read_lines();
  Result<> read_log_file(std::uint64_t first, std::uint64_t count, TileBuilder& tiles,
                         EntryRules& rules);
  void pass(const Digest& leaf);
  Result<> check_proofs();
  Result<> check_manifest();
  Result<> check_signature(const std::string& manifest, base::WallTime made);

  const VerifyOptions& options_;
  const Bundle& bundle_;
  VerifyReport report_;
  Manifest manifest_;
  std::optional<LogKey> key_;
  Der certificate_;
  Checkpoint checkpoint_;
  std::string note_;
  std::vector<Station> stations_;
  std::vector<const Station*> route_;  // stations_ by size
  std::size_t next_station_ = 0;
  Frontier frontier_;
  std::vector<ProofBuilder> proofs_;  // one a station of the export's, then the inclusion
};

void Verifier::wrong(const char* code, const std::string& where) {
  if (report_.findings.size() < kFindingsMax) report_.findings.push_back({code, where});
}

Result<std::string> Verifier::file(const std::string& name) {
  auto content = bundle_.read(name, kFileMax);
  if (!content && content.error().code == Code::kIo) return content;
  if (!content) {
    wrong(content.error().code == Code::kNotFound ? "file.missing" : "file.size", name);
    return std::string();
  }
  manifest_[name] = {content->size(), sha256(base::as_bytes(*content))};
  return content;
}

Result<> Verifier::expect(const std::string& name, base::ByteSpan content, const char* code) {
  const bool there = bundle_.files().contains(name);
  const std::string found = TRY(file(name));
  if (there && base::as_text(content) != found) wrong(code, name);
  return {};
}

// The key to believe, and whether the export's own copies agree with it.
Result<bool> Verifier::find_key() {
  const std::string vkey = TRY(file("log.vkey"));
  auto own = LogKey::from_vkey(vkey);
  if (own && own->vkey() + "\n" != vkey) own = fail(Code::kInvalid, "vkey");
  if (!own) wrong("key.form", "log.vkey");
  if (options_.key) key_ = *options_.key;
  if (!key_ && own) key_ = *own;
  if (!key_) return false;
  if (own && *own != *key_) wrong("key.other", "log.vkey");
  report_.key_confirmed = options_.key.has_value();
  report_.origin = key_->origin();
  report_.fingerprint = base::to_hex(key_->fingerprint().view());
  TRY(expect("key.pem", base::as_bytes(key_->pem()), "key.other"));
  const std::string pem = TRY(file("cert.pem"));
  const auto certificate = from_pem("CERTIFICATE", pem);
  if (certificate && to_pem("CERTIFICATE", *certificate) == pem) certificate_ = *certificate;
  const auto spki = spki_of(certificate_);
  if (!spki || *spki != key_->spki()) wrong("key.certificate", "cert.pem");
  return true;
}

Result<bool> Verifier::find_checkpoint() {
  note_ = TRY(file("checkpoint"));
  const auto checkpoint = open_checkpoint(note_, *key_);
  if (!checkpoint || checkpoint->size == 0) {
    wrong("checkpoint.signature", "checkpoint");
    return false;
  }
  checkpoint_ = *checkpoint;
  report_.size = checkpoint_.size;
  report_.root = to_base64(checkpoint_.root.view());
  return true;
}

// The checkpoints that the export says were signed before.
Result<> Verifier::find_earlier() {
  static constexpr std::string_view kFolder = "earlier/";
  std::size_t count = 0;
  for (const auto& [name, place] : bundle_.files()) {
    if (!name.starts_with(kFolder)) continue;
    const std::string note = TRY(file(name));
    const auto old = open_checkpoint(note, *key_);
    const bool good = old && old->size != 0 && old->size < checkpoint_.size &&
                      earlier_name(old->size) == name && ++count <= kEarlierMax;
    if (!good) {
      wrong("checkpoint.earlier", name);
      continue;
    }
    stations_.push_back({*old, note, /*saved=*/false});
    proofs_.emplace_back(consistency_ranges(old->size, checkpoint_.size));
  }
  proofs_.emplace_back(inclusion_ranges(checkpoint_.size - 1, checkpoint_.size));
  return {};
}

// The checkpoints that the caller saved.
Result<> Verifier::find_saved() {
  for (std::size_t i = 0; i < options_.checkpoints.size(); ++i) {
    const std::string where = "saved checkpoint " + std::to_string(i + 1);
    const auto saved = open_checkpoint(options_.checkpoints[i], *key_);
    if (!saved && saved.error().code == Code::kInvalid) return fail(Code::kInvalid, "checkpoint");
    if (!saved) {
      wrong("saved.signature", where);
    } else if (saved->size > checkpoint_.size) {
      wrong("saved.ahead", where);
    } else if (saved->size == 0) {  // every log continues the empty one
      if (saved->root == sha256({})) ++report_.checkpoints;
      if (saved->root != sha256({})) wrong("saved.fork", where);
    } else {
      stations_.push_back({*saved, where, /*saved=*/true});
    }
  }
  return {};
}

void Verifier::pass(const Digest& leaf) {
  frontier_.add(leaf);
  for (ProofBuilder& proof : proofs_) proof.add(leaf);
  for (; next_station_ < route_.size(); ++next_station_) {
    const Station& station = *route_[next_station_];
    if (station.checkpoint.size != frontier_.size()) break;
    const bool same = station.checkpoint.root == frontier_.root();
    if (!same && station.saved) wrong("saved.fork", station.note);
    if (!same && !station.saved) wrong("checkpoint.earlier", earlier_name(frontier_.size()));
    if (same && station.saved) ++report_.checkpoints;
  }
}

Result<> Verifier::read_log_file(std::uint64_t first, std::uint64_t count, TileBuilder& tiles,
                                 EntryRules& rules) {
  const std::string name = log_file_name(first);
  const std::string content = TRY(file(name));
  std::string_view rest = content;
  for (; count > 0 && !rest.empty(); --count) {
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos) break;
    const Digest leaf = leaf_hash(rest.substr(0, end));
    rules.add(rest.substr(0, end));
    pass(leaf);
    TRY(tiles.add(leaf));
    rest.remove_prefix(end + 1);
  }
  if (count != 0 || !rest.empty()) wrong("log.lines", name);
  return {};
}

Result<> Verifier::read_lines() {
  for (const Station& station : stations_) route_.push_back(&station);
  std::sort(route_.begin(), route_.end(), [](const Station* a, const Station* b) {
    return a->checkpoint.size < b->checkpoint.size;
  });
  EntryRules rules(key_->origin());
  TileBuilder tiles(
      [&](const std::string& path, base::ByteSpan hashes) { return expect(path, hashes, "tile"); });
  for (std::uint64_t first = 0; first < checkpoint_.size; first += kLinesPerFile) {
    // A checkpoint can claim any size: stop where the files stop.
    if (!bundle_.files().contains(log_file_name(first))) {
      wrong("file.missing", log_file_name(first));
      break;
    }
    TRY(read_log_file(first, std::min(kLinesPerFile, checkpoint_.size - first), tiles, rules));
  }
  TRY(tiles.finish());
  // First what people understand.
  std::vector<Finding>& all = report_.findings;
  all.insert(all.begin(), rules.findings().begin(), rules.findings().end());
  if (all.size() > kFindingsMax) all.resize(kFindingsMax);
  if (frontier_.size() != checkpoint_.size || frontier_.root() != checkpoint_.root) {
    wrong("root", "checkpoint");
  }
  report_.open_intents = rules.open_intents();
  report_.first_time = rules.first_time();
  report_.last_time = rules.last_time();
  return {};
}

Result<> Verifier::check_proofs() {
  for (std::size_t i = 0; i + 1 < proofs_.size(); ++i) {
    const std::uint64_t old = stations_[i].checkpoint.size;
    const std::string text = consistency_text(old, proofs_[i].proof(), note_);
    TRY(expect(consistency_name(old), base::as_bytes(text), "proof"));
  }
  const std::string last = inclusion_text(checkpoint_.size - 1, proofs_.back().proof(), note_);
  return expect(kInclusionName, base::as_bytes(last), "proof");
}

Result<> Verifier::check_manifest() {
  static constexpr std::string_view kMade = "],\"format\":\"kagikura-export-1\",\"made\":\"";
  static_cast<void>(TRY(file("README.txt")));
  for (const auto& [name, place] : bundle_.files()) {
    const bool known =
        manifest_.contains(name) || name == "manifest.json" || name == "manifest.p7s";
    if (!known) wrong("file.unknown", name);
  }
  const auto manifest = bundle_.read("manifest.json", kManifestMax);
  if (!manifest && manifest.error().code == Code::kIo) return fail(Code::kIo, "manifest");
  if (!manifest) {
    wrong("manifest", "manifest.json");
    return {};
  }
  const std::size_t at = manifest->rfind(kMade);
  const auto made =
      at == std::string::npos
          ? fail(Code::kInvalid, "made")
          : base::from_rfc3339(std::string_view(*manifest).substr(at + kMade.size(), 24));
  if (!made || made->ms % 1000 != 0 || manifest_text(manifest_, checkpoint_, *made) != *manifest) {
    wrong("manifest", "manifest.json");
    return {};
  }
  return check_signature(*manifest, *made);
}

// The CMS signature has one spelling but for the signature itself, which ends it.
Result<> Verifier::check_signature(const std::string& manifest, base::WallTime made) {
  const auto cms = bundle_.read("manifest.p7s", kNoteMax);
  if (!cms && cms.error().code == Code::kIo) return fail(Code::kIo, "manifest.p7s");
  const Der attributes = cms_attributes(sha256(base::as_bytes(manifest)), made);
  const base::ByteSpan all = cms ? base::as_bytes(*cms) : base::ByteSpan();
  for (std::size_t size = 8; size <= 72 && size + 2 < all.size(); ++size) {
    const base::ByteSpan tail = all.last(size + 2);
    if (tail[0] != 0x04 || tail[1] != size) continue;
    const auto whole = assemble_cms(certificate_, attributes, tail.subspan(2));
    const bool same = whole && std::ranges::equal(*whole, all);
    if (same && key_->check(sha256(attributes), tail.subspan(2))) return {};
  }
  wrong("manifest.signature", "manifest.p7s");
  return {};
}

Result<VerifyReport> Verifier::run() {
  if (!TRY(find_key()) || !TRY(find_checkpoint())) return report_;
  TRY(find_earlier());
  TRY(find_saved());
  TRY(read_lines());
  TRY(check_proofs());
  TRY(check_manifest());
  return report_;
}

}  // namespace

Result<VerifyReport> verify(const VerifyOptions& options) {
  const auto bundle = Bundle::open(options.path);
  if (!bundle && bundle.error().code != Code::kCorrupt) return std::unexpected(bundle.error());
  if (!bundle) {
    VerifyReport report;
    report.findings.push_back({"export.form", options.path});
    return report;
  }
  return Verifier(options, *bundle).run();
}

}  // namespace audit
