#include "audit/tree.h"

#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <bit>
#include <numeric>

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

namespace {

void inclusion_of(std::uint64_t index, Range tree, std::vector<Range>& out) {
  if (tree.end - tree.first == 1) return;
  const std::uint64_t middle = tree.first + split(tree.end - tree.first);
  const Range left{tree.first, middle};
  const Range right{middle, tree.end};
  inclusion_of(index, index < middle ? left : right, out);
  out.push_back(index < middle ? right : left);
}

// SUBPROOF of RFC 6962 2.1.2; `first` counts from the tree's first leaf, `whole` is its b.
void subproof(std::uint64_t first, Range tree, bool whole, std::vector<Range>& out) {
  const std::uint64_t size = tree.end - tree.first;
  if (first == size) {
    if (!whole) out.push_back(tree);
    return;
  }
  const std::uint64_t k = split(size);
  const Range left{tree.first, tree.first + k};
  const Range right{tree.first + k, tree.end};
  if (first <= k) {
    subproof(first, left, whole, out);
    out.push_back(right);
  } else {
    subproof(first - k, right, /*whole=*/false, out);
    out.push_back(left);
  }
}

Proof proof_of(const std::vector<Range>& ranges, std::span<const Digest> leaves) {
  Proof proof;
  for (const Range& range : ranges) {
    proof.push_back(root_of(leaves.subspan(range.first, range.end - range.first)));
  }
  return proof;
}

}  // namespace

std::vector<Range> inclusion_ranges(std::uint64_t index, std::uint64_t size) {
  ASSERT(index < size);
  std::vector<Range> out;
  inclusion_of(index, {0, size}, out);
  return out;
}

std::vector<Range> consistency_ranges(std::uint64_t first, std::uint64_t size) {
  ASSERT(first <= size);
  std::vector<Range> out;
  if (first != 0 && first != size) subproof(first, {0, size}, /*whole=*/true, out);
  return out;
}

ProofBuilder::ProofBuilder(std::vector<Range> ranges)
    : ranges_(std::move(ranges)), order_(ranges_.size()), proof_(ranges_.size()) {
  std::iota(order_.begin(), order_.end(), std::size_t{0});
  std::sort(order_.begin(), order_.end(),
            [this](std::size_t a, std::size_t b) { return ranges_[a] < ranges_[b]; });
}

void ProofBuilder::add(const Digest& leaf) {
  const std::uint64_t index = index_++;
  if (next_ == order_.size()) return;
  const Range& range = ranges_[order_[next_]];
  if (index < range.first) return;
  part_.add(leaf);
  if (index_ != range.end) return;
  proof_[order_[next_++]] = part_.root();
  part_ = Frontier();
}

Proof inclusion_proof(std::uint64_t index, std::span<const Digest> leaves) {
  return proof_of(inclusion_ranges(index, leaves.size()), leaves);
}

Proof consistency_proof(std::uint64_t first, std::span<const Digest> leaves) {
  return proof_of(consistency_ranges(first, leaves.size()), leaves);
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

base::Result<> check_consistency(std::uint64_t first, std::uint64_t second,
                                 const Digest& first_root, const Digest& second_root,
                                 const Proof& proof) {
  if (first > second) return broken();
  if (first == second)
    return proof.empty() && first_root == second_root ? base::Result<>{} : broken();
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
