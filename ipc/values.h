// Values that messages of several edges share. See ipc/messages.h for the edges.
#pragma once

#include <optional>
#include <variant>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/fd.h"
#include "base/ip.h"
#include "base/secret.h"
#include "base/terms.h"
#include "base/text.h"

namespace ipc {

using base::AccountId;
using base::Bytes;
using base::Day;
using base::Digest;
using base::DisposalId;
using base::Fd;
using base::FixedBytes;
using base::Form;
using base::GrantId;
using base::List;
using base::PersonId;
using base::PreviewId;
using base::ProposalId;
using base::Purpose;
using base::RequestId;
using base::Secret;
using base::SessionId;
using base::ShelfId;
using base::SubmissionId;
using base::TenantId;
using base::Text;
using base::WallTime;

// Of a change that waits for other people; none: it is done already.
struct Proposed {
  ProposalId proposal;
};

struct Done {};  // the reply of what has nothing to tell

using SessionToken = Secret<32>;  // random, in the cookie as base64url; core stores its digest only
using CsrfToken = Secret<32>;     // random per session, in every form
using LinkToken = Secret<32>;     // random per request (提供依頼), in the one-time URL
using Password = Secret<256>;     // UTF-8
using OneTimeCode = Secret<32>;   // as typed: full-width digits take three bytes each
using Digits = Secret<12>;        // an Individual Number, ASCII
using Name = Text<128>;
using LoginName = Text<64>;

// For requests that change something: the session and the proof that its own page asked.
struct Auth {
  SessionToken token;
  CsrfToken csrf;
};

inline constexpr std::size_t kPageRows = 50;
inline constexpr std::size_t kGrantPeopleMax = 1024;
inline constexpr std::size_t kPurposesMax = 4;
inline constexpr std::size_t kDependantsMax = 32;

}  // namespace ipc
