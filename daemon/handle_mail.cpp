// The address of an account, and what the mail program asks.
#include "base/mail_address.h"
#include "base/secret_access.h"
#include "daemon/accounts.h"
#include "daemon/handlers.h"
#include "daemon/mail.h"
#include "daemon/mail_codes.h"
#include "daemon/use_grant.h"

namespace core {

using base::Code;
using base::fail;

namespace {

ipc::Append entry_about(const Context& context, base::CoreEvent event, const registry::Mail& mail) {
  auto entry = context.entry(event);
  entry.ref = mail.account.value;
  entry.action = mail.about;
  return entry;
}

base::Task<base::Result<>> close(Context& context, ipc::MailId id, base::CoreEvent event,
                                 base::Error why) {
  Core& core = context.core;
  const auto found = core.reg().mails().find(id);
  if (found == core.reg().mails().end()) co_return fail(Code::kNotFound, "mail");
  auto entry = entry_about(context, event, found->second);
  if (event == base::CoreEvent::kMailGivenUp) entry.error = why;
  registry::Change change;
  change.erase(id);
  CO_CHECK(co_await core.commit(std::move(entry), std::move(change)));
  core.outbox.forget(id);
  co_return base::Result<>{};
}

bool is_over(const registry::Mail& mail, base::WallTime now) {
  return now.ms - mail.made_at.ms > std::int64_t{mail.lives_s} * 1000;
}

// Sets the address, tells the one that was there before, ends nothing.
base::Task<base::Result<>> save_address(Context& context, ipc::MailAddress address, bool codes) {
  Core& core = context.core;
  const auto account = context.actor.account;
  const auto held = co_await core.writes.lock();
  auto keyring = keyring_of(core, account);
  auto change = mail(
      core, {.kind = MailKind::kAddressChanged, .account = account, .to = keyring.mail.view()});
  keyring.mail = std::move(address);
  keyring.mail_codes = codes;
  CO_TRY(auto saved, registry::save_keyring(core.reg(), std::move(keyring)));
  change.append(std::move(saved));
  CO_CHECK(
      co_await core.commit(context.entry(base::CoreEvent::kMailAddressChanged), std::move(change)));
  core.epoch_due();
  co_return base::Result<>{};
}

}  // namespace

Answer<ipc::SetMail> handle(Context& context, ipc::SetMail request) {
  Core& core = context.core;
  const std::string_view to = request.mail.view();
  if (!to.empty() && !base::is_mail_address(to)) co_return fail(Code::kInvalid, "mail");
  if (!to.empty() && !core.config().relay) co_return fail(Code::kState, "relay");
  CO_CHECK(co_await use_grant(context, request.grant, base::StepUpAct::kSetMail));
  if (to.empty()) {
    CO_CHECK(co_await save_address(context, {}, false));
    co_return ipc::Done{};
  }
  const auto held = co_await core.writes.lock();
  auto* session = core.sessions.by_id(context.actor.session);
  if (session == nullptr) co_return fail(Code::kNotFound, "account");
  session->new_mail = request.mail;
  session->new_mail_codes = request.codes;
  session->mail_code = MailCode(core.random(), core.mono());
  CO_CHECK(core.commit_logged(mail(core, {.kind = MailKind::kConfirmAddress,
                                          .account = context.actor.account,
                                          .to = to,
                                          .secret = &session->mail_code.text()}),
                              {}));
  co_return ipc::Done{};
}

Answer<ipc::ConfirmMail> handle(Context& context, ipc::ConfirmMail request) {
  Core& core = context.core;
  auto* session = core.sessions.by_id(context.actor.session);
  if (session == nullptr || !session->mail_code.open(core.mono())) {
    co_return fail(Code::kExpired, "mail_code");
  }
  if (!session->mail_code.take(request.code)) co_return fail(Code::kInvalid, "mail_code");
  CO_CHECK(co_await save_address(context, std::exchange(session->new_mail, {}),
                                 session->new_mail_codes));
  co_return ipc::Done{};
}

Answer<ipc::TakeMail> handle(Context& context, ipc::TakeMail /*request*/) {
  Core& core = context.core;
  ipc::TakeMail::Reply reply;
  if (core.state() != base::State::kOperational) co_return std::move(reply);
  const auto held = co_await core.writes.lock();
  const registry::Mail* next = core.outbox.take(core.reg(), core.mono());
  while (next != nullptr && is_over(*next, core.wall())) {
    CO_CHECK(
        co_await close(context, next->id, base::CoreEvent::kMailGivenUp, {Code::kExpired, "mail"}));
    next = core.outbox.take(core.reg(), core.mono());
  }
  if (next == nullptr) co_return std::move(reply);
  reply.id = next->id;
  reply.to = next->to;
  reply.subject = next->subject;
  reply.made_at = next->made_at;
  CO_TRY(reply.text, ipc::Secret<4096>::from(next->text.read(base::secret_access())));
  co_return std::move(reply);
}

Answer<ipc::ReportMail> handle(Context& context, ipc::ReportMail request) {
  Core& core = context.core;
  if (core.state() != base::State::kOperational) co_return fail(Code::kNotFound, "mail");
  const auto held = co_await core.writes.lock();
  switch (request.outcome) {
    case ipc::MailOutcome::kLater: core.outbox.later(request.id, core.mono()); break;
    case ipc::MailOutcome::kSent:
      CO_CHECK(co_await close(context, request.id, base::CoreEvent::kMailSent, {}));
      break;
    case ipc::MailOutcome::kRefused:
      CO_CHECK(co_await close(context, request.id, base::CoreEvent::kMailGivenUp,
                              {Code::kDenied, "relay"}));
      break;
  }
  co_return ipc::Done{};
}

}  // namespace core
