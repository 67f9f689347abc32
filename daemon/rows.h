// What pages show of records, made from the register.
#pragma once

#include "daemon/context.h"
#include "daemon/registry/people.h"
#include "daemon/registry/requests.h"

namespace core {

// The row of a person who may have gone meanwhile.
base::Result<ipc::PersonRow> row_of(Core& core, base::PersonId person);
ipc::RequestRow row_of(Core& core, const registry::Request& request);
ipc::SubmissionRow row_of(Core& core, const registry::Submission& submission);
ipc::DisposalRow row_of(Core& core, const registry::Disposal& disposal);

}  // namespace core
