// The part of WorkerCore that is about other systems of the firm (API clients): the certificate
// that one shows, what it may know of itself and of the log, and the proposals by which people let
// one in, give it another certificate, or shut it out. Its other questions are those of people
// (ipc/worker_people.h), answered within its own rights. Nothing here carries a number.
#pragma once

#include "ipc/values.h"

namespace ipc {

inline constexpr std::size_t kCertificateMax = 4096;  // DER
inline constexpr std::size_t kCertificateChainMax = 4;
inline constexpr std::size_t kClientsMax = 64;

using Certificate = Bytes<kCertificateMax>;

// What a system may do, with whom, for which purposes, and on which days.
inline constexpr std::size_t kClientGroupsMax = 16;
struct ClientGrant {
  std::uint32_t rights = 0;                 // bit i: base::ApiRight i
  List<Text<64>, kClientGroupsMax> groups;  // with all below them; none: the whole firm
  std::uint32_t kinds = 0;                  // bit i: base::PersonKind i
  std::uint32_t purposes = 0;               // bit i: base::Purpose i; of requests for numbers
  Day first;
  Day last;  // the whole of it still counts
};

// In the ServerHello of the connection: chosen by core, so that no handshake can be shown twice.
using ServerRandom = FixedBytes<32>;

// One message of the handshake as it was hashed (RFC 8446 section 4): its type, and what follows
// its length.
struct HandshakeMessage {
  std::uint8_t type = 0;
  Bytes<16384> body;
};
inline constexpr std::size_t kHandshakeMessages = 9;

// Once a connection, before anything else is asked for: the whole handshake from the ClientHello to
// the client's CertificateVerify, in which the peer showed its certificate and proved its key to
// core (daemon/tls_proof.h). Of another system, or of a desk in a place that asks for one. kState
// "certificate" where none is asked for, kDenied "handshake" for what proves nothing, kDenied
// "certificate" for a certificate that is not accepted, kExpired "certificate" for one that is not
// in its time.
struct PresentCertificate {
  struct Reply {
    Name client;
  };
  List<HandshakeMessage, kHandshakeMessages> handshake;
};

struct ClientRow {
  AccountId id;
  LoginName login;
  Name name;
  ClientGrant grant;
  Text<256> subject;    // of its certificate, RFC 2253
  Digest fingerprint;   // SHA-256 of its certificate
  WallTime not_before;  // of its certificate
  WallTime not_after;
  bool revoked = false;
};

// What the asking system is to this appliance.
struct GetOwnClient {
  using Reply = ClientRow;
};

// As of the newest checkpoint: what a witness keeps.
struct GetLogHead {
  struct Reply {
    std::uint64_t size = 0;
    Text<64> root;  // base64
    WallTime at;
  };
};

struct ListClients {
  struct Reply {
    List<ClientRow, kClientsMax> rows;
    bool authority = false;  // the configuration names one: without it nobody is let in
    Day today;
  };
  SessionToken token;
};

// Lets a system in. Its certificate as PEM or DER.
struct EnrolClient {
  using Reply = Proposed;
  Auth auth;
  LoginName login;
  Name name;
  ClientGrant grant;
  Bytes<8192> certificate;
  ProposalId revises;
};

// Another certificate for it: the old one is refused from then on.
struct RenewClient {
  using Reply = Proposed;
  Auth auth;
  AccountId client;
  Bytes<8192> certificate;
};

struct RevokeClient {
  using Reply = Proposed;
  Auth auth;
  AccountId client;
};

}  // namespace ipc
