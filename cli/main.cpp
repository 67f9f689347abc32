// kagikura: status and export on the appliance, verify anywhere.
#include <CLI/CLI.hpp>

#include "cli/commands.h"
#include "cli/run.h"
#include "cli/verify.h"
#include "config/config.h"

namespace {

// The console's socket as the configuration names it; empty after complaining.
std::string socket_of(const std::string& config_path) {
  const auto outcome = config::load(config_path);
  for (const auto& problem : outcome.problems) {
    std::fprintf(stderr, "%s:%u: %s %s\n", config_path.c_str(), problem.line, problem.key.c_str(),
                 problem.text.c_str());
  }
  return outcome.problems.empty() ? outcome.config.console_socket() : std::string();
}

int command(int argc, char** argv) {
  CLI::App app("Kagikura: the appliance for Individual Numbers", "kagikura");
  app.require_subcommand(1);
  app.set_version_flag("--version", KAGIKURA_VERSION);
  std::string config_path = "/etc/kagikura/kagikura.toml";
  std::string format_name = "text";

  const auto common = [&](CLI::App* command) {
    command->add_option("--format", format_name, "text or json")
        ->check(CLI::IsMember({"text", "json"}));
  };
  auto* status = app.add_subcommand("status", "what the appliance does and what it lacks");
  status->add_option("--config", config_path, "configuration file");
  common(status);
  auto* exporting = app.add_subcommand("export", "write the signed log to a new file");
  std::string path;
  exporting->add_option("--config", config_path, "configuration file");
  exporting->add_option("file", path, "file to write; it must not exist")->required();
  common(exporting);
  auto* verifying = app.add_subcommand("verify", "check an export of the log, anywhere, offline");
  cli::VerifyArguments verify;
  verifying->add_option("export", verify.path, "the tar, or the folder unpacked from it")
      ->required();
  verifying->add_option("--key", verify.key, "log.vkey, received by another way than the export");
  verifying->add_option("--checkpoint", verify.checkpoints,
                        "a checkpoint saved before; repeatable");
  common(verifying);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // 0 for --help and --version; every mistake of use is 1, as the man page says.
    return app.exit(error) == 0 ? 0 : 1;
  }
  const cli::Format format = format_name == "json" ? cli::Format::kJson : cli::Format::kText;
  if (verifying->parsed()) {
    verify.json = format == cli::Format::kJson;
    return cli::verify_command(verify);
  }
  const std::string socket = socket_of(config_path);
  if (socket.empty()) return 1;
  if (status->parsed()) return cli::status_command(socket, format);
  return cli::export_command(socket, path, format);
}

}  // namespace

int main(int argc, char** argv) {
  return cli::run([&] { return command(argc, argv); });
}
