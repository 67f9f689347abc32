#include "audit/checkpoint.h"

#include <boost/test/unit_test.hpp>

#include "audit/base64.h"
#include "tests/audit/software_key.h"

namespace {

using base::Code;

struct Fixture {
  SoftwareKey software = SoftwareKey::make();
  audit::LogKey key = software.log_key("log.example.jp");
  audit::Checkpoint checkpoint{"log.example.jp", 43, audit::leaf_hash("x")};
  std::string note = *audit::sign_checkpoint(checkpoint, key, software.signer());

  [[nodiscard]] Code refused(std::string_view text) const {
    const auto opened = audit::open_checkpoint(text, key);
    return opened ? Code::kUsed : opened.error().code;
  }
  [[nodiscard]] std::string with(std::string_view from, std::string_view to) const {
    std::string out = note;
    return out.replace(out.find(from), from.size(), to);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(audit_checkpoint, Fixture)

BOOST_AUTO_TEST_CASE(opens_what_was_signed) {
  BOOST_TEST((audit::open_checkpoint(note, key) == checkpoint));
  BOOST_TEST(note.starts_with("log.example.jp\n43\n"));
}

BOOST_AUTO_TEST_CASE(a_verifier_key_says_it_all) {
  const auto read = audit::LogKey::from_vkey(key.vkey() + "\n");
  BOOST_TEST((read == key));
  // signed-note: the key id of ECDSA keys is the truncated hash of the SubjectPublicKeyInfo
  BOOST_TEST(key.vkey().starts_with("log.example.jp+" +
                                    base::to_hex(key.fingerprint().view().first(4)) + "+"));
  std::string wrong = key.vkey();
  wrong[16] = wrong[16] == '0' ? '1' : '0';
  BOOST_TEST(!audit::LogKey::from_vkey(wrong));
  BOOST_TEST(!audit::LogKey::from("Log", key.spki()));
  BOOST_TEST(!audit::LogKey::from("log", audit::Der(91)));
}

BOOST_AUTO_TEST_CASE(ignores_strangers_but_not_their_form) {
  const std::string stranger = "\u2014 witness.example AAAAAAAA\n";
  BOOST_TEST((audit::open_checkpoint(note + stranger, key) == checkpoint));
  BOOST_TEST((refused(note + "\u2014 witness.example AAAA\n") == Code::kInvalid));
  BOOST_TEST((refused(note + "- witness.example AAAAAAAA\n") == Code::kInvalid));
  std::string many = note;
  for (int i = 0; i < 16; ++i) many += stranger;
  BOOST_TEST((refused(many) == Code::kInvalid));
}

BOOST_AUTO_TEST_CASE(refuses_bad_signatures) {
  BOOST_TEST((refused(with("\n43\n", "\n44\n")) == Code::kCorrupt));
  BOOST_TEST((refused(note.substr(0, note.find("\n\n") + 2)) == Code::kCorrupt));
  BOOST_TEST((refused(with("log.example.jp\n43", "log.example.xx\n43")) == Code::kMismatch));
  // A good signature does not help when another that names the key is bad.
  std::string twice = note;
  const std::string line = note.substr(note.find("\n\n") + 2);
  std::string bad = line;
  bad[line.find("==") == std::string::npos ? line.size() - 4 : line.size() - 6] ^= 1;
  BOOST_TEST((refused(twice + bad) != Code::kUsed));
  const SoftwareKey other = SoftwareKey::make();
  const audit::LogKey other_key = other.log_key("log.example.jp");
  const auto foreign = audit::sign_checkpoint(checkpoint, other_key, other.signer());
  BOOST_TEST((refused(*foreign) == Code::kCorrupt));
  // Signing with a key that is not the one named is noticed before anything is published.
  BOOST_TEST(!audit::sign_checkpoint(checkpoint, key, other.signer()));
}

BOOST_AUTO_TEST_CASE(refuses_other_forms) {
  BOOST_TEST((refused(with("\n43\n", "\n043\n")) == Code::kInvalid));
  BOOST_TEST((refused(with("\n43\n", "\n43\nextension\n")) == Code::kInvalid));
  BOOST_TEST((refused(with("\n43\n", "\n43\r\n")) == Code::kInvalid));
  BOOST_TEST((refused(note.substr(0, note.size() - 1)) == Code::kInvalid));
  BOOST_TEST((refused("") == Code::kInvalid));
  BOOST_TEST((refused(std::string(audit::kNoteMax, 'a') + "\n") == Code::kInvalid));
}

BOOST_AUTO_TEST_CASE(base64_has_one_spelling) {
  for (const char* text : {"", "Zg==", "Zm8=", "Zm9v", "Zm9vYg=="}) {  // RFC 4648 section 10
    BOOST_TEST(audit::to_base64(*audit::from_base64(text)) == text);
  }
  for (const char* text : {"Z", "Zg", "Zg=", "Zh==", "Zm9=", "====", "Zm9v====", "Zm 9", "Zm9_"}) {
    BOOST_TEST(!audit::from_base64(text));
  }
}

BOOST_AUTO_TEST_SUITE_END()
