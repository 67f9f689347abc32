// init_token MODULE LABEL: sets a PKCS#11 token up, for the tests. Reads the SO
// PIN and the user PIN from standard input, a line each, so that they stand in no command line and
// no file.
#include <unistd.h>

#include <array>
#include <cstdio>
#include <span>
#include <string_view>

#include "base/secret_access.h"
#include "hsm/enrolment.h"

namespace {

using base::Result;
using Pin = base::Secret<64>;

// Byte by byte, so that the second line stays where it is.
Result<Pin> read_line(base::FieldName field) {
  std::array<std::uint8_t, Pin::kMax> room{};
  std::size_t size = 0;
  std::uint8_t byte = 0;
  while (::read(STDIN_FILENO, &byte, 1) == 1 && byte != '\n') {
    if (size == room.size()) return base::fail(base::Code::kTooLong, field);
    room.at(size++) = byte;
  }
  auto pin = Pin::from(std::span(room).first(size), field);
  base::wipe(room.data(), room.size());
  if (size == 0) return base::fail(base::Code::kMissing, field);
  return pin;
}

Result<> run(std::span<char* const> arguments) {
  if (arguments.size() != 3) return base::fail(base::Code::kMissing, "MODULE LABEL");
  const auto so_pin = TRY(read_line("so_pin"));
  const auto pin = TRY(read_line("pin"));
  const auto module = TRY(hsm::Module::load(arguments[1]));
  return hsm::set_token_up(module, "", arguments[2], so_pin, pin);
}

}  // namespace

int main(int argc, char** argv) {
  const auto done = run({argv, static_cast<std::size_t>(argc)});
  if (!done) {
    const auto word = base::name(done.error().code);
    const auto field = done.error().field.view();
    std::fprintf(stderr, "init_token: %.*s/%.*s\n", static_cast<int>(word.size()), word.data(),
                 static_cast<int>(field.size()), field.data());
  }
  std::fflush(nullptr);
  ::_exit(done ? 0 : 1);  // SoftHSM's exit handlers are not run
}
