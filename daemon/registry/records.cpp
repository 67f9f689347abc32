#include "daemon/registry/records.h"

#include "ipc/codec.h"

namespace registry {
namespace {

using base::ByteSpan;
using base::Code;
using base::FieldName;
using base::Result;

// The letter under which a kind lies, and its newest version. The letters' order is the order of
// loading: what is referred to comes before what refers to it.
template <class R>
struct Stored;
template <>
struct Stored<Company> {
  static constexpr std::uint8_t kLetter = '@', kVersion = 1;
  static constexpr FieldName kField = "company";
};
template <>
struct Stored<Account> {
  static constexpr std::uint8_t kLetter = 'A', kVersion = 1;
  static constexpr FieldName kField = "account";
};
template <>
struct Stored<ApiClient> {
  static constexpr std::uint8_t kLetter = 'F', kVersion = 1;
  static constexpr FieldName kField = "client";
};
template <>
struct Stored<Settings> {
  static constexpr std::uint8_t kLetter = 'C', kVersion = 1;
  static constexpr FieldName kField = "settings";
};
template <>
struct Stored<Designation> {
  static constexpr std::uint8_t kLetter = 'B', kVersion = 1;
  static constexpr FieldName kField = "designation";
};
template <>
struct Stored<Disposal> {
  static constexpr std::uint8_t kLetter = 'D', kVersion = 1;
  static constexpr FieldName kField = "disposal";
};
template <>
struct Stored<Proposal> {
  static constexpr std::uint8_t kLetter = 'G', kVersion = 1;
  static constexpr FieldName kField = "proposal";
};
template <>
struct Stored<Shelf> {
  static constexpr std::uint8_t kLetter = 'H', kVersion = 1;
  static constexpr FieldName kField = "shelf";
};
template <>
struct Stored<Keyring> {
  static constexpr std::uint8_t kLetter = 'K', kVersion = 1;
  static constexpr FieldName kField = "keyring";
};
template <>
struct Stored<Zones> {
  static constexpr std::uint8_t kLetter = 'N', kVersion = 1;
  static constexpr FieldName kField = "zones";
};
template <>
struct Stored<Delegation> {
  static constexpr std::uint8_t kLetter = 'E', kVersion = 1;
  static constexpr FieldName kField = "delegation";
};
template <>
struct Stored<Hours> {
  static constexpr std::uint8_t kLetter = 'O', kVersion = 1;
  static constexpr FieldName kField = "hours";
};
template <>
struct Stored<Mail> {
  static constexpr std::uint8_t kLetter = 'M', kVersion = 1;
  static constexpr FieldName kField = "mail";
};
template <>
struct Stored<Person> {
  static constexpr std::uint8_t kLetter = 'P', kVersion = 1;
  static constexpr FieldName kField = "person";
};
template <>
struct Stored<Request> {
  static constexpr std::uint8_t kLetter = 'Q', kVersion = 1;
  static constexpr FieldName kField = "request";
};
template <>
struct Stored<Submission> {
  static constexpr std::uint8_t kLetter = 'S', kVersion = 1;
  static constexpr FieldName kField = "submission";
};
template <>
struct Stored<Throttle> {
  static constexpr std::uint8_t kLetter = 'T', kVersion = 1;
  static constexpr FieldName kField = "throttle";
};
template <>
struct Stored<Number> {
  static constexpr std::uint8_t kLetter = 'V', kVersion = 1;
  static constexpr FieldName kField = "number";
};

store::KeyBytes make_key(std::uint8_t letter, std::uint64_t id) {
  store::KeyBytes key(9);
  key[0] = letter;
  for (std::size_t i = 0; i < 8; ++i) key[1 + i] = static_cast<std::uint8_t>(id >> (56 - 8 * i));
  return key;
}

// Brings the bytes of any version to the newest form: one branch a version, each tested by its
// golden file. There has been one version of each kind so far.
template <class R>
Result<R> migrate(std::uint8_t version, ByteSpan bytes) {
  static_assert(Stored<R>::kVersion == 1, "write the migration from the older versions");
  if (version != 1) return base::fail(Code::kCorrupt, Stored<R>::kField);
  auto record = ipc::decode<R>(bytes);
  if (!record) return base::fail(Code::kCorrupt, Stored<R>::kField);
  return record;
}

template <class R>
Result<Record> read(ByteSpan key, ByteSpan value) {
  R record = TRY(migrate<R>(value[0], value.subspan(1)));
  const store::KeyBytes own = key_of(record);
  if (!std::equal(own.begin(), own.end(), key.begin(), key.end())) {
    return base::fail(Code::kCorrupt, Stored<R>::kField);
  }
  return Record(std::move(record));
}

}  // namespace

store::KeyBytes key_of(const Person& record) {
  return make_key(Stored<Person>::kLetter, record.id.value);
}
store::KeyBytes key_of(const Account& record) {
  return make_key(Stored<Account>::kLetter, record.id.value);
}
store::KeyBytes key_of(const Request& record) {
  return make_key(Stored<Request>::kLetter, record.id.value);
}
store::KeyBytes key_of(const Submission& record) { return submission_key(record.id); }
store::KeyBytes key_of(const Number& record) { return number_key(record.person, record.purpose); }
store::KeyBytes key_of(const Shelf& record) {
  return make_key(Stored<Shelf>::kLetter, record.id.value);
}
store::KeyBytes key_of(const Disposal& record) {
  return make_key(Stored<Disposal>::kLetter, record.id.value);
}
store::KeyBytes key_of(const Settings& /*record*/) {
  return make_key(Stored<Settings>::kLetter, 0);
}

store::KeyBytes key_of(const Keyring& record) {
  return make_key(Stored<Keyring>::kLetter, record.account.value);
}

store::KeyBytes key_of(const Throttle& record) { return throttle_key(record.id); }

store::KeyBytes throttle_key(std::uint64_t id) { return make_key(Stored<Throttle>::kLetter, id); }

store::KeyBytes key_of(const Zones& /*record*/) { return make_key(Stored<Zones>::kLetter, 0); }
store::KeyBytes key_of(const Hours& /*record*/) { return make_key(Stored<Hours>::kLetter, 0); }
store::KeyBytes key_of(const Delegation& record) {
  return make_key(Stored<Delegation>::kLetter, record.account.value);
}
store::KeyBytes key_of(const Proposal& record) {
  return make_key(Stored<Proposal>::kLetter, record.id.value);
}
store::KeyBytes key_of(const Mail& record) { return mail_key(record.id); }
store::KeyBytes key_of(const ApiClient& record) {
  return make_key(Stored<ApiClient>::kLetter, record.account.value);
}

store::KeyBytes key_of(const Company& record) {
  return make_key(Stored<Company>::kLetter, record.id.value);
}

store::KeyBytes mail_key(ipc::MailId id) { return make_key(Stored<Mail>::kLetter, id.value); }

store::KeyBytes key_of(const Designation& record) {
  return make_key(Stored<Designation>::kLetter, record.account.value);
}

store::KeyBytes submission_key(SubmissionId id) {
  return make_key(Stored<Submission>::kLetter, id.value);
}

store::KeyBytes number_key(PersonId person, Purpose purpose) {
  store::KeyBytes key = make_key(Stored<Number>::kLetter, person.value);
  key.push_back(static_cast<std::uint8_t>(purpose));
  return key;
}

store::KeyBytes key_of(const Record& record) {
  return std::visit([](const auto& one) { return key_of(one); }, record);
}

store::ValueBytes encode_record(const Record& record) {
  return std::visit(
      [](const auto& one) {
        ipc::Encoder encoder;
        encoder.put(Stored<std::decay_t<decltype(one)>>::kVersion);
        encoder.put(one);
        const ByteSpan bytes = encoder.view();
        return store::ValueBytes(bytes.begin(), bytes.end());
      },
      record);
}

Result<Record> decode_record(ByteSpan key, ByteSpan value) {
  if (key.empty() || value.empty()) return base::fail(Code::kCorrupt, "record");
  switch (key[0]) {
    case Stored<Company>::kLetter: return read<Company>(key, value);
    case Stored<Account>::kLetter: return read<Account>(key, value);
    case Stored<Designation>::kLetter: return read<Designation>(key, value);
    case Stored<ApiClient>::kLetter: return read<ApiClient>(key, value);
    case Stored<Settings>::kLetter: return read<Settings>(key, value);
    case Stored<Disposal>::kLetter: return read<Disposal>(key, value);
    case Stored<Proposal>::kLetter: return read<Proposal>(key, value);
    case Stored<Shelf>::kLetter: return read<Shelf>(key, value);
    case Stored<Keyring>::kLetter: return read<Keyring>(key, value);
    case Stored<Zones>::kLetter: return read<Zones>(key, value);
    case Stored<Delegation>::kLetter: return read<Delegation>(key, value);
    case Stored<Hours>::kLetter: return read<Hours>(key, value);
    case Stored<Mail>::kLetter: return read<Mail>(key, value);
    case Stored<Person>::kLetter: return read<Person>(key, value);
    case Stored<Request>::kLetter: return read<Request>(key, value);
    case Stored<Submission>::kLetter: return read<Submission>(key, value);
    case Stored<Throttle>::kLetter: return read<Throttle>(key, value);
    case Stored<Number>::kLetter: return read<Number>(key, value);
    default: return base::fail(Code::kCorrupt, "record");
  }
}

}  // namespace registry
