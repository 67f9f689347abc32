// What every invitation of an account asks for: the form's fields, and what was typed into them.
#pragma once

#include "web/parts.h"

namespace web {

// Login, name, role (a choice of `roles`), and the mail address that the enrolment key goes to.
// `between` stands after the role.
struct InvitationForm {
  std::vector<Option> roles;
  std::string_view role_hint;
  Html between;
};
Html invitation_fields(const View& view, const Problems& problems, const Form& form,
                       const InvitationForm& asked);

// kMissing "login", "name" or "role"; what is too long. The proposal that it revises, too.
base::Result<ipc::InviteAccount> invitation_of(const Request& request);

}  // namespace web
