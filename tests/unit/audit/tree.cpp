#include "audit/tree.h"

#include <array>
#include <boost/test/unit_test.hpp>
#include <string>

namespace {

using audit::Digest;
using audit::Proof;

// Leaves, roots and proofs of the reference tests of Certificate Transparency, as published in
// github.com/transparency-dev/merkle, testonly/constants.go and testonly/reference_test.go.
constexpr std::array kLeaves = {"",
                                "00",
                                "10",
                                "2021",
                                "3031",
                                "40414243",
                                "5051525354555657",
                                "606162636465666768696a6b6c6d6e6f"};
constexpr std::array kRoots = {"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                               "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                               "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
                               "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
                               "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
                               "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
                               "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
                               "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
                               "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};
constexpr const char* k96A2 = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7";
constexpr const char* k5F08 = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e";
constexpr const char* k6B47 = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4";
constexpr const char* kBC1A = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b";
constexpr const char* kCA85 = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0";
constexpr const char* k0EBC = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a";
constexpr const char* kB086 = "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f";

Digest digest(std::string_view hex) { return *Digest::from(*base::from_hex(hex)); }

std::vector<Digest> vector_leaves() {
  std::vector<Digest> out;
  for (const char* hex : kLeaves) {
    out.push_back(audit::leaf_hash(base::as_text(*base::from_hex(hex))));
  }
  return out;
}

std::vector<Digest> many(std::size_t count) {
  std::vector<Digest> out;
  for (std::size_t i = 0; i < count; ++i) out.push_back(audit::leaf_hash(std::to_string(i)));
  return out;
}

// RFC 6962 2.1, word for word.
Digest naive(std::span<const Digest> leaves) {
  if (leaves.empty()) return audit::sha256({});
  if (leaves.size() == 1) return leaves[0];
  std::size_t k = 1;
  while (k * 2 < leaves.size()) k *= 2;
  return audit::node_hash(naive(leaves.first(k)), naive(leaves.subspan(k)));
}

Proof hashes(std::initializer_list<const char*> list) {
  Proof out;
  for (const char* hex : list) out.push_back(digest(hex));
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(audit_tree)

BOOST_AUTO_TEST_CASE(published_roots) {
  const auto leaves = vector_leaves();
  for (std::size_t n = 0; n <= leaves.size(); ++n) {
    BOOST_TEST((audit::root_of(std::span(leaves).first(n)) == digest(kRoots[n])));
  }
}

BOOST_AUTO_TEST_CASE(published_proofs) {
  const auto leaves = vector_leaves();
  const auto first = [&](std::size_t n) { return std::span(leaves).first(n); };
  BOOST_TEST((audit::inclusion_proof(0, first(8)) == hashes({k96A2, k5F08, k6B47})));
  BOOST_TEST((audit::inclusion_proof(5, first(8)) == hashes({kBC1A, kCA85, kRoots[4]})));
  BOOST_TEST((audit::inclusion_proof(2, first(3)) == hashes({kRoots[2]})));
  BOOST_TEST((audit::inclusion_proof(1, first(5)) == hashes({kRoots[1], k5F08, kBC1A})));
  BOOST_TEST((audit::consistency_proof(1, first(8)) == hashes({k96A2, k5F08, k6B47})));
  BOOST_TEST((audit::consistency_proof(6, first(8)) == hashes({k0EBC, kCA85, kRoots[4]})));
  BOOST_TEST((audit::consistency_proof(2, first(5)) == hashes({k5F08, kBC1A})));
  BOOST_TEST((audit::consistency_proof(6, first(7)) == hashes({k0EBC, kB086, kRoots[4]})));
}

BOOST_AUTO_TEST_CASE(every_size_agrees_with_the_definition) {
  const auto leaves = many(130);
  audit::Frontier frontier;
  for (std::size_t n = 0; n < leaves.size(); ++n) {
    BOOST_TEST((frontier.root() == naive(std::span(leaves).first(n))));
    frontier.add(leaves[n]);
  }
}

BOOST_AUTO_TEST_CASE(every_proof_verifies_and_no_changed_one_does) {
  const auto leaves = many(40);
  for (std::size_t size = 1; size <= leaves.size(); ++size) {
    const auto tree = std::span(leaves).first(size);
    const Digest root = naive(tree);
    for (std::size_t i = 0; i < size; ++i) {
      Proof proof = audit::inclusion_proof(i, tree);
      BOOST_TEST(audit::check_inclusion(i, size, leaves[i], proof, root).has_value());
      BOOST_TEST(!audit::check_inclusion(i, size, audit::leaf_hash("x"), proof, root));
      BOOST_TEST(!audit::check_inclusion(size, size, leaves[i], proof, root));
      proof.push_back(root);
      BOOST_TEST(!audit::check_inclusion(i, size, leaves[i], proof, root));

      const Digest old = naive(tree.first(i));
      Proof grown = audit::consistency_proof(i, tree);
      BOOST_TEST(audit::check_consistency(i, size, old, root, grown).has_value());
      BOOST_TEST(!audit::check_consistency(i, size, audit::leaf_hash("x"), root, grown));
      BOOST_TEST(!audit::check_consistency(i, size, old, audit::leaf_hash("x"), grown) == (i != 0));
      grown.push_back(root);
      BOOST_TEST(!audit::check_consistency(i, size, old, root, grown));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_passing_tree_gives_the_same_proofs) {
  const auto leaves = many(77);
  for (std::uint64_t old = 0; old <= leaves.size(); ++old) {
    audit::ProofBuilder consistency(audit::consistency_ranges(old, leaves.size()));
    for (const Digest& leaf : leaves) consistency.add(leaf);
    BOOST_TEST((consistency.proof() == audit::consistency_proof(old, leaves)));
    if (old == leaves.size()) break;
    audit::ProofBuilder inclusion(audit::inclusion_ranges(old, leaves.size()));
    for (const Digest& leaf : leaves) inclusion.add(leaf);
    BOOST_TEST((inclusion.proof() == audit::inclusion_proof(old, leaves)));
  }
}

BOOST_AUTO_TEST_SUITE_END()
