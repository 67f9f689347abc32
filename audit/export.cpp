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
    const std::string text = std::to_string(part);
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

Exporter::Exporter(Private /*key*/, ExportInput input, std::vector<Checkpoint> earlier,
                   const base::Fd& out)
    : input_(std::move(input)),
      earlier_(std::move(earlier)),
      tar_(out, input_.made),
      tiles_([this](const std::string& path, base::ByteSpan hashes) { return add(path, hashes); }),
      inclusion_(inclusion_ranges(input_.checkpoint.size - 1, input_.checkpoint.size)) {
  for (const Checkpoint& old : earlier_) {
    proofs_.emplace_back(consistency_ranges(old.size, input_.checkpoint.size));
  }
}

Exporter::Made Exporter::begin(ExportInput input, const base::Fd& out) {
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
  auto exporter = std::make_unique<Exporter>(Private{}, std::move(input), std::move(earlier), out);
  TRY(exporter->add_fixed());
  return exporter;
}

Exporter::Made Exporter::build(const Log& log, ExportInput input, const base::Fd& out) {
  const std::uint64_t size = input.checkpoint.size;
  auto exporter = TRY(begin(std::move(input), out));
  TRY(log.scan(0, size, [&exporter](std::uint64_t /*index*/, std::string_view line) {
    return exporter->add_line(line);
  }));
  TRY(exporter->close());
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

Result<> Exporter::add_line(std::string_view line) {
  const Digest leaf = leaf_hash(line);
  (lines_ += line) += '\n';
  frontier_.add(leaf);
  inclusion_.add(leaf);
  for (ProofBuilder& proof : proofs_) proof.add(leaf);
  TRY(tiles_.add(leaf));
  const std::uint64_t size = frontier_.size();
  if (next_earlier_ < earlier_.size() && earlier_[next_earlier_].size == size) {
    if (earlier_[next_earlier_++].root != frontier_.root()) return fail(Code::kCorrupt, "earlier");
  }
  if (size % kLinesPerFile != 0 && size != input_.checkpoint.size) return {};
  const std::uint64_t first = (size - 1) / kLinesPerFile * kLinesPerFile;
  TRY(add(log_file_name(first), base::as_bytes(lines_)));
  lines_.clear();
  return {};
}

Result<> Exporter::close() {
  TRY(tiles_.finish());
  if (frontier_.size() != input_.checkpoint.size || frontier_.root() != input_.checkpoint.root) {
    return fail(Code::kCorrupt, "root");
  }
  TRY(add_proofs());
  const std::string text = manifest_text(manifest_, input_.checkpoint, input_.made);
  TRY(tar_.add("manifest.json", base::as_bytes(text)));
  attributes_ = cms_attributes(sha256(base::as_bytes(text)), input_.made);
  return {};
}

Result<> Exporter::add_proofs() {
  const std::uint64_t size = input_.checkpoint.size;
  const std::string last = inclusion_text(size - 1, inclusion_.proof(), input_.note);
  TRY(add(kInclusionName, base::as_bytes(last)));
  for (std::size_t i = 0; i < earlier_.size(); ++i) {
    const std::uint64_t old = earlier_[i].size;
    const std::string text = consistency_text(old, proofs_[i].proof(), input_.note);
    TRY(add(earlier_name(old), base::as_bytes(input_.earlier[i])));
    TRY(add(consistency_name(old), base::as_bytes(text)));
  }
  return {};
}

}  // namespace audit
