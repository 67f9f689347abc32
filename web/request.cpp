#include "web/request.h"

#include "web/base64url.h"

namespace web {

ipc::SessionToken Request::token() const { return copy_of(session); }
ipc::LinkToken Request::link_token() const { return copy_of(link); }

ipc::Auth Request::auth() const {
  ipc::Auth out;
  out.token = token();
  if (auto csrf = token_from_text(form.get("csrf"), "csrf")) out.csrf = *std::move(csrf);
  return out;
}

}  // namespace web
