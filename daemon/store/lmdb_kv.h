// The embedded key-value store: one LMDB file, preallocated, opened by one process. The only user
// of lmdb.h is lmdb_kv.cpp. Default flags: none that trades durability or integrity for speed. A
// commit that fails leaves an unknown outcome, after which this object refuses everything.
#pragma once

#include <string>

#include "daemon/store/kv.h"

namespace store {

class LmdbKv final : public Kv {
 public:
  // Opens, or makes, the store in the existing folder `dir`, with room for `bytes` (rounded up to
  // MiB), all of which is written before the first use so that a commit never needs space of the
  // file system. An existing larger file keeps its size. kConflict when another process (or
  // another object of this one) has it open; kFull when the file system has no room; kCorrupt when
  // the file is not ours.
  static base::Result<std::unique_ptr<LmdbKv>> open(const std::string& dir, std::uint64_t bytes);

  class Token {  // so that only open() makes one
    friend class LmdbKv;
    Token() = default;
  };
  struct Parts;
  LmdbKv(Token token, std::unique_ptr<Parts> parts);
  ~LmdbKv() override;
  LmdbKv(const LmdbKv&) = delete;  // one environment, one lock
  LmdbKv& operator=(const LmdbKv&) = delete;

  base::Result<std::unique_ptr<Snapshot>> snapshot() override;
  base::Result<std::uint64_t> commit(const Batch& batch) override;

  // The environment's flags as the library reports them, and whether one of the five that we never
  // use (NOSYNC, NOMETASYNC, WRITEMAP, MAPASYNC, NOMEMINIT) is among them.
  [[nodiscard]] base::Result<unsigned> flags() const;
  [[nodiscard]] base::Result<bool> has_forbidden_flag() const;
  // Share of the map that holds pages in use or used before, in percent.
  [[nodiscard]] base::Result<unsigned> used_percent() const;

 private:
  std::unique_ptr<Parts> parts_;
};

}  // namespace store
