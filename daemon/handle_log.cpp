// The audit log as auditors see it: audit builds each row from a verified line; core adds the
// names.
#include "daemon/handlers.h"

namespace core {

Answer<ipc::ReadLog> handle(Context& context, ipc::ReadLog request) {
  Core& core = context.core;
  // Reading is use: it leaves an entry of its own, before the answer.
  auto entry = context.entry(base::CoreEvent::kLogRead);
  entry.person = request.filter.person;
  CO_TRY(const auto logged, co_await core.audit.call(std::move(entry)));
  static_cast<void>(logged);
  ipc::QueryLog query;
  query.filter = std::move(request.filter);
  query.before = request.before;
  query.tenant = context.actor.tenant;
  CO_TRY(auto found, co_await core.audit.call(std::move(query), AuditLink::kLongMs));
  ipc::ReadLog::Reply reply;
  reply.size = found.size;
  reply.next_before = found.next_before;
  for (auto& row : found.rows) {
    ipc::ReadLog::Row shown;
    shown.account_name = name_of(core, row.account);
    if (const auto* person = core.reg().person(row.person); person != nullptr) {
      shown.person_name = person->name;
    }
    shown.entry = std::move(row);
    CO_CHECK(reply.rows.push(std::move(shown)));
  }
  co_return std::move(reply);
}

Answer<ipc::ExportLog> handle(Context& context, ipc::ExportLog request) {
  Core& core = context.core;
  core.grants.spend(request.grant);
  ipc::UseGrant use;
  use.actor = context.actor;
  use.grant = request.grant;
  use.act = base::StepUpAct::kExportLog;
  CO_TRY(const auto used, co_await core.audit.call(std::move(use)));
  static_cast<void>(used);
  ipc::MakeExport make;
  make.actor = context.actor;
  CO_TRY(auto made, co_await core.audit.call(std::move(make), AuditLink::kLongMs));
  ipc::ExportLog::Reply reply;
  reply.tar = std::move(made.tar);
  reply.entries = made.entries;
  reply.root = made.root;
  co_return std::move(reply);
}

}  // namespace core
