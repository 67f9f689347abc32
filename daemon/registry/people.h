// Changes to people: import of a roster, leaving. See change.h for how a Change is used.
#pragma once

#include "daemon/registry/registry.h"
#include "daemon/registry/roster.h"

namespace registry {

// What importing a roster would do. Computed from the register as it is; compute it again to
// import.
struct RosterPlan {
  RosterProblems
      problems;  // of the file and against the register; not empty: nothing may be imported
  std::uint32_t added = 0;
  std::uint32_t changed = 0;
  std::uint32_t unchanged = 0;
  std::uint32_t dependants = 0;  // rows that are dependants
  std::vector<Person> sample;    // the first ten that are added or changed
};
// `only`: who may be added or changed; a row about anybody else is a problem of its group's column.
RosterPlan plan_roster(const Registry& registry, const Roster& roster, Only only = nullptr,
                       TenantId tenant = kFirm);

// The change that imports it; people who are not in the file stay as they are. kConflict when the
// plan has problems now.
struct RosterImport {
  Change change;
  std::uint32_t added = 0;
  std::uint32_t changed = 0;
};
base::Result<RosterImport> import_roster(const Registry& registry, const Roster& roster,
                                         WallTime now, Only only = nullptr,
                                         TenantId tenant = kFirm);

// kNotFound. Dependants follow their head when disposal is considered; only the person is changed.
base::Result<Change> set_leaving(const Registry& registry, PersonId person,
                                 std::optional<Day> leaving);

// The row that pages show. kNotFound.
base::Result<ipc::PersonRow> person_row(const Registry& registry, PersonId person);

}  // namespace registry
