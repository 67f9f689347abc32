// The part of WorkerCore that is about people: register, roster, requests, the portal, approval.
// The edge itself is in ipc/worker_core.h.
#pragma once

#include "ipc/values.h"

namespace ipc {

// Chosen by the asking system: the same key twice is one act. kConflict "idempotency_key" when what
// is asked for is not the same.
using IdempotencyKey = Text<64>;

struct PersonRow {
  PersonId id;
  Text<32> employee_no;
  Name name;
  Name kana;
  base::PersonKind kind = base::PersonKind::kEmployee;
  Text<64> group;
  base::CollectionStatus status = base::CollectionStatus::kNotRequested;
  std::uint16_t dependants = 0;
  std::optional<Day> leaving;
};

struct ListPeople {
  struct Reply {
    std::uint32_t total = 0;
    List<PersonRow, kPageRows> rows;
    List<Text<64>, 200> groups;  // all there are, for the filter
  };
  SessionToken token;
  Text<100> query;  // matches number, name and kana, kana-insensitively; empty: everybody
  std::optional<base::CollectionStatus> status;
  std::optional<base::PersonKind> kind;
  Text<64> group;  // empty: all
  std::uint32_t offset = 0;
};

struct PurposeRow {
  Purpose purpose = Purpose::kTax;
  bool notified = false;  // requested with this purpose
  bool held = false;      // a sealed number exists
  WallTime sealed_at;
};

struct RequestRow {
  RequestId id;
  PersonId person;
  Name name;
  Text<32> employee_no;
  List<Purpose, kPurposesMax> purposes;
  WallTime made_at;
  WallTime expires_at;
  base::CollectionStatus status = base::CollectionStatus::kRequested;
  bool revoked = false;
};

struct GetPerson {
  struct Reply {
    PersonRow person;
    std::optional<Day> birth;
    std::optional<PersonRow> head;  // of a dependant: whose
    Text<32> relation;              // of a dependant
    List<PersonRow, kDependantsMax> dependants;
    List<PurposeRow, kPurposesMax> purposes;
    List<RequestRow, 20> requests;  // newest first
    Text<200> declined_reason;
  };
  SessionToken token;
  PersonId person;
};

// Why a cell of a roster was not taken. One sentence each, in both languages, in web/.
enum class RosterReason : std::uint8_t {
  kMissing,
  kTooLong,
  kNotUtf8OrCp932,
  kControlCharacter,
  kNotADate,
  kUnknownKind,
  kDuplicateNumber,  // employee number twice in the file
  kNoSuchHead,       // dependant of nobody in the file or register
  kTooManyColumns,
  kMissingColumn,
  kUnknownColumn,
  kTooManyRows,
  kNotKana,
  kLooksLikeNumber,  // a 12-digit number where none belongs: refused, so that none gets in this way
  kQuote,            // broken quoting
  kTooManyDependants,
  kOutOfScope,  // somebody of a group or kind that who imports is not designated for
  kLast = kOutOfScope,
};

struct RosterProblem {
  std::uint32_t line = 0;    // 1 is the header
  std::uint32_t column = 0;  // 1-based; 0: the whole line
  Text<64> column_name;
  RosterReason reason = RosterReason::kMissing;
};

// Reads a roster and says what importing it would do; changes nothing but the preview itself.
struct PreviewRoster {
  struct Reply {
    PreviewId preview;  // none when there are problems
    Text<16> encoding;  // "UTF-8" or "CP932"
    std::uint32_t added = 0;
    std::uint32_t changed = 0;
    std::uint32_t unchanged = 0;
    std::uint32_t dependants = 0;
    std::uint32_t problems_total = 0;
    List<RosterProblem, 100> problems;
    List<PersonRow, 10> sample;
  };
  Auth auth;
  Fd csv;  // sealed memory file, at most kRosterMax
};
inline constexpr std::size_t kRosterMax = std::size_t{32} * 1024 * 1024;

struct ImportRoster {
  static constexpr int kWaitMs = 120'000;
  struct Reply {
    std::uint32_t added = 0;
    std::uint32_t changed = 0;
    bool repeated = false;  // done before, under the same key
  };
  Auth auth;
  PreviewId preview;
  IdempotencyKey idempotency;  // of another system; empty: of a person
};

struct SetLeaving {
  using Reply = Done;
  Auth auth;
  PersonId person;
  std::optional<Day> leaving;  // none: takes it back
};

// Asks people, each with their dependants, for numbers. The links are told once, here.
struct CreateRequests {
  struct Link {
    RequestId request;
    PersonId person;
    Name name;
    Text<32> employee_no;
    LinkToken link;
  };
  struct Reply {
    WallTime expires_at;
    List<Link, 2000> links;
    std::uint32_t skipped = 0;  // people with an open request or nothing left to ask
    // Done before, under the same key: how many links that gave. They are not told again.
    std::optional<std::uint32_t> repeated;
  };
  Auth auth;
  List<PersonId, 2000> people;  // empty: everybody not yet asked (up to the links' limit)
  List<Purpose, kPurposesMax> purposes;
  std::uint8_t days_valid = 14;  // 1 to 30
  IdempotencyKey idempotency;    // of another system; empty: of a person
};

struct ListRequests {
  struct Reply {
    std::uint32_t total = 0;
    List<RequestRow, kPageRows> rows;  // newest first
  };
  SessionToken token;
  std::optional<base::CollectionStatus> status;
  std::uint32_t offset = 0;
};

struct RevokeRequest {
  using Reply = Done;
  Auth auth;
  RequestId request;
};

// ---- the person's portal: the link is the only identity, the passcode comes by another way

struct OpenPortal {
  struct Person {
    PersonId id;
    Name name;
    Text<32> relation;  // empty for the person who was asked
  };
  struct Reply {
    Name firm;
    Text<200> phrase;  // chosen by the firm, so that an impostor page is noticed
    List<Purpose, kPurposesMax> purposes;
    List<Person, kDependantsMax + 1> people;
    WallTime expires_at;
  };
  LinkToken link;
  Secret<64> passcode;
};

struct SubmitNumbers {
  struct Item {
    PersonId person;
    Digits number;
  };
  struct Reply {
    Text<24> receipt;  // a code the person can keep
    WallTime at;
  };
  LinkToken link;
  Secret<64> passcode;
  List<Item, kDependantsMax + 1> numbers;
};

struct DeclineNumbers {
  using Reply = Done;
  LinkToken link;
  Secret<64> passcode;
  Text<200> reason;
};

// ---- approval

struct SubmissionRow {
  SubmissionId id;
  PersonId person;
  Name name;
  Text<32> employee_no;
  List<Purpose, kPurposesMax> purposes;
  std::uint16_t numbers = 0;
  bool duplicate = false;  // another person of the register has one of these numbers
  WallTime sent_at;
};

struct ListSubmissions {
  struct Reply {
    std::uint32_t total = 0;
    List<SubmissionRow, kPageRows> rows;  // oldest first
  };
  SessionToken token;
  std::uint32_t offset = 0;
};

struct GetSubmission {
  struct Item {
    PersonId person;
    Name name;
    Text<32> relation;
    std::optional<PersonId> duplicate_of;
  };
  struct Reply {
    SubmissionRow row;
    List<Item, kDependantsMax + 1> items;
  };
  SessionToken token;
  SubmissionId submission;
};

struct ApproveSubmission {
  using Reply = Done;
  Auth auth;
  SubmissionId submission;
};

struct ReturnSubmission {
  using Reply = Done;
  Auth auth;
  SubmissionId submission;
  Text<200> reason;
};

}  // namespace ipc
