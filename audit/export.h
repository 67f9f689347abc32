// The export: the whole log up to a signed checkpoint as a tar that anybody can check without the
// appliance (audit/FORMAT.md section 6). It reads the log only; the two signatures it needs are
// made by whoever holds the key: the checkpoint's beforehand, the manifest's between close() and
// finish(). The lines are given to it one by one, so that who has other work may stop in between.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "audit/checkpoint.h"
#include "audit/log.h"
#include "audit/tar.h"
#include "audit/x509.h"

namespace audit {

inline constexpr std::uint64_t kLinesPerFile = 4096;
inline constexpr std::uint64_t kTileWidth = 256;
inline constexpr std::size_t kEarlierMax = 16;

// C2SP tlog-tiles while the leaves pass by in order: calls `on_tile` with the path
// ("tile/0/x001/234", "tile/1/000.p/7") and the hashes of each tile.
class TileBuilder {
 public:
  using OnTile = std::function<base::Result<>(const std::string& path, base::ByteSpan hashes)>;
  explicit TileBuilder(OnTile on_tile) : on_tile_(std::move(on_tile)) {}
  base::Result<> add(const Digest& leaf);
  // The partial tiles at the right edge.
  base::Result<> finish();

 private:
  struct Level {
    std::uint64_t full = 0;
    std::vector<Digest> hashes;
  };
  base::Result<> put(std::size_t level, const Digest& hash);
  base::Result<> emit(std::size_t level, std::uint64_t index, const std::string& suffix);

  OnTile on_tile_;
  std::vector<Level> levels_;
};

// The files of an export that follow from others.
std::string log_file_name(std::uint64_t first);    // "log/0000000000001000.jsonl"
std::string earlier_name(std::uint64_t size);      // "earlier/000000000000002a"
std::string consistency_name(std::uint64_t size);  // "proof/000000000000002a.consistency"
inline constexpr const char* kInclusionName = "proof/last.tlog-proof";
// The body of a C2SP tlog-witness add-checkpoint request.
std::string consistency_text(std::uint64_t old_size, const Proof& proof, std::string_view note);
// C2SP tlog-proof of one entry.
std::string inclusion_text(std::uint64_t index, const Proof& proof, std::string_view note);

struct ManifestRow {
  std::uint64_t size = 0;
  Digest sha256;
};
using Manifest = std::map<std::string, ManifestRow, std::less<>>;  // by path
std::string manifest_text(const Manifest& files, const Checkpoint& checkpoint, base::WallTime made);

struct ExportInput {
  Checkpoint checkpoint;  // of the durable log; size >= 1
  std::string note;       // the checkpoint, signed
  LogKey key;
  Der certificate;                   // of the key
  base::WallTime made;               // of now; the CMS signing time, whole seconds
  std::vector<std::string> earlier;  // notes signed before, by this key, of smaller trees,
                                     // ascending; of more than kEarlierMax the newest are taken
};

class Exporter {
  struct Private {};  // only begin() makes them

 public:
  Exporter(Private /*key*/, ExportInput input, std::vector<Checkpoint> earlier,
           const base::Fd& out);
  Exporter(const Exporter&) = delete;  // its parts point at it
  Exporter& operator=(const Exporter&) = delete;

  using Made = base::Result<std::unique_ptr<Exporter>>;
  // Writes what does not depend on the lines to `out`, which outlives it. kInvalid when the input
  // contradicts itself. Below: kIo, kFull.
  static Made begin(ExportInput input, const base::Fd& out);
  // The log's lines from the first to the last that the checkpoint covers, in order. kCorrupt when
  // an earlier note does not agree.
  base::Result<> add_line(std::string_view line);
  // After the last line: proofs and manifest. kCorrupt when lines and checkpoint do not agree.
  base::Result<> close();
  // begin(), every line, close().
  static Made build(const Log& log, ExportInput input, const base::Fd& out);
  // To be signed with the log's key (ECDSA P-256, DER) ...
  [[nodiscard]] Digest digest() const;
  // ... and given back. Then the tar is complete. kCorrupt for a wrong signature.
  base::Result<> finish(base::ByteSpan signature);

 private:
  base::Result<> add(const std::string& name, base::ByteSpan content);
  base::Result<> add_fixed();
  base::Result<> add_proofs();

  ExportInput input_;
  std::vector<Checkpoint> earlier_;
  TarWriter tar_;
  Manifest manifest_;
  TileBuilder tiles_;
  ProofBuilder inclusion_;            // of the last entry
  std::vector<ProofBuilder> proofs_;  // that each of earlier_ is a prefix
  Frontier frontier_;
  std::string lines_;  // of the file that is being filled
  std::size_t next_earlier_ = 0;
  Der attributes_;
};

}  // namespace audit
