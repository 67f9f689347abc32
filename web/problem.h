// What another system is told when its request is not carried out: RFC 9457 problem details. Says
// which field it is about, never what was in it.
#pragma once

#include "web/response.h"

namespace web {

// Of the connection or the request itself.
Response problem(Status status);
Response problem_wrong_method(bool takes_post);
// Of what core said.
Response problem(const base::Error& error);
// 400, of a field of the request.
Response bad_field(base::Code code, base::FieldName field);

}  // namespace web
