// The Merkle tree of RFC 6962 section 2.1 (SHA-256): a leaf is 0x00 and the exact line, a node 0x01
// and its two children. Pure computation; anybody may use it.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace audit {

using base::Digest;
using Proof = std::vector<Digest>;
inline constexpr std::size_t kProofMax = 63;  // hashes, C2SP tlog-witness

Digest sha256(base::ByteSpan bytes);
Digest leaf_hash(std::string_view line);
Digest node_hash(const Digest& left, const Digest& right);

// The hashes of the complete subtrees at the right edge: all that is needed to grow and to know the
// root.
class Frontier {
 public:
  void add(const Digest& leaf);
  [[nodiscard]] std::uint64_t size() const { return size_; }
  // MTH(D[0:size]); SHA-256 of nothing for the empty tree.
  [[nodiscard]] Digest root() const;

 private:
  std::uint64_t size_ = 0;
  std::vector<Digest> peaks_;  // one a bit of size_, largest first
};

// Leaves [first, end): a complete or rightmost subtree whose root stands in a proof.
struct Range {
  std::uint64_t first = 0;
  std::uint64_t end = 0;
  friend auto operator<=>(const Range&, const Range&) = default;
};
// What PATH(index, D[0:size]) consists of, RFC 6962 2.1.1, in its order. index < size.
std::vector<Range> inclusion_ranges(std::uint64_t index, std::uint64_t size);
// What PROOF(first, D[0:size]) consists of, RFC 6962 2.1.2. first <= size; empty for 0 and for
// size.
std::vector<Range> consistency_ranges(std::uint64_t first, std::uint64_t size);

// Computes one proof while the leaves pass by in order.
class ProofBuilder {
 public:
  explicit ProofBuilder(std::vector<Range> ranges);
  void add(const Digest& leaf);
  // After the last leaf.
  [[nodiscard]] const Proof& proof() const { return proof_; }

 private:
  std::vector<Range> ranges_;
  std::vector<std::size_t> order_;  // of ranges_, by their first leaf; they do not overlap
  Proof proof_;
  std::size_t next_ = 0;
  std::uint64_t index_ = 0;
  Frontier part_;
};

// MTH over the leaf hashes.
Digest root_of(std::span<const Digest> leaves);
// PATH(index, D[0:n]), RFC 6962 2.1.1. index < leaves.size().
Proof inclusion_proof(std::uint64_t index, std::span<const Digest> leaves);
// PROOF(first, D[0:n]), RFC 6962 2.1.2. first <= leaves.size(); empty for 0 and for n.
Proof consistency_proof(std::uint64_t first, std::span<const Digest> leaves);

// kCorrupt unless the proof (RFC 9162 2.1.3.2) leads from leaf `index` to the root of `size`
// leaves.
base::Result<> check_inclusion(std::uint64_t index, std::uint64_t size, const Digest& leaf,
                               const Proof& proof, const Digest& root);
// kCorrupt unless the proof (RFC 9162 2.1.4.2) shows that the first tree is a prefix of the second.
base::Result<> check_consistency(std::uint64_t first, std::uint64_t second,
                                 const Digest& first_root, const Digest& second_root,
                                 const Proof& proof);

}  // namespace audit
