#include "web/request.h"

#include "base/secret_access.h"
#include "web/base64url.h"

namespace web {

namespace {

base::Secret<32> copy_of(const base::Secret<32>& secret) {
  auto out = base::Secret<32>::from(secret.read(base::secret_access()));
  ASSERT(out.has_value());  // same size
  return *std::move(out);
}

}  // namespace

ipc::SessionToken Request::token() const { return copy_of(session); }
ipc::LinkToken Request::link_token() const { return copy_of(link); }

ipc::Auth Request::auth() const {
  ipc::Auth out;
  out.token = token();
  if (auto csrf = token_from_text(form.get("csrf"), "csrf")) out.csrf = *std::move(csrf);
  return out;
}

}  // namespace web
