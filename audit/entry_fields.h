// The fields of an entry in the order of their keys. The writer and the parser both walk this list,
// so they cannot disagree. Only audit/entry*.cpp include it.
#pragma once

#include "audit/entry.h"

namespace audit {

// `Self` is Entry or const Entry; `visit` has one function a kind of value.
template <class Visitor, class Self>
void for_each_field(Visitor& visit, Self& entry) {
  visit.id("account", entry.account.value);
  visit.word("act", entry.act);
  visit.text("action", entry.action);
  visit.millis("back", entry.back);
  visit.number("count", entry.count);
  visit.digest("digest", entry.digest);
  visit.number("epoch", entry.epoch);
  visit.error("error", entry.error);
  visit.event("event", entry.event);
  visit.word("form", entry.form);
  visit.id("grant", entry.grant.value);
  visit.text("login", entry.login);
  visit.text("mechanism", entry.mechanism);
  visit.text("model", entry.model);
  visit.required_number("n", entry.n);
  visit.number("of", entry.of);
  visit.text("origin", entry.origin);
  visit.text("peer", entry.peer);
  visit.text("period", entry.period);
  visit.id("person", entry.person.value);
  visit.word("purpose", entry.purpose);
  visit.id("ref", entry.ref);
  visit.word("role", entry.role);
  visit.required_millis("run", entry.run);
  visit.id("session", entry.session.value);
  visit.id("shelf", entry.shelf.value);
  visit.id("shelf_to", entry.shelf_to.value);
  visit.time("t", entry.t);
  visit.id("tenant", entry.tenant.value);
  visit.number("version", entry.version);
  visit.word("zone", entry.zone);
}

// Characters of an error's field name, so that the text "code:field" has one reading.
bool is_field_name(std::string_view text);

}  // namespace audit
