#include "hsm/objects.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace hsm {

namespace {

using base::Code;
using base::fail;
using base::Result;

constexpr std::size_t kObjectsMax = 16384;
constexpr std::string_view kPrefix = "kagikura-";
// OBJECT IDENTIFIER 1.2.840.10045.3.1.7 (prime256v1), DER: RFC 5480, section 2.1.1.1.
constexpr std::array<std::uint8_t, 10> kP256{0x06, 0x08, 0x2A, 0x86, 0x48,
                                             0xCE, 0x3D, 0x03, 0x01, 0x07};

// What some tokens do not keep: NSS knows neither of the first two and says false for the third of
// keys that it made itself. Of those keys CKA_ALWAYS_SENSITIVE still tells that nobody brought them
// in.
constexpr std::array<CK_ATTRIBUTE_TYPE, 3> kOptional{CKA_COPYABLE, CKA_ALLOWED_MECHANISMS,
                                                     CKA_LOCAL};

struct KindRow {
  Kind kind;
  std::string_view word;
};
constexpr std::array<KindRow, 10> kKinds{{
    {Kind::kShelf, "shelf"},
    {Kind::kEpoch, "epoch"},
    {Kind::kRegister, "register"},
    {Kind::kPepper, "pepper"},
    {Kind::kDuplicate, "duplicate"},
    {Kind::kLogSign, "log"},
    {Kind::kCertSign, "cert"},
    {Kind::kTlsSign, "tls"},
    {Kind::kShelfMac, "shelf-mac"},
    {Kind::kMechanism, "mechanism"},
}};

bool is_pair(Kind kind) {
  return kind == Kind::kLogSign || kind == Kind::kCertSign || kind == Kind::kTlsSign;
}

std::array<std::uint8_t, 9> id_of(const ObjectName& name) {
  std::array<std::uint8_t, 9> out{static_cast<std::uint8_t>(name.kind)};
  for (std::size_t i = 0; i < 8; ++i)
    out.at(1 + i) = static_cast<std::uint8_t>(name.id >> (56 - 8 * i));
  return out;
}

Result<ObjectName> name_from(std::string_view label) {
  const auto unknown = fail(Code::kCorrupt, "object.label");
  const std::size_t dash = label.rfind('-');
  if (!label.starts_with(kPrefix) || dash == std::string_view::npos || dash < kPrefix.size()) {
    return unknown;
  }
  const std::string_view word = label.substr(kPrefix.size(), dash - kPrefix.size());
  const auto row = std::ranges::find(kKinds, word, &KindRow::word);
  if (row == kKinds.end()) return unknown;
  ObjectName out{row->kind, 0};
  if (label.substr(dash + 1) != base::id_text(0)) {
    const auto id = base::id_from_text(label.substr(dash + 1));
    if (!id) return unknown;
    out.id = *id;
  }
  return out;
}

CK_MECHANISM_TYPE sealing(Mechanism mechanism) {
  return mechanism == Mechanism::kCbcHmac ? CKM_AES_CBC_PAD : CKM_AES_GCM;
}

// What every object of ours has in common.
Template common(const ObjectName& name, CK_OBJECT_CLASS object_class, CK_KEY_TYPE type) {
  const std::string label = label_of(name);
  Template out;
  out.number(CKA_CLASS, object_class)
      .number(CKA_KEY_TYPE, type)
      .flag(CKA_TOKEN, true)
      .flag(CKA_MODIFIABLE, false)
      .flag(CKA_COPYABLE, false)
      .bytes(CKA_LABEL, base::as_bytes(label))
      .bytes(CKA_ID, id_of(name))
      .flag(CKA_DERIVE, false);
  return out;
}

void keep_inside(Template& out) {
  out.flag(CKA_PRIVATE, true)
      .flag(CKA_SENSITIVE, true)
      .flag(CKA_EXTRACTABLE, false)
      .flag(CKA_UNWRAP, false);
}

Template secret_template(const ObjectName& name, Mechanism mechanism) {
  const bool seals = name.kind == Kind::kShelf;
  Template out = common(name, CKO_SECRET_KEY, seals ? CKK_AES : CKK_GENERIC_SECRET);
  keep_inside(out);
  out.number(CKA_VALUE_LEN, 32)
      .flag(CKA_ENCRYPT, seals)
      .flag(CKA_DECRYPT, seals)
      .flag(CKA_SIGN, !seals)
      .flag(CKA_VERIFY, false)
      .flag(CKA_WRAP, false)
      .mechanisms({seals ? sealing(mechanism) : CKM_SHA256_HMAC});
  return out;
}

Template private_template(const ObjectName& name) {
  Template out = common(name, CKO_PRIVATE_KEY, CKK_EC);
  keep_inside(out);
  out.flag(CKA_DECRYPT, false)
      .flag(CKA_SIGN, true)
      .flag(CKA_SIGN_RECOVER, false)
      .mechanisms({CKM_ECDSA});
  return out;
}

Template public_template(const ObjectName& name) {
  Template out = common(name, CKO_PUBLIC_KEY, CKK_EC);
  out.flag(CKA_PRIVATE, false)
      .flag(CKA_ENCRYPT, false)
      .flag(CKA_VERIFY, false)
      .flag(CKA_VERIFY_RECOVER, false)
      .flag(CKA_WRAP, false)
      .bytes(CKA_EC_PARAMS, kP256);
  return out;
}

// The rest of a finished key, which no template may say and the token fills in.
Template made_inside(CK_OBJECT_CLASS object_class) {
  Template out;
  out.flag(CKA_LOCAL, true);
  if (object_class != CKO_PUBLIC_KEY) {
    out.flag(CKA_ALWAYS_SENSITIVE, true).flag(CKA_NEVER_EXTRACTABLE, true);
  }
  if (object_class == CKO_PRIVATE_KEY) out.bytes(CKA_EC_PARAMS, kP256);
  return out;
}

std::string_view short_name(CK_OBJECT_CLASS object_class) {
  switch (object_class) {
    case CKO_SECRET_KEY: return "secret_key";
    case CKO_PRIVATE_KEY: return "private_key";
    case CKO_PUBLIC_KEY: return "public_key";
    case CKO_DATA: return "data";
    case CKO_CERTIFICATE: return "certificate";
    default: return "object";
  }
}

std::unexpected<base::Error> wrong(CK_OBJECT_CLASS object_class, CK_ATTRIBUTE_TYPE type) {
  const std::array<std::uint8_t, 2> number{static_cast<std::uint8_t>(type >> 8),
                                           static_cast<std::uint8_t>(type)};
  const std::string field = std::string(short_name(object_class)) + ".0x" + base::to_hex(number);
  return fail(Code::kCorrupt, base::FieldName(std::string_view(field)));
}

bool may_be_unkept(CK_ATTRIBUTE_TYPE type) {
  return std::ranges::find(kOptional, type) != kOptional.end();
}

std::vector<CK_ATTRIBUTE_TYPE> types_of(const Template& expected) {
  std::vector<CK_ATTRIBUTE_TYPE> out;
  for (const auto& attribute : expected.list()) out.push_back(attribute.type);
  return out;
}

Result<> compare(Life& life, CK_OBJECT_HANDLE object, CK_OBJECT_CLASS object_class,
                 const Template& expected, const std::vector<CK_ATTRIBUTE_TYPE>& unkept,
                 std::vector<CK_ATTRIBUTE_TYPE>* learn) {
  const auto types = types_of(expected);
  const auto found = TRY(life.read(object, types));
  for (std::size_t i = 0; i < types.size(); ++i) {
    const auto& want = expected.list()[i];
    const bool not_told =
        types[i] == CKA_LOCAL && found[i] && found[i]->size() == 1 && (*found[i])[0] == CK_FALSE;
    if (!found[i] || not_told) {
      if (!may_be_unkept(types[i])) return wrong(object_class, types[i]);
      if (learn != nullptr) {
        if (std::ranges::find(*learn, types[i]) == learn->end()) learn->push_back(types[i]);
      } else if (std::ranges::find(unkept, types[i]) == unkept.end()) {
        return wrong(object_class, types[i]);
      }
      continue;
    }
    if (found[i]->size() != want.ulValueLen ||
        std::memcmp(found[i]->data(), want.pValue, want.ulValueLen) != 0) {
      return wrong(object_class, types[i]);
    }
  }
  return {};
}

Result<> check_as(Life& life, const ObjectName& name, Mechanism mechanism, const Handles& handles,
                  const std::vector<CK_ATTRIBUTE_TYPE>& unkept,
                  std::vector<CK_ATTRIBUTE_TYPE>* learn) {
  const auto one = [&](CK_OBJECT_HANDLE object, CK_OBJECT_CLASS object_class,
                       const Template& expected) -> Result<> {
    TRY(compare(life, object, object_class, expected, unkept, learn));
    return compare(life, object, object_class, made_inside(object_class), unkept, learn);
  };
  if (!is_pair(name.kind)) {
    return one(handles.key, CKO_SECRET_KEY, secret_template(name, mechanism));
  }
  TRY(one(handles.key, CKO_PRIVATE_KEY, private_template(name)));
  return one(handles.public_key, CKO_PUBLIC_KEY, public_template(name));
}

}  // namespace

std::string_view name(Mechanism mechanism) {
  switch (mechanism) {
    case Mechanism::kNone: return "";
    case Mechanism::kGcm: return "aes-gcm";
    case Mechanism::kGcmOwnIv: return "aes-gcm-hsm-iv";
    case Mechanism::kCbcHmac: return "aes-cbc-hmac";
  }
  return "";
}

std::vector<CK_ATTRIBUTE_TYPE> optional_types() { return {CKA_COPYABLE, CKA_ALLOWED_MECHANISMS}; }

std::string label_of(const ObjectName& name) {
  const auto row = std::ranges::find(kKinds, name.kind, &KindRow::kind);
  ASSERT(row != kKinds.end());
  return std::string(kPrefix) + std::string(row->word) + "-" + base::id_text(name.id);
}

Result<> check_object(Life& life, const ObjectName& name, Mechanism mechanism,
                      const Handles& handles, const std::vector<CK_ATTRIBUTE_TYPE>& unkept) {
  return check_as(life, name, mechanism, handles, unkept, nullptr);
}

Result<Handles> make(Life& life, const ObjectName& name, Mechanism mechanism,
                     std::vector<CK_ATTRIBUTE_TYPE>& unkept) {
  Handles out;
  if (is_pair(name.kind)) {
    const auto pair = TRY(life.generate_pair(public_template(name).without(unkept),
                                             private_template(name).without(unkept)));
    out = {pair.private_key, pair.public_key};
  } else {
    const auto how = name.kind == Kind::kShelf ? CKM_AES_KEY_GEN : CKM_GENERIC_SECRET_KEY_GEN;
    out.key = TRY(life.generate(how, secret_template(name, mechanism).without(unkept)));
  }
  const bool first = name.kind == Kind::kMechanism;
  const auto same = check_as(life, name, mechanism, out, unkept, first ? &unkept : nullptr);
  if (same) return out;
  // Nothing has been sealed under it yet. What cannot be destroyed, the next inventory refuses.
  static_cast<void>(life.destroy(out.key));
  if (out.public_key != 0) static_cast<void>(life.destroy(out.public_key));
  if (same.error().code != Code::kCorrupt) return std::unexpected(same.error());
  return fail(Code::kUnavailable, same.error().field);
}

namespace {

struct Found {
  CK_OBJECT_HANDLE handle = 0;
  CK_OBJECT_CLASS object_class = 0;
  ObjectName name;
  bool local = false;  // CKA_LOCAL: the token made it, and finished it
};

CK_ULONG number_of(const Attribute& attribute) {
  CK_ULONG out = CK_UNAVAILABLE_INFORMATION;
  if (attribute && attribute->size() == sizeof out)
    std::memcpy(&out, attribute->data(), sizeof out);
  return out;
}

Result<Found> identify(Life& life, CK_OBJECT_HANDLE handle) {
  static constexpr std::array<CK_ATTRIBUTE_TYPE, 2> kAll{CKA_CLASS, CKA_LABEL};
  static constexpr std::array<CK_ATTRIBUTE_TYPE, 1> kKeys{CKA_LOCAL};
  const auto read = TRY(life.read(handle, kAll));
  Found out;
  out.handle = handle;
  out.object_class = number_of(read[0]);
  const bool key = out.object_class == CKO_SECRET_KEY || out.object_class == CKO_PRIVATE_KEY ||
                   out.object_class == CKO_PUBLIC_KEY;
  if (!key) return wrong(out.object_class, CKA_CLASS);
  if (!read[1]) return wrong(out.object_class, CKA_LABEL);
  const auto name = name_from(base::as_text(*read[1]));
  if (!name) return wrong(out.object_class, CKA_LABEL);
  out.name = *name;
  if (is_pair(out.name.kind) == (out.object_class == CKO_SECRET_KEY)) {
    return wrong(out.object_class, CKA_CLASS);
  }
  const auto local = TRY(life.read(handle, kKeys))[0];
  out.local = local && local->size() == 1 && (*local)[0] == CK_TRUE;
  return out;
}

// True when the key does what it was made for. A key that a crash cut off in its making has no
// value.
bool works(Life& life, const Found& found) {
  std::array<std::uint8_t, 16> block{};
  std::array<std::uint8_t, 32> out{};
  if (found.object_class == CKO_PUBLIC_KEY) return public_point(life, found.handle).has_value();
  if (found.object_class == CKO_PRIVATE_KEY) {
    std::array<std::uint8_t, 64> signature{};
    return life.sign(found.handle, CKM_ECDSA, out, signature).has_value();
  }
  if (found.name.kind != Kind::kShelf) {
    return life.sign(found.handle, CKM_SHA256_HMAC, block, out).has_value();
  }
  CK_MECHANISM cbc{CKM_AES_CBC_PAD, block.data(), block.size()};
  if (life.encrypt(found.handle, cbc, base::ByteSpan(block).first(8), std::span(out).first(16)))
    return true;
  CK_GCM_PARAMS parameters{block.data(), 12, 96, block.data(), block.size(), 128};
  CK_MECHANISM gcm{CKM_AES_GCM, &parameters, sizeof parameters};
  return life.encrypt(found.handle, gcm, block, out).has_value();
}

Result<> put(Inventory& inventory, const Found& found) {
  Handles& handles = inventory.objects[found.name];
  auto& slot = found.object_class == CKO_PUBLIC_KEY ? handles.public_key : handles.key;
  if (slot != 0) return wrong(found.object_class, CKA_ID);  // two objects of one name
  slot = found.handle;
  if (found.name.kind != Kind::kMechanism) return {};
  const bool known =
      found.name.id > 0 && found.name.id <= static_cast<std::uint64_t>(Mechanism::kLast);
  if (!known || inventory.mechanism != Mechanism::kNone)
    return wrong(found.object_class, CKA_LABEL);
  inventory.mechanism = static_cast<Mechanism>(found.name.id);
  return {};
}

// Half of a pair, of two keys that belong together, or a key from before the mechanism was pinned:
// what a crash leaves between two calls. Nothing was ever answered about it.
void drop_halves(Inventory& inventory) {
  const bool two_keys = inventory.mechanism == Mechanism::kCbcHmac;
  std::erase_if(inventory.objects, [&](const auto& entry) {
    const auto& [name, handles] = entry;
    bool whole = true;
    if (is_pair(name.kind)) whole = handles.key != 0 && handles.public_key != 0;
    if (name.kind == Kind::kShelfMac) {
      whole = two_keys && inventory.objects.contains({Kind::kShelf, name.id});
    }
    if (whole) return false;
    if (handles.key != 0) inventory.leftovers.push_back(handles.key);
    if (handles.public_key != 0) inventory.leftovers.push_back(handles.public_key);
    return true;
  });
}

}  // namespace

Result<Inventory> take_inventory(Life& life) {
  Template stored;
  stored.flag(CKA_TOKEN, true);
  std::vector<Found> all;
  bool tells_local = true;
  for (const CK_OBJECT_HANDLE handle : TRY(life.find(stored, kObjectsMax))) {
    all.push_back(TRY(identify(life, handle)));
    const Found& last = all.back();
    if (last.name.kind == Kind::kMechanism && !last.local && works(life, last)) tells_local = false;
  }
  Inventory out;
  for (const Found& found : all) {
    if (found.local) {
      TRY(put(out, found));
    } else if (!works(life, found)) {
      out.leftovers.push_back(found.handle);
    } else if (tells_local) {
      return wrong(found.object_class, CKA_LOCAL);  // it works, and the token did not make it
    } else {
      TRY(put(out, found));
    }
  }
  drop_halves(out);
  if (out.mechanism == Mechanism::kNone) {
    if (!out.objects.empty()) return fail(Code::kCorrupt, "mechanism");
    return out;
  }
  const ObjectName pin{Kind::kMechanism, static_cast<std::uint64_t>(out.mechanism)};
  TRY(check_as(life, pin, out.mechanism, out.objects[pin], {}, &out.unkept));
  for (const auto& [name, handles] : out.objects) {
    if (name.kind == Kind::kMechanism) continue;
    // Made after its companion and destroyed before it: alone, somebody else took the other away.
    if (name.kind == Kind::kShelf && out.mechanism == Mechanism::kCbcHmac &&
        !out.objects.contains({Kind::kShelfMac, name.id})) {
      return wrong(CKO_SECRET_KEY, CKA_ID);
    }
    TRY(check_object(life, name, out.mechanism, handles, out.unkept));
  }
  return out;
}

Result<base::FixedBytes<65>> public_point(Life& life, CK_OBJECT_HANDLE public_key) {
  static constexpr std::array<CK_ATTRIBUTE_TYPE, 1> kPoint{CKA_EC_POINT};
  const auto read = TRY(life.read(public_key, kPoint));
  const auto bad = fail(Code::kCorrupt, "public_key.0x0180");
  if (!read[0]) return bad;
  base::ByteSpan bytes = *read[0];
  // v2.40 says: a DER OCTET STRING around the point; some tokens give the bare point.
  if (bytes.size() == 67 && bytes[0] == 0x04 && bytes[1] == 65) bytes = bytes.subspan(2);
  if (bytes.size() != 65 || bytes[0] != 0x04) return bad;
  return base::FixedBytes<65>::from(bytes);
}

}  // namespace hsm
