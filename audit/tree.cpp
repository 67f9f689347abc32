#include "audit/tree.h"

#include <openssl/sha.h>

#include <array>
#include <bit>

namespace audit {

namespace {

using base::Code;

// The largest power of two smaller than n; n > 1.
std::uint64_t split(std::uint64_t n) { return std::bit_floor(n - 1); }

base::Result<> broken() { return base::fail(Code::kCorrupt, "proof"); }

}  // namespace

Digest sha256(base::ByteSpan bytes) {
  Digest out;
  ::SHA256(bytes.data(), bytes.size(), out.mutable_view().data());
  return out;
}

Digest leaf_hash(std::string_view line) {
  std::vector<std::uint8_t> input;
  input.reserve(line.size() + 1);
  input.push_back(0x00);
  input.insert(input.end(), line.begin(), line.end());
  return sha256(input);
}

Digest node_hash(const Digest& left, const Digest& right) {
  std::array<std::uint8_t, 65> input{};
  input[0] = 0x01;
  std::copy(left.view().begin(), left.view().end(), input.begin() + 1);
  std::copy(right.view().begin(), right.view().end(), input.begin() + 33);
  return sha256(input);
}

void Frontier::add(const Digest& leaf) {
  Digest hash = leaf;
  for (std::uint64_t bits = size_; (bits & 1U) != 0; bits >>= 1U) {
    hash = node_hash(peaks_.back(), hash);
    peaks_.pop_back();
  }
  peaks_.push_back(hash);
  ++size_;
}

Digest Frontier::root() const {
  if (peaks_.empty()) return sha256({});
  Digest hash = peaks_.back();
  for (std::size_t i = peaks_.size() - 1; i > 0; --i) hash = node_hash(peaks_[i - 1], hash);
  return hash;
}

Digest root_of(std::span<const Digest> leaves) {
  Frontier frontier;
  for (const Digest& leaf : leaves) frontier.add(leaf);
  return frontier.root();
}

Proof inclusion_proof(std::uint64_t index, std::span<const Digest> leaves) {
  ASSERT(index < leaves.size());
  if (leaves.size() == 1) return {};
  const std::uint64_t k = split(leaves.size());
  const bool in_left = index < k;
  Proof proof = in_left ? inclusion_proof(index, leaves.first(k))
                        : inclusion_proof(index - k, leaves.subspan(k));
  proof.push_back(root_of(in_left ? leaves.subspan(k) : leaves.first(k)));
  return proof;
}

namespace {

// SUBPROOF of RFC 6962 2.1.2; `whole` is its b.
Proof subproof(std::uint64_t first, std::span<const Digest> leaves, bool whole) {
  if (first == leaves.size()) return whole ? Proof{} : Proof{root_of(leaves)};
  const std::uint64_t k = split(leaves.size());
  if (first <= k) {
    Proof proof = subproof(first, leaves.first(k), whole);
    proof.push_back(root_of(leaves.subspan(k)));
    return proof;
  }
  Proof proof = subproof(first - k, leaves.subspan(k), /*whole=*/false);
  proof.push_back(root_of(leaves.first(k)));
  return proof;
}

}  // namespace

Proof consistency_proof(std::uint64_t first, std::span<const Digest> leaves) {
  ASSERT(first <= leaves.size());
  if (first == 0 || first == leaves.size()) return {};
  return subproof(first, leaves, /*whole=*/true);
}

base::Result<> check_inclusion(std::uint64_t index, std::uint64_t size, const Digest& leaf,
                               const Proof& proof, const Digest& root) {
  if (index >= size) return broken();
  std::uint64_t fn = index;
  std::uint64_t sn = size - 1;
  Digest hash = leaf;
  for (const Digest& step : proof) {
    if (sn == 0) return broken();
    if ((fn & 1U) != 0 || fn == sn) {
      hash = node_hash(step, hash);
      while ((fn & 1U) == 0 && fn != 0) fn >>= 1U, sn >>= 1U;
    } else {
      hash = node_hash(hash, step);
    }
    fn >>= 1U;
    sn >>= 1U;
  }
  if (sn != 0 || hash != root) return broken();
  return {};
}

base::Result<> check_consistency(std::uint64_t first, std::uint64_t second, const Digest& first_root,
                                 const Digest& second_root, const Proof& proof) {
  if (first > second) return broken();
  if (first == second) return proof.empty() && first_root == second_root ? base::Result<>{} : broken();
  // Every tree continues the empty one.
  if (first == 0) return proof.empty() && first_root == sha256({}) ? base::Result<>{} : broken();
  std::size_t next = 0;
  const bool whole = std::has_single_bit(first);
  if (!whole && proof.empty()) return broken();
  std::uint64_t fn = first - 1;
  std::uint64_t sn = second - 1;
  while ((fn & 1U) != 0) fn >>= 1U, sn >>= 1U;
  Digest fr = whole ? first_root : proof[next++];
  Digest sr = fr;
  for (; next < proof.size(); ++next) {
    if (sn == 0) return broken();
    if ((fn & 1U) != 0 || fn == sn) {
      fr = node_hash(proof[next], fr);
      sr = node_hash(proof[next], sr);
      while ((fn & 1U) == 0 && fn != 0) fn >>= 1U, sn >>= 1U;
    } else {
      sr = node_hash(sr, proof[next]);
    }
    fn >>= 1U;
    sn >>= 1U;
  }
  if (sn != 0 || fr != first_root || sr != second_root) return broken();
  return {};
}

}  // namespace audit
