#include "daemon/tls_certificate.h"

#include "audit/base64.h"
#include "audit/x509.h"
#include "daemon/digest.h"

namespace core {

namespace {

constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::int64_t kValidDays = 730;

bool is_dns_name(std::string_view text) {
  std::size_t label = 0;
  char last = '.';
  for (const char c : text) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (c == '.') {
      if (label == 0 || last == '-') return false;
      label = 0;
    } else if (letter || (c == '-' && label > 0)) {
      if (++label > 63) return false;
    } else {
      return false;
    }
    last = c;
  }
  return label > 0 && last != '-';
}

audit::CertificateFields fields_of(Core& core, std::string_view host,
                                   const ipc::UnlockHsm::Reply& keys) {
  audit::CertificateFields fields;
  const auto spki = keys.tls_public_key.view();
  fields.spki.assign(spki.begin(), spki.end());
  fields.common_name = host.size() <= 64 ? std::string(host) : "kagikura";
  const auto loopback4 = base::IpAddress::parse("127.0.0.1");
  const auto loopback6 = base::IpAddress::parse("::1");
  fields.addresses = {*loopback4, *loopback6};
  fields.dns_names = {"localhost"};
  if (const auto address = base::IpAddress::parse(host)) {
    if (*address != *loopback4 && *address != *loopback6) fields.addresses.push_back(*address);
  } else if (host != "localhost") {
    fields.dns_names.emplace_back(host);
  }
  fields.serial = core.random().id() >> 1U;  // positive in DER
  fields.not_before = {core.wall().ms - kDayMs};
  fields.not_after = {core.wall().ms + kValidDays * kDayMs};
  fields.use = audit::CertificateFields::Use::kTls;
  return fields;
}

}  // namespace

bool is_host(std::string_view text) {
  return base::IpAddress::parse(text).has_value() || is_dns_name(text);
}

base::Task<base::Result<ipc::Bytes<8192>>> make_tls_certificate(Core& core, ipc::Text<253> host,
                                                                const ipc::UnlockHsm::Reply& keys) {
  const auto to_sign = audit::certificate_to_sign(fields_of(core, host.view(), keys));
  ipc::SignTls sign;
  sign.digest = sha256(to_sign);
  CO_TRY(const auto signed_digest, co_await core.audit.call(std::move(sign)));
  const auto der = audit::assemble_certificate(to_sign, signed_digest.signature.view());
  const std::string pem = audit::to_pem("CERTIFICATE", der);
  co_return ipc::Bytes<8192>::from(base::as_bytes(pem));
}

base::Digest fingerprint_of_pem(const ipc::Bytes<8192>& pem) {
  const auto der = audit::from_pem("CERTIFICATE", base::as_text(pem.view()));
  return der ? sha256(*der) : base::Digest();
}

}  // namespace core
