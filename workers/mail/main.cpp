// kagikura-mail: takes what core wants to be sent, one mail at a time, and hands it to the site's
// relay. `--authorities FILE` names a PEM file (systemd credential). Keeps nothing: the queue is
// core's, and so is the decision when to try again.
#include <csignal>
#include <cstring>
#include <ctime>
#include <string>

#include "base/fd.h"
#include "base/log.h"
#include "base/notify.h"
#include "base/sandbox.h"
#include "ipc/client.h"
#include "workers/mail/sandbox_table.h"
#include "workers/mail/sender.h"

namespace {

using base::Result;

constexpr std::int64_t kCoreMs = 5000;
constexpr timespec kBetweenLooks{1, 0};
constexpr std::size_t kAuthoritiesMax = std::size_t{256} * 1024;

using Core = ipc::Client<ipc::ConsoleCore>;

Result<Core> core_at(const std::string& socket) {
  return Core::open(TRY(ipc::connect_to(socket)), kCoreMs);
}

// True when there was one.
Result<bool> send_next(const std::string& socket, const mail::Sender& sender,
                       const mail::Origin& origin, const base::Log& log) {
  auto core = TRY(core_at(socket));
  const auto next = TRY(core.call(ipc::TakeMail{}));
  if (!next.id.valid()) return false;
  ipc::ReportMail report{next.id, ipc::MailOutcome::kRefused};
  if (const auto message = mail::message_of(next, origin); message) {
    const auto sent = sender.send(next.to.view(), *message);
    report.outcome = sent.outcome;
    if (sent.outcome != ipc::MailOutcome::kSent) log.warn("not_sent", {{"why", sent.why}});
  } else {
    log.error("not_made", {{"error", message.error()}});
  }
  // It may have taken longer than core waits for a silent peer.
  auto again = TRY(core_at(socket));
  TRY(again.call(report));
  return true;
}

Result<> run(const config::Config& config, const std::string& authorities, const base::Log& log) {
  TRY(base::sandbox::no_dumps());
  // A peer that has gone is an error of a write, not a death.
  ::signal(SIGPIPE, SIG_IGN);
  const auto notifier = base::Notifier::from_environment();
  const auto sender =
      TRY(mail::Sender::open(config, TRY(base::read_file(authorities, kAuthoritiesMax))));
  const mail::Origin origin{config.mail_from};
  TRY(mail::lock_in());
  notifier.ready();
  while (true) {
    const auto done = send_next(config.console_socket(), sender, origin, log);
    notifier.status(!done ? "core not reached" : *done ? "sending" : "nothing to send");
    notifier.alive();
    if (!done || !*done) ::nanosleep(&kBetweenLooks, nullptr);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const base::Log log("kagikura-mail");
  const auto config = config::from_arguments(argc, argv);
  if (!config) return 1;
  if (!config->relay) {
    log.info("no_relay");
    return 0;
  }
  std::string authorities;
  for (int i = 1; i + 1 < argc; ++i) {
    if (std::strcmp(argv[i], "--authorities") == 0) authorities = argv[i + 1];
  }
  const auto done = run(*config, authorities, log);
  if (!done) log.error("stopped", {{"error", done.error()}});
  return 1;
}
