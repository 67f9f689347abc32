// The companies of the group: what is there, and the proposal to add one. Its people are invited by
// its own guards of rights; the first two of these by the firm (effects.h).
#include <set>

#include "daemon/companies.h"
#include "daemon/effects.h"
#include "daemon/handlers.h"

namespace core {

namespace {

ipc::CompanyRow row_of(Core& core, base::TenantId company, const ipc::Name& name) {
  ipc::CompanyRow row;
  row.id = company;
  row.name = name;
  std::set<std::uint64_t> guards;
  for (const auto& party : parties_of(core.reg(), company)) {
    if (!party.active) continue;
    ++row.accounts;
    if (policy::guards_rights(party.role)) guards.insert(party.person);
  }
  row.guards = static_cast<std::uint32_t>(guards.size());
  if (const auto* found = core.reg().company(company)) row.made_at = found->made_at;
  return row;
}

}  // namespace

Answer<ipc::ListCompanies> handle(Context& context, ipc::ListCompanies /*request*/) {
  Core& core = context.core;
  std::map<base::TenantId, std::uint32_t> people;
  core.reg().each_person([&](const registry::Person& person) { ++people[person.tenant]; });
  std::vector<ipc::CompanyRow> rows;
  for (const auto& [id, company] : core.reg().companies()) {
    rows.push_back(row_of(core, id, company.name));
  }
  std::ranges::sort(rows, {}, &ipc::CompanyRow::name);
  rows.insert(rows.begin(), row_of(core, base::kFirm, words_of(core, base::kFirm).name));
  for (auto& row : rows) row.people = people[row.id];
  ipc::ListCompanies::Reply reply;
  CO_TRY(reply.rows, decltype(reply.rows)::from(std::move(rows)));
  co_return std::move(reply);
}

Answer<ipc::AddCompany> handle(Context& context, ipc::AddCompany request) {
  registry::ProposalContent content;
  content.kind = base::ProposalKind::kAddCompany;
  content.name = std::move(request.name);
  co_return co_await propose(context, std::move(content), request.revises);
}

}  // namespace core
