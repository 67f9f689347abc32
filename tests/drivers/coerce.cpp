// What somebody can do who has forced everything out of us: images of the store's disk from any
// time, the token as it is now, and its PIN (guarantee G8). Ignores every check of ours that an
// attacker would not run: takes each record that opens under the register key, also from pages
// that LMDB has freed, and tries each key that the token still has. Prints `person purpose digits`
// for what it got.
//
//   coerce MODULE TOKEN STORE_DIR...     the PIN on standard input
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <set>
#include <span>

#include "base/fd.h"
#include "base/secret_access.h"
#include "daemon/registry/records.h"
#include "daemon/store/crypto.h"
#include "hsm/service.h"
#include "ipc/codec.h"

namespace {

using base::Result;

// As audit/process makes it; an attacker reads sources too.
struct NumberAad {
  base::Text<32> label = base::Text<32>::literal("kagikura-number-1");
  ipc::NumberPlace place;
  ipc::KeyRef key;
};

struct Attack {
  hsm::Service& service;
  store::RecordCipher& cipher;
  std::vector<base::ShelfId> shelves;  // whose keys the token has
  std::set<std::string> got;
  std::size_t records = 0;

  void try_number(const ipc::NumberPlace& place, const ipc::SealedNumber& sealed) {
    for (const base::ShelfId key : shelves) {
      ipc::NumberPlace under = place;
      for (const base::ShelfId named : {place.shelf, key}) {
        under.shelf = named;
        const NumberAad aad{.place = under, .key = {ipc::KeyUse::kShelf, named.value}};
        auto reply = service.handle(ipc::Open{key, *ipc::Aad::from(ipc::encode(aad)), sealed});
        if (!reply) continue;
        const auto digits = base::as_text(reply->number.read(base::secret_access()));
        got.insert(to_text(place.person) + " " + std::string(name(place.purpose)) + " " +
                   std::string(digits));
        return;
      }
    }
  }

  void try_record(base::ByteSpan key, base::ByteSpan value) {
    const auto plain = cipher.open(key, value);
    if (!plain) return;
    auto record = registry::decode_record(key, *plain);
    if (!record) return;
    ++records;
    if (const auto* number = std::get_if<registry::Number>(&*record)) {
      try_number({number->tenant, number->person, number->purpose, number->shelf, number->version},
                 number->sealed);
    }
    if (const auto* submission = std::get_if<registry::Submission>(&*record)) {
      for (const auto& item : submission->items) {
        try_number(
            {submission->tenant, item.person, base::Purpose::kIntake, item.shelf, item.version},
            item.sealed);
      }
    }
  }

  // Every place of the file that looks like a node of LMDB (lo, hi, flags, ksize, key, data),
  // whether its page is in use or not. Large values lie on pages of their own, 16 bytes in.
  void try_file(base::ByteSpan file) {
    const auto u16 = [&](std::size_t at) {
      return static_cast<std::size_t>(file[at]) | static_cast<std::size_t>(file[at + 1]) << 8U;
    };
    for (std::size_t at = 0; at + 8 < file.size(); at += 2) {
      const std::size_t key_size = u16(at + 6);
      const std::size_t flags = u16(at + 4);
      if (key_size == 0 || key_size > store::kKeyMax || flags > 1) continue;
      if (at + 8 + key_size > file.size()) continue;
      const base::ByteSpan key = file.subspan(at + 8, key_size);
      if (key[0] < 0x20 || key[0] > 0x7E) continue;
      const std::size_t size = u16(at) | u16(at + 2) << 16U;
      std::size_t data = at + 8 + key_size;
      if (flags == 1 && data + 8 <= file.size()) {  // F_BIGDATA: a page number
        std::size_t page = 0;
        for (std::size_t i = 0; i < 8; ++i) page |= std::size_t{file[data + i]} << (8 * i);
        data = page * 4096 + 16;
      }
      if (size > store::kValueMax || data > file.size() || size > file.size() - data) continue;
      try_value(key, file.subspan(data, size));
    }
  }

  // A value may have its revision in front: what the store's own layer added.
  void try_value(base::ByteSpan key, base::ByteSpan value) {
    for (const std::size_t skip : {std::size_t{0}, std::size_t{8}}) {
      if (value.size() > skip + store::kSealOverhead) try_record(key, value.subspan(skip));
    }
  }
};

Result<int> run(std::span<char* const> arguments) {
  if (arguments.size() < 4) return base::fail(base::Code::kMissing, "arguments");
  std::array<std::uint8_t, 64> pin{};
  const ssize_t size = ::read(STDIN_FILENO, pin.data(), pin.size());
  if (size <= 0) return base::fail(base::Code::kMissing, "pin");
  const auto module = TRY(hsm::Module::load(arguments[1]));
  const base::Log log("coerce");
  hsm::Service service(module, {"", TRY(hsm::TokenUri::parse(arguments[2]))}, log);
  auto text = base::as_text({pin.data(), static_cast<std::size_t>(size)});
  if (text.ends_with('\n')) text.remove_suffix(1);
  const auto login =
      TRY(service.handle(ipc::Login{TRY(base::Secret<64>::from(base::as_bytes(text)))}));
  const auto key = TRY(
      service.handle(ipc::Mac{{ipc::KeyUse::kRegister, 0},
                              TRY(base::Secret<64>::from(base::as_bytes("kagikura-register-1")))}));
  auto cipher = TRY(store::RecordCipher::make(key.mac));
  Attack attack{service, cipher, {}, {}};
  for (const ipc::KeyRef& one : login.keys) {
    if (one.use == ipc::KeyUse::kShelf) attack.shelves.push_back({one.id});
  }
  for (const char* dir : arguments.subspan(3)) {
    for (const auto& file : std::filesystem::directory_iterator(dir)) {
      if (!file.is_regular_file()) continue;
      const auto bytes = TRY(base::read_file(file.path().string(), std::size_t{1} << 34));
      attack.try_file(base::as_bytes(bytes));
    }
  }
  for (const auto& line : attack.got) std::puts(line.c_str());
  std::fprintf(stderr, "%zu records opened, %zu keys tried, %zu numbers\n", attack.records,
               attack.shelves.size(), attack.got.size());
  service.log_out();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const auto done = run(std::span(argv, static_cast<std::size_t>(argc)));
  if (!done) std::fprintf(stderr, "coerce: %s\n", std::string(name(done.error().code)).c_str());
  std::fflush(stdout);
  ::_exit(done ? 0 : 1);
}
