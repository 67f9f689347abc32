// One entry of the audit log, and its one spelling: a line of RFC 8785 canonical JSON from a closed
// list of typed fields (audit/FORMAT.md section 2). Anybody may write, read and compare entries;
// nothing here can hold an Individual Number, and write() refuses a line that looks as if it did.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"
#include "base/terms.h"
#include "base/text.h"

namespace audit {

inline constexpr std::size_t kLineMax = 1023;  // bytes without the line feed
// Counts, versions and indices stay below this: 11 digits, one less than an Individual Number has.
inline constexpr std::uint64_t kNumberLimit = 100'000'000'000;
inline constexpr std::uint64_t kMillisLimit = 1'000'000'000'000'000;

using Event = std::variant<base::AuditEvent, base::CoreEvent>;
std::string_view event_name(Event event);
// kInvalid for a name that is not in the closed list.
base::Result<Event> event_from_name(std::string_view name);

// Zero ids, zero numbers, kNone, empty texts and empty optionals are absent from the line.
struct Entry {
  std::uint64_t n = 0;    // index, from 0; always written; Log::append() sets it
  base::WallTime t;       // wall time; always written
  std::uint64_t run = 0;  // milliseconds that the log's process has run in all; always written
  std::uint64_t back =
      0;  // by how many milliseconds t is before the last entry's; Log::append() sets it
  Event event = base::AuditEvent::kLogOpened;

  // Who, from where.
  base::AccountId account;
  base::Role role = base::Role::kNone;
  base::Zone zone = base::Zone::kNone;
  base::Text<45> peer;
  base::SessionId session;
  base::Text<64> login;

  // About whom and what.
  base::TenantId tenant;
  base::PersonId person;
  std::optional<base::Purpose> purpose;
  std::optional<base::Form> form;
  base::Text<16> period;
  base::GrantId grant;
  std::optional<base::StepUpAct> act;
  base::ShelfId shelf;
  base::ShelfId shelf_to;     // of moves and re-shelving
  std::uint64_t version = 0;  // of the number
  std::uint64_t epoch = 0;
  std::uint64_t ref = 0;    // an id: request, submission, disposal, account ...
  std::uint64_t of = 0;     // of an outcome: the index of its intent
  std::uint64_t count = 0;  // of log.opened: the entries found, that is its own index
  base::Text<32> action;
  std::optional<base::Error> error;
  std::optional<base::Digest> digest;  // of a signed text, a list of people, a root
  base::Text<64> origin;               // of log.opened: the log's name
  base::Text<64> model;                // of the HSM
  base::Text<32> mechanism;            // pinned

  friend bool operator==(const Entry&, const Entry&) = default;
};

// The line, without line feed. kTooLong over kLineMax; kInvalid (field named) for a number out of
// range, a field name in `error` that is not [a-z0-9_.], or 12 and more consecutive decimal digits
// (ASCII or full-width) in a text.
base::Result<std::string> write(const Entry& entry);
// The only entry that write() spells as `line`; kInvalid for every other line.
base::Result<Entry> parse(std::string_view line);

// "denied" or "invalid:pin".
std::string error_text(const base::Error& error);

// Whether a text holds 12 or more consecutive decimal digits. Who logs what somebody typed asks
// first and leaves it out.
bool number_shaped(std::string_view text);

// The beginning of something whose end must be told too (FORMAT.md section 5).
bool is_intent(Event event);
// The intent that `event` ends; nothing for events that end none.
std::optional<base::AuditEvent> intent_of(Event event);

}  // namespace audit
