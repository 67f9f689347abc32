#include "site/service.h"

#include <unistd.h>

#include <array>

#include "site/addresses.h"
#include "site/render.h"

namespace site {

using base::Code;
using base::fail;

void Service::violated(base::Error error) { log_.error("peer_dropped", {{"error", error}}); }

base::Task<base::Result<ipc::SiteResult>> Service::carry_out(std::string_view what,
                                                             std::string text) {
  if (busy_) co_return fail(Code::kConflict, "site");
  busy_ = true;
  const std::string number = std::to_string(loop_.clock().mono().ms);
  const auto asked = ask(folders_, what, number + " " + text + "\n");
  std::string line;
  for (std::int64_t waited = 0; asked && line.empty() && waited < kWaitMs; waited += kLookMs) {
    co_await loop_.sleep(kLookMs);
    line = answer(folders_, what, number);
  }
  busy_ = false;
  if (!asked) co_return std::unexpected(asked.error());
  log_.info("carried_out", {{"what", what}, {"result", line}});
  auto result = base::Text<200>::from(line);
  if (!result) co_return fail(Code::kInternal, "site_result");
  co_return ipc::SiteResult{*std::move(result)};
}

Service::Answer<ipc::GetSite> Service::handle(ipc::GetSite /*request*/) {
  ipc::GetSite::Reply reply;
  std::array<char, 65> host{};
  if (::gethostname(host.data(), host.size() - 1) == 0) {
    CO_TRY(reply.host, base::Text<64>::from(host.data()));
  }
  for (const auto& one : addresses()) {
    auto text = base::Text<64>::from(one);
    if (text && !reply.addresses.full()) CO_CHECK(reply.addresses.push(*std::move(text)));
  }
  reply.version = base::Text<64>::literal(KAGIKURA_VERSION);
  const auto update = base::read_file(folders_.site + "/update/result", 200);
  if (update) {
    auto line = base::Text<200>::from(update->substr(0, update->find('\n')));
    if (line) reply.update.line = *std::move(line);
  }
  co_return std::move(reply);
}

Service::Answer<ipc::SetNetwork> Service::handle(ipc::SetNetwork request) {
  CO_TRY(const auto network, network_file(request));
  CO_TRY(const auto host, host_file(request));
  CO_CHECK(replace_file(folders_.site, "network.network", network));
  CO_CHECK(replace_file(folders_.site, "hostname", host));
  co_return co_await carry_out(kApplyNetwork);
}

Service::Answer<ipc::SetZones> Service::handle(ipc::SetZones request) {
  CO_TRY(const auto zones, zones_file(request));
  CO_TRY(const auto filter, filter_file(request));
  CO_CHECK(replace_file(folders_.site, "zones.toml", zones));
  CO_CHECK(replace_file(folders_.site, "zones.nft", filter));
  co_return co_await carry_out(kApplyZones);
}

Service::Answer<ipc::SetTimeServers> Service::handle(ipc::SetTimeServers request) {
  CO_TRY(const auto text, time_file(request));
  CO_CHECK(replace_file(folders_.site + "/time", "site.sources", text));
  co_return co_await carry_out(kApplyTime);
}

Service::Answer<ipc::SetClock> Service::handle(ipc::SetClock request) {
  CO_TRY(auto text, clock_file(request));
  text.pop_back();  // its line feed
  co_return co_await carry_out(kApplyClock, std::move(text));
}

Service::Answer<ipc::ExportToMedium> Service::handle(ipc::ExportToMedium /*request*/) {
  return carry_out(kApplyExport);
}

Service::Answer<ipc::InstallUpdate> Service::handle(ipc::InstallUpdate /*request*/) {
  return carry_out(kApplyUpdate);
}

Service::Answer<ipc::ClearCover> Service::handle(ipc::ClearCover /*request*/) {
  return carry_out(kApplyCover);
}

}  // namespace site
