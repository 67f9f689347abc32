// kagikura-verify: `kagikura verify` as a program of its own, for auditors who have no appliance.
#include <CLI/CLI.hpp>

#include "cli/run.h"
#include "cli/verify.h"

namespace {

int command(int argc, char** argv) {
  CLI::App app("Checks an export of a Kagikura appliance's log, anywhere, offline",
               "kagikura-verify");
  app.set_version_flag("--version", KAGIKURA_VERSION);
  cli::VerifyArguments verify;
  std::string format = "text";
  app.add_option("export", verify.path, "the tar, or the folder unpacked from it")->required();
  app.add_option("--key", verify.key, "log.vkey, received by another way than the export");
  app.add_option("--checkpoint", verify.checkpoints, "a checkpoint saved before; repeatable");
  app.add_option("--format", format, "text or json")->check(CLI::IsMember({"text", "json"}));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // 0 for --help and --version; every mistake of use is 1, as the man page says.
    return app.exit(error) == 0 ? 0 : cli::kVerifyUnchecked;
  }
  verify.json = format == "json";
  return cli::verify_command(verify);
}

}  // namespace

int main(int argc, char** argv) {
  return cli::run([&] { return command(argc, argv); });
}
