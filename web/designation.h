// A designation (指定) on pages: the fields of a form for it, what was typed into them, and its
// words for who has to agree.
#pragma once

#include "web/parts.h"

namespace web {

// What the fields show: typed before, or in force, or nothing.
struct DesignationFields {
  std::string groups;  // one a line
  std::vector<std::string> kinds;
  std::vector<std::string> purposes;
  std::string trained;
  std::string first;
  std::string last;
};
DesignationFields fields_of(const Form& form);
DesignationFields fields_of(const ipc::Designation& designation);

// kOptional where it is one form with a role that may need none.
Html designation_fields(const View& view, const Problems& problems, const DesignationFields& values,
                        Need need);
// kMissing and kInvalid with the field's name.
base::Result<ipc::Designation> designation_of(const Form& form);

// Terms and values, as a list.
Html say_designation(const View& view, const ipc::Designation& designation);

}  // namespace web
