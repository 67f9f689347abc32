#include "daemon/certificate.h"

#include "audit/base64.h"
#include "daemon/companies.h"
#include "daemon/context.h"
#include "daemon/digest.h"

namespace core {

namespace {

// Shelves that are listed by id; more than this are only counted.
constexpr std::size_t kShelvesListed = 512;

// RFC 8785 for what occurs here: members in the order of their names, strings of clean UTF-8.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

void member(std::string& out, std::string_view key, const std::string& value) {
  if (out.back() != '{') out += ',';
  out += quoted(key) + ':' + value;
}

template <class List>
std::string ids(const List& list, std::size_t max) {
  std::string out = "[";
  std::size_t count = 0;
  for (const auto id : list) {
    if (count++ == max) break;
    if (count > 1) out += ',';
    out += quoted(base::to_text(id));
  }
  return out + ']';
}

std::string log_of(const registry::Disposal& disposal, const CertificateFacts& facts) {
  std::string out = "{";
  member(out, "keys_gone", std::to_string(disposal.destroyed_index));
  member(out, "origin", quoted(facts.log_origin));
  member(out, "root", quoted(facts.log_root));
  member(out, "size", std::to_string(facts.log_size));
  return out + '}';
}

}  // namespace

std::string certificate_line(const registry::Disposal& disposal, const CertificateFacts& facts) {
  std::string out = "{";
  member(out, "approved_at", quoted(base::to_rfc3339(disposal.approved_at)));
  member(out, "approved_by", quoted(facts.approved_by));
  member(out, "approved_by_id", quoted(base::to_text(disposal.approved_by)));
  member(out, "destroyed_at", quoted(base::to_rfc3339(disposal.destroyed_at)));
  member(out, "disposal", quoted(base::to_text(disposal.id)));
  member(out, "epoch", std::to_string(facts.epoch));
  member(out, "firm", quoted(facts.firm));
  member(out, "issued_at", quoted(base::to_rfc3339(facts.issued_at)));
  member(out, "key", quoted(base::to_hex(facts.key_id.view())));
  member(out, "log", log_of(disposal, facts));
  member(out, "numbers", std::to_string(disposal.numbers));
  member(out, "people", ids(disposal.people, disposal.people.size()));
  member(out, "proposed_at", quoted(base::to_rfc3339(disposal.proposed_at)));
  member(out, "proposed_by", quoted(facts.proposed_by));
  member(out, "proposed_by_id", quoted(base::to_text(disposal.proposed_by)));
  member(out, "reason", quoted(base::name(disposal.reason)));
  member(out, "shelves", ids(disposal.shelves, kShelvesListed));
  member(out, "shelves_destroyed", std::to_string(disposal.shelves.size()));
  member(out, "type", quoted("kagikura-disposal-certificate-1"));
  return out + "}\n";
}

std::string certificate_file(const std::string& line, base::ByteSpan signature,
                             base::ByteSpan public_key) {
  return line + "ecdsa-p256-sha256 " + audit::to_base64(signature) + "\n" +
         audit::to_pem("PUBLIC KEY", public_key);
}

base::Task<base::Result<ipc::Bytes<65536>>> issue_certificate(Core& core, base::DisposalId disposal,
                                                              ipc::Actor actor,
                                                              std::uint64_t epoch) {
  CO_TRY(const auto checkpoint, co_await core.audit.call(ipc::MakeCheckpoint{}));
  const auto* record = core.reg().disposal(disposal);
  if (record == nullptr) co_return base::fail(base::Code::kNotFound, "disposal");
  CertificateFacts facts;
  facts.firm = words_of(core, record->tenant).name.str();
  facts.proposed_by = name_of(core, record->proposed_by).str();
  facts.approved_by = name_of(core, record->approved_by).str();
  facts.epoch = epoch;
  facts.issued_at = core.wall();
  facts.log_origin = core.facts.origin.str();
  facts.log_size = checkpoint.size;
  facts.log_root = checkpoint.root.str();
  facts.key_id = sha256(core.certificate_public_key.view());
  const std::string line = certificate_line(*record, facts);
  ipc::SignDisposalCertificate sign;
  sign.actor = std::move(actor);
  sign.disposal = disposal;
  sign.digest = sha256(base::as_bytes(line));
  CO_TRY(const auto made, co_await core.audit.call(std::move(sign)));
  const std::string file =
      certificate_file(line, made.signature.view(), core.certificate_public_key.view());
  co_return ipc::Bytes<65536>::from(base::as_bytes(file));
}

}  // namespace core
