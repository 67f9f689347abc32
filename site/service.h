// The answers of kagikura-site to the console.
#pragma once

#include <memory>

#include "base/log.h"
#include "base/loop.h"
#include "ipc/channel.h"
#include "ipc/console_site.h"
#include "site/requests.h"

namespace site {

class Service {
 public:
  // How long the console waits for a change that a script carries out; longer ones are asked about.
  static constexpr std::int64_t kWaitMs = 100'000;
  static constexpr std::int64_t kLookMs = 100;

  Service(base::Loop& loop, const base::Log& log, Folders folders)
      : loop_(loop), log_(log), folders_(std::move(folders)) {}

  template <class T>
  using Answer = base::Task<base::Result<typename T::Reply>>;
  Answer<ipc::GetSite> handle(ipc::GetSite request);
  Answer<ipc::SetNetwork> handle(ipc::SetNetwork request);
  Answer<ipc::SetZones> handle(ipc::SetZones request);
  Answer<ipc::SetTimeServers> handle(ipc::SetTimeServers request);
  Answer<ipc::SetClock> handle(ipc::SetClock request);
  Answer<ipc::ExportToMedium> handle(ipc::ExportToMedium request);
  Answer<ipc::InstallUpdate> handle(ipc::InstallUpdate request);
  Answer<ipc::ClearCover> handle(ipc::ClearCover request);
  void violated(base::Error error);
  void closed() {}

 private:
  // Asks for the change and waits for its line. One change at a time: kConflict "site".
  base::Task<base::Result<ipc::SiteResult>> carry_out(std::string_view what, std::string text = {});

  base::Loop& loop_;
  const base::Log& log_;
  Folders folders_;
  bool busy_ = false;
};

}  // namespace site
