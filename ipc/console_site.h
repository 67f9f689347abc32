// Console -> kagikura-site: changes of the box itself. The writer checks every value again, makes
// the files from typed values only, and answers with what came of it. Core has allowed and logged
// each before it is asked (AllowSite); core itself cannot reach this socket, because core's peers
// come from the network.
#pragma once

#include "ipc/values.h"

namespace ipc {

// What came of a change: "ok ...", "error ...", or "" while it is still going on.
struct SiteResult {
  Text<200> line;
};

struct GetSite {
  struct Reply {
    Text<64> host;
    List<Text<64>, 16> addresses;  // of this machine now, with their interfaces
    Text<64> version;
    SiteResult update;  // of the last one
  };
};

struct SetNetwork {
  using Reply = SiteResult;
  Text<64> host;
  bool dhcp = true;
  Text<64> address;  // with its prefix; the rest is for a fixed address
  Text<45> gateway;  // may be empty
  List<Text<45>, 3> name_servers;
};

struct SetZones {
  using Reply = SiteResult;
  List<Text<50>, 32> handling;
  List<Text<50>, 32> collection;
};

struct SetTimeServers {
  using Reply = SiteResult;
  List<Text<253>, 4> servers;  // addresses or names
};

struct SetClock {
  using Reply = SiteResult;
  WallTime now;
};

// The exports that wait in their folder go to a medium, and from there are read back.
struct ExportToMedium {
  using Reply = SiteResult;
};

// The one update file on a medium is checked and installed.
struct InstallUpdate {
  using Reply = SiteResult;
};

struct ClearCover {
  using Reply = SiteResult;
};

struct ConsoleSite {
  static constexpr const char* kName = "console-site";
  static constexpr std::size_t kInFlightMax = 1;
  using Request = std::variant<GetSite, SetNetwork, SetZones, SetTimeServers, SetClock,
                               ExportToMedium, InstallUpdate, ClearCover>;
};

}  // namespace ipc
