#include "audit/export.h"

#include <fcntl.h>
#include <sys/wait.h>

#include <boost/test/unit_test.hpp>
#include <fstream>

#include "audit/base64.h"
#include "audit/verify.h"
#include "tests/audit/sample.h"
#include "tests/audit/software_key.h"
#include "tests/unit/audit/folder.h"

namespace {

constexpr const char* kOrigin = "log.example.jp";

struct Fixture {
  Folder folder;
  SoftwareKey software = SoftwareKey::make();
  audit::LogKey key = software.log_key(kOrigin);
  audit::SystemDisk disk;
  std::unique_ptr<audit::Log> log;
  Sample sample{3, kOrigin};
  std::string tar = folder.path + "/export.tar";

  Fixture() {
    std::filesystem::create_directory(folder.path + "/log");
    log = *audit::Log::open({.dir = folder.path + "/log"}, disk);
  }
  void grow(std::uint64_t size) {
    while (log->size() < size) BOOST_REQUIRE(log->append(sample.next(log->size())).has_value());
    BOOST_REQUIRE(log->sync().has_value());
  }
  [[nodiscard]] audit::Checkpoint now() const {
    return {kOrigin, log->durable(), log->tree().root()};
  }
  [[nodiscard]] std::string note() const {
    return *audit::sign_checkpoint(now(), key, software.signer());
  }
  [[nodiscard]] audit::Der certificate() const {
    audit::CertificateFields fields;
    fields.spki = key.spki();
    fields.common_name = "鍵蔵 " + std::string(kOrigin);
    fields.not_before = {1'790'000'000'000};
    fields.not_after = {2'600'000'000'000};  // after 2050
    return *audit::self_signed(fields, software.signer());
  }
  base::Result<> write(std::vector<std::string> earlier) const {
    const base::Fd out(::open(tar.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    audit::ExportInput input{.checkpoint = now(),
                             .note = note(),
                             .key = key,
                             .certificate = certificate(),
                             .made = {1'795'000'000'123},
                             .earlier = std::move(earlier)};
    const auto exporter = TRY(audit::Exporter::build(*log, std::move(input), out));
    return exporter->finish(*software.signer()(exporter->digest()));
  }
  [[nodiscard]] audit::VerifyReport check(std::vector<std::string> saved) const {
    const auto report = audit::verify({.path = tar, .key = key, .checkpoints = std::move(saved)});
    BOOST_REQUIRE(report.has_value());
    return *report;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(audit_export, Fixture)

BOOST_AUTO_TEST_CASE(verifies_at_many_sizes) {
  std::vector<std::string> earlier;
  for (const std::uint64_t size : {1U, 2U, 255U, 256U, 257U, 4096U, 4097U, 5000U}) {
    grow(size);
    BOOST_REQUIRE(write(earlier).has_value());
    earlier.push_back(note());
    const auto report = check(earlier);
    BOOST_TEST(report.good());
    BOOST_TEST(report.size == size);
    BOOST_TEST(report.checkpoints == earlier.size());
    BOOST_TEST(report.key_confirmed);
  }
}

BOOST_AUTO_TEST_CASE(openssl_accepts_the_signature) {
  grow(300);
  BOOST_REQUIRE(write({}).has_value());
  const std::string command =
      "cd '" + folder.path +
      "' && tar xf export.tar && openssl cms -verify -binary -inform DER "
      "-in manifest.p7s -content manifest.json -CAfile cert.pem -purpose any -out checked "
      "2>/dev/null && cmp checked manifest.json && openssl x509 -in cert.pem -noout -checkend 1 "
      ">/dev/null && cmp key.pem <(openssl x509 -in cert.pem -noout -pubkey)";
  BOOST_TEST(std::system(("bash -c \"" + command + "\"").c_str()) == 0);
}

BOOST_AUTO_TEST_CASE(a_saved_checkpoint_tells_of_rollback_and_fork) {
  grow(100);
  const std::string later = note();
  const audit::Checkpoint forked{kOrigin, 50, audit::leaf_hash("another history")};
  const auto other = audit::sign_checkpoint(forked, key, software.signer());
  BOOST_REQUIRE(write({}).has_value());
  BOOST_TEST(check({later}).good());
  BOOST_TEST((check({*other}).findings.front().code == "saved.fork"));
  const audit::Checkpoint ahead{kOrigin, 101, audit::leaf_hash("more")};
  const auto more = audit::sign_checkpoint(ahead, key, software.signer());
  BOOST_TEST((check({*more}).findings.front().code == "saved.ahead"));
  BOOST_TEST(!audit::verify({.path = tar, .key = key, .checkpoints = {"no note"}}));
}

BOOST_AUTO_TEST_CASE(does_not_export_what_does_not_agree) {
  grow(10);
  const audit::Checkpoint forked{kOrigin, 5, audit::leaf_hash("another history")};
  const auto other = audit::sign_checkpoint(forked, key, software.signer());
  BOOST_TEST((write({*other}).error().field.view() == "earlier"));
  BOOST_TEST(!write({note()}));  // not earlier
}

BOOST_AUTO_TEST_CASE(tls_certificates_have_names_and_purpose) {
  audit::CertificateFields fields;
  fields.spki = key.spki();
  fields.common_name = "kagikura.example.jp";
  fields.dns_names = {"kagikura.example.jp"};
  fields.addresses = {*base::IpAddress::parse("192.0.2.7"), *base::IpAddress::parse("2001:db8::7")};
  fields.serial = 0xFEDCBA9876543210U;
  fields.not_before = {1'790'000'000'000};
  fields.not_after = {1'820'000'000'000};
  fields.use = audit::CertificateFields::Use::kTls;
  const auto der = audit::self_signed(fields, software.signer());
  BOOST_REQUIRE(der.has_value());
  BOOST_TEST((audit::spki_of(*der) == key.spki()));
  std::ofstream(folder.path + "/tls.pem") << audit::to_pem("CERTIFICATE", *der);
  const std::string command =
      "cd '" + folder.path +
      "' && openssl x509 -in tls.pem -noout -checkhost kagikura.example.jp "
      "| grep -q 'does match' && openssl x509 -in tls.pem -noout -checkip 192.0.2.7 | grep -q "
      "'does "
      "match' && openssl x509 -in tls.pem -noout -checkip 2001:db8::7 | grep -q 'does match' && "
      "openssl verify -purpose sslserver -attime 1800000000 -CAfile tls.pem tls.pem >/dev/null && "
      "openssl x509 -in tls.pem -noout -serial | grep -q FEDCBA9876543210";
  BOOST_TEST(std::system(command.c_str()) == 0);
}

BOOST_AUTO_TEST_SUITE_END()
