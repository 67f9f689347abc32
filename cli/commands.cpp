#include "cli/commands.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>

#include "base/fd.h"
#include "cli/json.h"
#include "ipc/client.h"
#include "ipc/console_core.h"

namespace cli {

namespace {

constexpr std::int64_t kTimeoutMs = 120'000;
constexpr std::size_t kExportMax = std::size_t{1} << 34;

template <class Request>
base::Result<typename Request::Reply> call(const std::string& socket, const Request& request) {
  auto client = TRY(ipc::Client<ipc::ConsoleCore>::open(TRY(ipc::connect_to(socket)), kTimeoutMs));
  return client.call(request);
}

int complain(const base::Error& error, Format format, const char* advice) {
  const std::string code(name(error.code));
  const std::string field(error.field.view());
  if (format == Format::kJson) {
    std::puts(Json().text("error", code).text("field", field).str().c_str());
  }
  std::fprintf(stderr, "kagikura: %s (%s). %s\n", code.c_str(), field.c_str(), advice);
  return 1;
}

void print_text(const ipc::GetStatus::Reply& status) {
  std::printf("state       %s\n", std::string(name(status.state)).c_str());
  if (!status.reason.empty()) std::printf("reason      %s\n", status.reason.str().c_str());
  std::printf("firm        %s\n", status.firm.str().c_str());
  std::printf("hsm         %s %s %s\n", status.hsm_ok ? "ok" : "unavailable",
              status.hsm_model.str().c_str(), status.mechanism.str().c_str());
  std::printf("people      %u\n", status.people);
  std::printf("sessions    %u\n", status.sessions);
  std::printf("epoch       %llu\n", static_cast<unsigned long long>(status.epoch));
  std::printf("log         %llu entries, %u %% used\n",
              static_cast<unsigned long long>(status.log_entries),
              unsigned{status.log_used_percent});
  std::printf("disk        %llu MiB free%s\n",
              static_cast<unsigned long long>(status.disk_free_mib),
              status.disk_low ? ", too little" : "");
  std::printf("cover       %s\n", std::string(name(status.cover)).c_str());
  std::printf("checkpoint  %s\n", status.checkpoint_at.ms > 0
                                      ? base::to_rfc3339(status.checkpoint_at).c_str()
                                      : "none");
}

std::string as_json(const ipc::GetStatus::Reply& status) {
  Json json;
  json.text("state", name(status.state)).text("reason", status.reason.view());
  json.text("firm", status.firm.view()).flag("hsm_ok", status.hsm_ok);
  json.text("hsm_model", status.hsm_model.view()).text("mechanism", status.mechanism.view());
  json.number("people", status.people).number("sessions", status.sessions);
  json.number("epoch", status.epoch).number("log_entries", status.log_entries);
  json.number("log_used_percent", status.log_used_percent);
  json.text("checkpoint_at",
            status.checkpoint_at.ms > 0 ? base::to_rfc3339(status.checkpoint_at) : "");
  json.text("certificate_sha256", base::to_hex(status.certificate_fingerprint.view()));
  json.number("checkpoint_size", status.checkpoint_size);
  json.text("checkpoint_root", status.checkpoint_root.view());
  json.number("pin_tries_left", status.pin_tries_left);
  json.text("cover", name(status.cover));
  json.number("disk_free_mib", status.disk_free_mib).flag("disk_low", status.disk_low);
  json.number("connections", status.connections);
  return json.str();
}

}  // namespace

int status_command(const std::string& socket, Format format) {
  const auto status = call(socket, ipc::GetStatus{});
  if (!status) {
    return complain(status.error(), format,
                    "Is kagikurad running, and may you use the console's socket?");
  }
  if (format == Format::kJson) {
    std::puts(as_json(*status).c_str());
  } else {
    print_text(*status);
  }
  return status->state == base::State::kOperational ? 0 : 2;
}

int export_command(const std::string& socket, const std::string& path, Format format) {
  // Opened first: core need not make an export that cannot be kept.
  const base::Fd out(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!out.valid()) {
    return complain({base::Code::kInvalid, "path"}, format, "Name a file that does not exist yet.");
  }
  const auto reply = call(socket, ipc::ExportLogLocal{});
  const auto bytes = reply
                         ? base::read_sealed(reply->tar, kExportMax)
                         : base::Result<std::vector<std::uint8_t>>(std::unexpected(reply.error()));
  const auto written =
      bytes ? base::write_all(out, *bytes) : base::Result<>(std::unexpected(bytes.error()));
  if (!written || ::fsync(out.get()) != 0) {
    ::unlink(path.c_str());
    return complain(written ? base::Error{base::Code::kIo, "fsync"} : written.error(), format,
                    "Nothing was kept. See kagikura status.");
  }
  if (format == Format::kJson) {
    Json json;
    json.text("path", path).number("entries", reply->entries).text("root", reply->root.view());
    std::puts(json.str().c_str());
  } else {
    std::printf("%s: %llu entries, root %s\n", path.c_str(),
                static_cast<unsigned long long>(reply->entries), reply->root.str().c_str());
  }
  return 0;
}

}  // namespace cli
