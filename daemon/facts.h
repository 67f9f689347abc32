// What policy has to know beyond session, zone and state, message by message: the state of a link
// or a grant, whether the asker would approve his own request, whether the purpose was notified.
#pragma once

#include "daemon/core.h"
#include "ipc/messages.h"
#include "policy/model.h"

namespace core {

// Most messages need nothing more.
template <class Request>
void add_facts(Core& /*core*/, const ipc::Actor& /*actor*/, const Request& /*request*/,
               policy::Facts& /*facts*/) {}

void add_facts(Core& core, const ipc::Actor& actor, const ipc::OpenPortal& request,
               policy::Facts& facts);
void add_facts(Core& core, const ipc::Actor& actor, const ipc::SubmitNumbers& request,
               policy::Facts& facts);
void add_facts(Core& core, const ipc::Actor& actor, const ipc::DeclineNumbers& request,
               policy::Facts& facts);
void add_facts(Core& core, const ipc::Actor& actor, const ipc::ApproveSubmission& request,
               policy::Facts& facts);
void add_facts(Core& core, const ipc::Actor& actor, const ipc::RescueAccount& request,
               policy::Facts& facts);
void add_facts(Core& core, const ipc::Actor& actor, const ipc::Reveal& request,
               policy::Facts& facts);
void add_facts(Core& core, const ipc::Actor& actor, const ipc::ApproveDisposal& request,
               policy::Facts& facts);
void add_facts(Core& core, const ipc::Actor& actor, const ipc::ExportLog& request,
               policy::Facts& facts);
void add_facts(Core& core, const ipc::Actor& actor, const ipc::ApproveProposal& request,
               policy::Facts& facts);
void add_facts(Core& core, const ipc::Actor& actor, const ipc::ExecuteProposal& request,
               policy::Facts& facts);
void add_facts(Core& core, const ipc::Actor& actor, const ipc::SetMail& request,
               policy::Facts& facts);
void add_facts(Core& core, const ipc::Actor& actor, const ipc::ChangePassword& request,
               policy::Facts& facts);
void add_facts(Core& core, const ipc::Actor& actor, const ipc::MakeRecoveryCodes& request,
               policy::Facts& facts);
void add_facts(Core& core, const ipc::Actor& actor, const ipc::BeginAuthenticator& request,
               policy::Facts& facts);
void add_facts(Core& core, const ipc::Actor& actor, const ipc::AddPasskey& request,
               policy::Facts& facts);
void add_facts(Core& core, const ipc::Actor& actor, const ipc::RemovePasskey& request,
               policy::Facts& facts);

}  // namespace core
