#include "audit/export.h"

#include <algorithm>

#include "audit/base64.h"
#include "audit/readme.h"

namespace audit {

namespace {

using base::Code;
using base::fail;
using base::Result;

std::string proof_lines(const Proof& proof) {
  std::string out;
  for (const Digest& hash : proof) (out += to_base64(hash.view())) += '\n';
  return out;
}

// "x001/x234/067", C2SP tlog-tiles.
std::string tile_index(std::uint64_t index) {
  const auto three = [](std::uint64_t part) {
    std::string text = std::to_string(part);
    return std::string(3 - text.size(), '0') + text;
  };
  std::string out = three(index % 1000);
  while ((index /= 1000) != 0) out.insert(0, "x" + three(index % 1000) + "/");
  return out;
}

}  // namespace

Result<> TileBuilder::add(const Digest& leaf) { return put(0, leaf); }

Result<> TileBuilder::put(std::size_t level, const Digest& hash) {
  if (levels_.size() == level) levels_.emplace_back();
  levels_[level].hashes.push_back(hash);
  if (levels_[level].hashes.size() < kTileWidth) return {};
  TRY(emit(level, levels_[level].full++, ""));
  const Digest root = root_of(levels_[level].hashes);
  levels_[level].hashes.clear();
  return put(level + 1, root);
}

Result<> TileBuilder::emit(std::size_t level, std::uint64_t index, const std::string& suffix) {
  std::vector<std::uint8_t> bytes;
  for (const Digest& hash : levels_[level].hashes) {
    bytes.insert(bytes.end(), hash.view().begin(), hash.view().end());
  }
  return on_tile_("tile/" + std::to_string(level) + "/" + tile_index(index) + suffix, bytes);
}

Result<> TileBuilder::finish() {
  for (std::size_t level = 0; level < levels_.size(); ++level) {
    const std::size_t width = levels_[level].hashes.size();
    if (width != 0) TRY(emit(level, levels_[level].full, ".p/" + std::to_string(width)));
  }
  return {};
}

std::string log_file_name(std::uint64_t first) { return "log/" + base::id_text(first) + ".jsonl"; }
std::string earlier_name(std::uint64_t size) { return "earlier/" + base::id_text(size); }
std::string consistency_name(std::uint64_t size) {
  return "proof/" + base::id_text(size) + ".consistency";
}

std::string consistency_text(std::uint64_t old_size, const Proof& proof, std::string_view note) {
  return "old " + std::to_string(old_size) + "\n" + proof_lines(proof) + "\n" + std::string(note);
}

std::string inclusion_text(std::uint64_t index, const Proof& proof, std::string_view note) {
  return "c2sp.org/tlog-proof@v1\nindex " + std::to_string(index) + "\n" + proof_lines(proof) +
         "\n" + std::string(note);
}

std::string manifest_text(const Manifest& files, const Checkpoint& checkpoint,
                          base::WallTime made) {
  std::string out = "{\"files\":[";
  for (const auto& [path, row] : files) {
    if (out.back() == '}') out += ',';
    out += "{\"path\":\"" + path + "\",\"sha256\":\"" + base::to_hex(row.sha256.view()) +
           "\",\"size\":" + std::to_string(row.size) + "}";
  }
  return out + "],\"format\":\"kagikura-export-1\",\"made\":\"" + base::to_rfc3339(made) +
         "\",\"origin\":\"" + checkpoint.origin + "\",\"root\":\"" +
         to_base64(checkpoint.root.view()) + "\",\"size\":" + std::to_string(checkpoint.size) +
         "}\n";
}

Result<Exporter> Exporter::build(const Log& log, ExportInput input, const base::Fd& out) {
  const auto scan = [&log](std::uint64_t end, const Log::OnLine& on_line) {
    return log.scan(0, end, on_line);
  };
  return build(scan, std::move(input), out);
}

Result<Exporter> Exporter::build(const Scan& scan, ExportInput input, const base::Fd& out) {
  if (input.checkpoint.size == 0) return fail(Code::kInvalid, "size");
  input.made.ms -= input.made.ms % 1000;
  if (input.earlier.size() > kEarlierMax) {
    input.earlier.erase(input.earlier.begin(), input.earlier.end() - kEarlierMax);
  }
  std::vector<Checkpoint> earlier;
  for (const std::string& note : input.earlier) {
    earlier.push_back(TRY(open_checkpoint(note, input.key)));
    const std::uint64_t before = earlier.size() > 1 ? earlier[earlier.size() - 2].size : 0;
    const Checkpoint& now = earlier.back();
    if (now.size <= before || now.size >= input.checkpoint.size) {
      return fail(Code::kInvalid, "earlier");
    }
  }
  Exporter exporter(std::move(input), out);
  TRY(exporter.add_fixed());
  TRY(exporter.add_log(scan, std::move(earlier)));
  const std::string text =
      manifest_text(exporter.manifest_, exporter.input_.checkpoint, exporter.input_.made);
  TRY(exporter.tar_.add("manifest.json", base::as_bytes(text)));
  exporter.attributes_ = cms_attributes(sha256(base::as_bytes(text)), exporter.input_.made);
  return exporter;
}

Digest Exporter::digest() const { return sha256(attributes_); }

Result<> Exporter::finish(base::ByteSpan signature) {
  TRY(input_.key.check(digest(), signature));
  const Der cms = TRY(assemble_cms(input_.certificate, attributes_, signature));
  TRY(tar_.add("manifest.p7s", cms));
  return tar_.finish();
}

Result<> Exporter::add(const std::string& name, base::ByteSpan content) {
  manifest_[name] = {content.size(), sha256(content)};
  return tar_.add(name, content);
}

Result<> Exporter::add_fixed() {
  const auto text = [&](const char* name, std::string_view content) {
    return add(name, base::as_bytes(content));
  };
  TRY(text("README.txt", kReadme));
  TRY(text("checkpoint", input_.note));
  TRY(text("log.vkey", input_.key.vkey() + "\n"));
  TRY(text("key.pem", input_.key.pem()));
  return text("cert.pem", to_pem("CERTIFICATE", input_.certificate));
}

Result<> Exporter::add_log(const Scan& scan, std::vector<Checkpoint> earlier) {
  const std::uint64_t size = input_.checkpoint.size;
  TileBuilder tiles(
      [&](const std::string& path, base::ByteSpan hashes) { return add(path, hashes); });
  ProofBuilder inclusion(inclusion_ranges(size - 1, size));
  std::vector<ProofBuilder> proofs;
  for (const Checkpoint& old : earlier) proofs.emplace_back(consistency_ranges(old.size, size));
  Frontier frontier;
  std::string lines;
  std::size_t next_old = 0;
  TRY(scan(size, [&](std::uint64_t index, std::string_view line) -> Result<> {
    const Digest leaf = leaf_hash(line);
    (lines += line) += '\n';
    frontier.add(leaf);
    inclusion.add(leaf);
    for (ProofBuilder& proof : proofs) proof.add(leaf);
    TRY(tiles.add(leaf));
    if (next_old < earlier.size() && earlier[next_old].size == index + 1) {
      if (earlier[next_old++].root != frontier.root()) return fail(Code::kCorrupt, "earlier");
    }
    if ((index + 1) % kLinesPerFile != 0 && index + 1 != size) return {};
    TRY(add(log_file_name(index / kLinesPerFile * kLinesPerFile), base::as_bytes(lines)));
    lines.clear();
    return {};
  }));
  TRY(tiles.finish());
  if (frontier.root() != input_.checkpoint.root) return fail(Code::kCorrupt, "root");
  const std::string last = inclusion_text(size - 1, inclusion.proof(), input_.note);
  TRY(add(kInclusionName, base::as_bytes(last)));
  for (std::size_t i = 0; i < earlier.size(); ++i) {
    const std::uint64_t old = earlier[i].size;
    const std::string text = consistency_text(old, proofs[i].proof(), input_.note);
    TRY(add(earlier_name(old), base::as_bytes(input_.earlier[i])));
    TRY(add(consistency_name(old), base::as_bytes(text)));
  }
  return {};
}

}  // namespace audit
