// The objects that a token of ours may hold, and exactly how each must be: the templates with which
// they are made, and the inventory that finds them again. A label or an attribute that is not
// written here does not stand in a token that the product works with.
//
//   label                                class           made for
//   kagikura-shelf-<id>                  AES-256         encrypt + decrypt, one mechanism
//   kagikura-shelf-mac-<id>              HMAC-SHA256     sign; with aes-cbc-hmac only
//   kagikura-epoch-<id>                  HMAC-SHA256     sign
//   kagikura-{register,pepper,duplicate}-<0>   HMAC-SHA256     sign
//   kagikura-{log,cert,tls}-<0>          EC P-256 pair   sign
//   kagikura-mechanism-<number>          HMAC-SHA256     sign; the number pins how it seals
//
// <id> is 16 lower-case hex digits; CKA_ID is the kind's byte and the id, big-endian. No key of
// ours wraps, unwraps, derives, or may be copied, changed or taken out (docs/design: hsm
// templates).
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <string>

#include "hsm/pkcs11.h"
#include "ipc/audit_hsm.h"

namespace hsm {

enum class Kind : std::uint8_t {
  kShelf = static_cast<std::uint8_t>(ipc::KeyUse::kShelf),
  kEpoch,
  kRegister,
  kPepper,
  kDuplicate,
  kLogSign,
  kCertSign,
  kTlsSign,
  kShelfMac = 0x40,
  kMechanism = 0x41,
};

enum class Mechanism : std::uint8_t {
  kNone = 0,
  kGcm = 1,       // AES-GCM, 96-bit IV from the operating system
  kGcmOwnIv = 2,  // AES-GCM, 96-bit IV from the token, which writes it into the parameters
  kCbcHmac = 3,   // AES-CBC with PKCS padding, then HMAC-SHA256 under a second key
  kLast = kCbcHmac,
};
std::string_view name(Mechanism mechanism);

struct ObjectName {
  Kind kind = Kind::kShelf;
  std::uint64_t id = 0;
  friend auto operator<=>(const ObjectName&, const ObjectName&) = default;
};
std::string label_of(const ObjectName& name);

struct Handles {
  CK_OBJECT_HANDLE key = 0;         // secret or private
  CK_OBJECT_HANDLE public_key = 0;  // of pairs
};

// What an inventory found.
struct Inventory {
  Mechanism mechanism = Mechanism::kNone;
  std::map<ObjectName, Handles> objects;
  // What a crash left of a key generation: never used, to be destroyed.
  std::vector<CK_OBJECT_HANDLE> leftovers;
  // The attribute types of our templates that this token does not keep (seen on the mechanism's
  // key).
  std::vector<CK_ATTRIBUTE_TYPE> unkept;
};

// Attribute types that some tokens do not know (NSS refuses the whole template). A token may do
// without them if its mechanism's key, made at enrolment, does; a wrong value of one never passes.
std::vector<CK_ATTRIBUTE_TYPE> optional_types();

// Makes the object and reads it back. kUnavailable "attributes" when it is not what was asked for.
base::Result<Handles> make(Life& life, const ObjectName& name, Mechanism mechanism,
                           std::vector<CK_ATTRIBUTE_TYPE>& unkept);

// Looks at every object of the token. kCorrupt, with "class.attribute" as its field, when one is
// not ours or not exactly as its template says.
base::Result<Inventory> take_inventory(Life& life);

// kCorrupt unless the objects behind `handles` are exactly as the template says.
base::Result<> check_object(Life& life, const ObjectName& name, Mechanism mechanism,
                            const Handles& handles, const std::vector<CK_ATTRIBUTE_TYPE>& unkept);

// The uncompressed point of the pair's public key. kCorrupt when it is none.
base::Result<base::FixedBytes<65>> public_point(Life& life, CK_OBJECT_HANDLE public_key);

}  // namespace hsm
