// Requests for numbers (提供依頼). A link is told once, when it is made; core keeps its digest.
#include "base/secret_access.h"
#include "daemon/clients.h"
#include "daemon/companies.h"
#include "daemon/digest.h"
#include "daemon/handlers.h"
#include "daemon/rows.h"
#include "daemon/scope.h"

namespace core {

using base::Code;
using base::fail;

namespace {

constexpr std::int64_t kDayMs = 86'400'000;

base::Result<> check_terms(Context& context, const ipc::CreateRequests& request) {
  // Without a passcode a link alone would open the portal.
  if (words_of(context.core, context.actor.tenant).passcode.empty())
    return fail(Code::kMissing, "passcode");
  if (request.purposes.empty()) return fail(Code::kMissing, "purposes");
  if (request.days_valid < 1 || request.days_valid > 30) return fail(Code::kInvalid, "days_valid");
  return {};
}

// Nobody asks for what he is not designated for.
base::Result<> check_purposes(Context& context, const ipc::CreateRequests& request) {
  const Sight sight(context.core, context.actor);
  for (const auto purpose : request.purposes) {
    if (!sight.covers(purpose)) return fail(Code::kDenied, "scope");
  }
  return {};
}

registry::ToAsk whom_to_ask(Context& context, const std::vector<base::PersonId>& named,
                            const ipc::CreateRequests& request, std::size_t limit) {
  const Sight sight(context.core, context.actor);
  return registry::people_to_ask(context.core.reg(), named, request.purposes, limit, sight.only());
}

// What makes two requests of a system the same.
base::Digest digest_of(const ipc::CreateRequests& request) {
  ipc::Encoder encoder;
  encoder.put(request.people);
  encoder.put(request.purposes);
  encoder.put(request.days_valid);
  return sha256(encoder.view());
}

// The links were told once; who has lost them revokes the requests and asks anew.
ipc::CreateRequests::Reply repeated(const registry::DoneOnce& before,
                                    const ipc::CreateRequests& request) {
  ipc::CreateRequests::Reply reply;
  reply.expires_at = {before.at.ms + request.days_valid * kDayMs};
  reply.skipped = before.second;
  reply.repeated = before.first;
  return reply;
}

struct Asked {
  std::vector<registry::NewRequest> requests;
  std::vector<ipc::LinkToken> links;
};

Asked make_links(Core& core, const std::vector<base::PersonId>& people) {
  Asked out;
  for (const auto person : people) {
    auto link = core.random().secret<32>();
    out.requests.push_back(
        {base::RequestId{core.reg().new_id()}, person, sha256(link.read(base::secret_access()))});
    out.links.push_back(std::move(link));
  }
  return out;
}

}  // namespace

Answer<ipc::CreateRequests> handle(Context& context, ipc::CreateRequests request) {
  Core& core = context.core;
  CO_CHECK(check_terms(context, request));
  const std::vector<base::PersonId> named(request.people.begin(), request.people.end());
  using Links = decltype(ipc::CreateRequests::Reply::links);

  const auto held = co_await core.writes.lock();
  const auto digest = digest_of(request);
  CO_CHECK(check_purposes(context, request));
  CO_TRY(const auto before, done_before(context, request.idempotency, digest));
  if (before) co_return repeated(*before, request);
  const auto to_ask = whom_to_ask(context, named, request, Links::kMax);
  ipc::CreateRequests::Reply reply;
  reply.skipped = to_ask.skipped;
  reply.expires_at = {core.wall().ms + request.days_valid * kDayMs};
  if (to_ask.people.empty()) co_return std::move(reply);
  auto asked = make_links(core, to_ask.people);
  registry::RequestTerms terms;
  terms.purposes = request.purposes;
  terms.by = context.actor.account;
  terms.now = core.wall();
  terms.expires_at = reply.expires_at;
  CO_TRY(auto change, registry::create_requests(core.reg(), asked.requests, terms));
  auto entry = context.entry(base::CoreEvent::kRequestCreated);
  entry.ref = asked.requests.front().id.value;
  remember(context, request.idempotency, digest, static_cast<std::uint32_t>(asked.requests.size()),
           to_ask.skipped, change);
  entry.count = asked.requests.size();
  if (asked.requests.size() == 1) entry.person = asked.requests.front().person;
  CO_CHECK(co_await core.commit(std::move(entry), std::move(change)));
  for (std::size_t i = 0; i < asked.requests.size(); ++i) {
    ipc::CreateRequests::Link link;
    link.request = asked.requests[i].id;
    link.person = asked.requests[i].person;
    if (const auto* person = core.reg().person(link.person); person != nullptr) {
      link.name = person->name;
      link.employee_no = person->employee_no;
    }
    link.link = std::move(asked.links[i]);
    CO_CHECK(reply.links.push(std::move(link)));
  }
  co_return std::move(reply);
}

Answer<ipc::ListRequests> handle(Context& context, ipc::ListRequests request) {
  Core& core = context.core;
  const Sight sight(core, context.actor);
  const auto page =
      core.reg().requests(request.status, request.offset, ipc::kPageRows, sight.only());
  ipc::ListRequests::Reply reply;
  reply.total = page.total;
  for (const auto* one : page.rows) CO_CHECK(reply.rows.push(row_of(core, *one)));
  co_return std::move(reply);
}

Answer<ipc::RevokeRequest> handle(Context& context, ipc::RevokeRequest request) {
  Core& core = context.core;
  const auto held = co_await core.writes.lock();
  if (Sight(core, context.actor).request(request.request) == nullptr) {
    co_return fail(Code::kNotFound, "request");
  }
  if (context.actor.role == base::Role::kApiClient) {
    // A system takes back what it asked for itself.
    const auto* own = core.reg().request(request.request);
    if (own == nullptr || own->made_by != context.actor.account) {
      co_return fail(Code::kNotFound, "request");
    }
  }
  CO_TRY(auto change,
         registry::revoke_request(core.reg(), request.request, context.actor.account, core.wall()));
  auto entry = context.entry(base::CoreEvent::kRequestRevoked);
  entry.ref = request.request.value;
  CO_CHECK(co_await core.commit(std::move(entry), std::move(change)));
  co_return ipc::Done{};
}

}  // namespace core
