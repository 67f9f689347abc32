#include "audit/x509.h"

namespace audit {

namespace {

using base::Code;
using base::fail;
using base::Result;

Der ecdsa_sha256() { return der::sequence({der::object_id("1.2.840.10045.4.3.2")}); }
Der sha256_algorithm() { return der::sequence({der::object_id("2.16.840.1.101.3.4.2.1")}); }

Der name_of(const std::string& common_name) {
  const Der attribute = der::sequence({der::object_id("2.5.4.3"), der::utf8_string(common_name)});
  return der::sequence({der::set_of({attribute})});
}

Der extension(std::string_view id, const Der& value, bool critical) {
  if (!critical) return der::sequence({der::object_id(id), der::octet_string(value)});
  return der::sequence({der::object_id(id), der::boolean_true(), der::octet_string(value)});
}

// 4 octets of IPv4, 16 of IPv6.
base::ByteSpan octets(const base::IpAddress& address) {
  const base::ByteSpan all = address.octets();
  return address.is_v4() ? all.last(4) : all;
}

// SubjectAltName, RFC 5280 4.2.1.6; empty when there is nothing to name.
Der alternative_names(const CertificateFields& fields) {
  Der names;
  for (const std::string& dns : fields.dns_names) {
    names = der::join({names, der::context_primitive(2, base::as_bytes(dns))});
  }
  for (const base::IpAddress& address : fields.addresses) {
    names = der::join({names, der::context_primitive(7, octets(address))});
  }
  if (names.empty()) return {};
  return extension("2.5.29.17", der::element(0x30, names), /*critical=*/false);
}

Der extensions(const CertificateFields& fields) {
  static constexpr std::uint8_t kDigitalSignature = 0x80;
  const Der usage = extension("2.5.29.15", der::named_bits(kDigitalSignature), /*critical=*/true);
  // Not a CA: the empty BasicConstraints.
  const Der constraints = extension("2.5.29.19", der::sequence({}), /*critical=*/true);
  Der server;
  if (fields.use == CertificateFields::Use::kTls) {
    server = extension("2.5.29.37", der::sequence({der::object_id("1.3.6.1.5.5.7.3.1")}),
                       /*critical=*/false);
  }
  return der::context(3, der::sequence({constraints, usage, server, alternative_names(fields)}));
}

struct CertificateParts {
  der::Element serial;
  der::Element issuer;
  der::Element spki;
};

// Walks RFC 5280 4.1 as far as the key.
Result<CertificateParts> split_certificate(base::ByteSpan certificate) {
  const der::Element outer = TRY(der::take(certificate));
  base::ByteSpan rest = outer.content;
  const der::Element tbs = TRY(der::take(rest));
  rest = tbs.content;
  const der::Element version = TRY(der::take(rest));
  CertificateParts parts;
  parts.serial = TRY(der::take(rest));
  const der::Element algorithm = TRY(der::take(rest));
  parts.issuer = TRY(der::take(rest));
  const der::Element validity = TRY(der::take(rest));
  const der::Element subject = TRY(der::take(rest));
  parts.spki = TRY(der::take(rest));
  const bool good = outer.tag == 0x30 && certificate.empty() && tbs.tag == 0x30 &&
                    version.tag == 0xA0 && parts.serial.tag == 0x02 && algorithm.tag == 0x30 &&
                    parts.issuer.tag == 0x30 && validity.tag == 0x30 && subject.tag == 0x30 &&
                    parts.spki.tag == 0x30;
  if (!good) return fail(Code::kInvalid, "certificate");
  return parts;
}

Der copy(base::ByteSpan bytes) { return {bytes.begin(), bytes.end()}; }

}  // namespace

Der certificate_to_sign(const CertificateFields& fields) {
  const Der name = name_of(fields.common_name);
  const Der version = der::context(0, der::integer(2));  // v3
  return der::sequence({version, der::integer(fields.serial), ecdsa_sha256(), name,
                        der::sequence({der::time(fields.not_before), der::time(fields.not_after)}),
                        name, fields.spki, extensions(fields)});
}

Der assemble_certificate(const Der& to_sign, base::ByteSpan signature) {
  return der::sequence({to_sign, ecdsa_sha256(), der::bit_string(signature)});
}

Result<Der> self_signed(const CertificateFields& fields, const Signer& sign) {
  const Der to_sign = certificate_to_sign(fields);
  const Der signature = TRY(sign(sha256(to_sign)));
  return assemble_certificate(to_sign, signature);
}

Result<Der> spki_of(base::ByteSpan certificate) {
  const CertificateParts parts = TRY(split_certificate(certificate));
  return copy(parts.spki.whole);
}

Der cms_attributes(const Digest& content, base::WallTime signed_at) {
  const auto attribute = [](std::string_view id, const Der& value) {
    return der::sequence({der::object_id(id), der::set_of({value})});
  };
  return der::set_of({attribute("1.2.840.113549.1.9.3", der::object_id("1.2.840.113549.1.7.1")),
                      attribute("1.2.840.113549.1.9.5", der::time(signed_at)),
                      attribute("1.2.840.113549.1.9.4", der::octet_string(content.view()))});
}

Result<Der> assemble_cms(base::ByteSpan certificate, const Der& attributes,
                         base::ByteSpan signature) {
  const CertificateParts parts = TRY(split_certificate(certificate));
  Der implicit = attributes;
  implicit[0] = 0xA0;  // [0] IMPLICIT SET
  const Der signer = der::sequence(
      {der::integer(1), der::sequence({copy(parts.issuer.whole), copy(parts.serial.whole)}),
       sha256_algorithm(), implicit, ecdsa_sha256(), der::octet_string(signature)});
  const Der signed_data = der::sequence({der::integer(1), der::set_of({sha256_algorithm()}),
                                         der::sequence({der::object_id("1.2.840.113549.1.7.1")}),
                                         der::context(0, certificate), der::set_of({signer})});
  return der::sequence({der::object_id("1.2.840.113549.1.7.2"), der::context(0, signed_data)});
}

}  // namespace audit
