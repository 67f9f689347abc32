// Audit -> hsm. The hsm process is trusted with numbers, for the time of one call.
#pragma once

#include "ipc/core_audit.h"

namespace ipc {

// What a key is for; with an id it names exactly one object of the token.
enum class KeyUse : std::uint8_t {
  kShelf,      // AES-256, encrypt + decrypt; id = shelf
  kEpoch,      // HMAC; id = epoch
  kRegister,   // HMAC: derives the register key; id 0, as all below
  kPepper,     // HMAC
  kDuplicate,  // HMAC
  kLogSign,    // P-256: checkpoints, exports
  kCertSign,   // P-256: disposal certificates
  kTlsSign,    // P-256
  kLast = kTlsSign,
};
struct KeyRef {
  KeyUse use = KeyUse::kShelf;
  std::uint64_t id = 0;
  friend bool operator==(const KeyRef&, const KeyRef&) = default;
};

using Aad = Bytes<256>;

// A new PKCS#11 life: initialise, find the token, log in, take the inventory. kCorrupt when an
// object or attribute is not as specified; kDenied for a wrong PIN (never retried by itself).
struct Login {
  struct Reply {
    Text<64> model;
    Text<32> mechanism;  // pinned; empty before enrolment
    List<KeyRef, 8192> keys;
  };
  Secret<64> pin;
  bool make = false;  // at set-up: the embedded SoftHSM without a token gets one with this PIN
};
// Tries the mechanisms and pins one in the token; what is pinned stays (so it may be asked again).
// Makes no other key: each of the fixed ones is asked for by CreateKey. kState before Login.
struct Enrol {
  struct Reply {
    Text<32> mechanism;
  };
};
struct Logout {
  using Reply = Done;
};
// kDuplicate when it exists; kState before enrolment. The key has been used once and is durable.
struct CreateKey {
  using Reply = Done;
  KeyRef key;
};
// Destroys, then starts a new life with `pin` and looks. Replies Done only when all are absent.
struct DestroyKeys {
  using Reply = Done;
  List<KeyRef, 64> keys;
  Secret<64> pin;
};
struct SealSalt {  // makes a shelf's salt, seals it under the shelf's key and remembers it
  struct Reply {
    Bytes<128> sealed;
  };
  ShelfId shelf;
  Aad aad;
};
// Wanted after each Login: salts are forgotten at Logout, with the client, and with the process.
// Seal and Reseal answer kState "salt" for a shelf without one; Open needs none.
struct LoadSalts {
  struct Item {
    ShelfId shelf;
    Aad aad;
    Bytes<128> sealed;
  };
  using Reply = Done;
  List<Item, 4096> items;
};
struct Seal {
  struct Item {
    ShelfId shelf;
    Aad aad;
    Digits number;
  };
  struct Sealed {
    SealedNumber sealed;
    DuplicateTag tag;
    List<DuplicateTag, 256> probes;
  };
  struct Reply {
    List<Sealed, 64> items;
  };
  List<Item, 64> items;
  List<ShelfId, 256> probe;
};
struct Open {
  struct Reply {
    Digits number;
  };
  ShelfId shelf;
  Aad aad;
  SealedNumber sealed;
};
struct Reseal {
  struct Item {
    ShelfId from;
    Aad from_aad;
    SealedNumber sealed;
    ShelfId to;
    Aad to_aad;
  };
  struct Reply {
    List<MoveNumbers::Moved, 4096> items;
  };
  List<Item, 4096> items;
};
struct Mac {
  struct Reply {
    Secret<32> mac;
  };
  KeyRef key;
  Secret<64> input;
};
struct Sign {
  struct Reply {
    Bytes<80> signature;  // DER, low or high S as the token makes it
  };
  KeyRef key;
  Digest digest;
};
struct GetPublicKey {
  struct Reply {
    Bytes<256> spki;  // DER
  };
  KeyRef key;
};

struct AuditHsm {
  static constexpr const char* kName = "audit-hsm";
  static constexpr std::size_t kInFlightMax = 1024;
  using Request = std::variant<Login, Enrol, Logout, CreateKey, DestroyKeys, SealSalt, LoadSalts,
                               Seal, Open, Reseal, Mac, Sign, GetPublicKey>;
};

}  // namespace ipc
