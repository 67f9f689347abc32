// Opening hours (業務時間) on pages: as a table, and as the rows of a form.
#pragma once

#include "web/parts.h"

namespace web {

using Openings = base::List<ipc::OpeningRow, ipc::kOpeningsMax>;

// The rows in words; that it is always open when there are none.
Html say_openings(const View& view, const Openings& rows);

// Fieldsets for each row and an empty one, with what was typed or what is in force.
Html opening_fields(const View& view, const Problems& problems, const Form* typed,
                    const Openings& rows);
// Of those that are not empty. kMissing and kInvalid with the field's name and the row's number.
base::Result<Openings> openings_of(const Form& form);

}  // namespace web
