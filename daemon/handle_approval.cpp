// Approval: what a person sent moves from intake to one shelf a purpose, inside the HSM.
#include "daemon/handlers.h"
#include "daemon/registry/submissions.h"
#include "daemon/rows.h"
#include "daemon/scope.h"
#include "daemon/shelf_making.h"

namespace core {

using base::Code;
using base::fail;

namespace {

constexpr int kPlansMax = 3;

// Who stands in for somebody decides whatever his own designation covers; of his company alone.
const registry::Submission* submission_of(Context& context, base::SubmissionId id) {
  const auto* found = context.core.reg().submission(id);
  return found != nullptr && found->tenant == context.actor.tenant ? found : nullptr;
}

struct Moved {
  registry::ApprovalPlan plan;
  std::vector<ipc::MoveNumbers::Moved> moved;
};

base::Task<base::Result<Moved>> move_numbers(Context& context, base::SubmissionId submission) {
  Core& core = context.core;
  if (submission_of(context, submission) == nullptr) co_return fail(Code::kNotFound, "submission");
  Moved out;
  for (int i = 0; i < kPlansMax; ++i) {
    CO_TRY(out.plan, registry::plan_approval(core.reg(), submission));
    if (out.plan.missing.empty()) break;
    CO_CHECK(co_await make_shelves(core, out.plan.missing));
  }
  if (!out.plan.missing.empty()) co_return fail(Code::kConflict, "shelf");
  ipc::MoveNumbers move;
  move.actor = context.actor;
  move.ref = submission.value;
  for (const auto& item : out.plan.moves) CO_CHECK(move.items.push(item));
  CO_TRY(auto reply, co_await core.audit.call(std::move(move), AuditLink::kLongMs));
  if (reply.items.size() != out.plan.moves.size()) co_return fail(Code::kProtocol, "moved");
  out.moved = std::move(reply.items).release();
  co_return out;
}

base::Task<base::Result<>> approve(Context& context, base::SubmissionId submission,
                                   const Moved& moved) {
  Core& core = context.core;
  const auto held = co_await core.writes.lock();
  const auto* waiting = submission_of(context, submission);
  if (waiting == nullptr) co_return fail(Code::kNotFound, "submission");
  auto entry = context.entry(base::CoreEvent::kApproved);
  entry.person = waiting->person;
  entry.ref = submission.value;
  entry.count = moved.moved.size();
  const registry::Decision decision{context.actor.account, core.wall()};
  CO_TRY(auto change,
         registry::approve_submission(core.reg(), submission, moved.plan, moved.moved, decision));
  CO_CHECK(co_await core.commit(std::move(entry), std::move(change)));
  co_return base::Result<>{};
}

}  // namespace

Answer<ipc::ListSubmissions> handle(Context& context, ipc::ListSubmissions request) {
  Core& core = context.core;
  const Sight sight(core, context.actor);
  const auto page = core.reg().submissions(request.offset, ipc::kPageRows, sight.only());
  ipc::ListSubmissions::Reply reply;
  reply.total = page.total;
  for (const auto* one : page.rows) CO_CHECK(reply.rows.push(row_of(core, *one)));
  co_return std::move(reply);
}

Answer<ipc::GetSubmission> handle(Context& context, ipc::GetSubmission request) {
  Core& core = context.core;
  const auto* submission = Sight(core, context.actor).submission(request.submission);
  if (submission == nullptr) co_return fail(Code::kNotFound, "submission");
  ipc::GetSubmission::Reply reply;
  reply.row = row_of(core, *submission);
  for (const auto& item : submission->items) {
    ipc::GetSubmission::Item shown;
    shown.person = item.person;
    if (const auto* person = core.reg().person(item.person); person != nullptr) {
      shown.name = person->name;
      shown.relation = person->relation;
    }
    if (item.duplicate_of.valid()) shown.duplicate_of = item.duplicate_of;
    CO_CHECK(reply.items.push(std::move(shown)));
  }
  co_return std::move(reply);
}

Answer<ipc::ApproveSubmission> handle(Context& context, ipc::ApproveSubmission request) {
  for (int i = 1;; ++i) {
    CO_TRY(const auto moved, co_await move_numbers(context, request.submission));
    const auto done = co_await approve(context, request.submission, moved);
    if (done) co_return ipc::Done{};
    if (done.error().code != Code::kConflict || i == kPlansMax) {
      co_return std::unexpected(done.error());
    }
  }
}

Answer<ipc::ReturnSubmission> handle(Context& context, ipc::ReturnSubmission request) {
  Core& core = context.core;
  const auto held = co_await core.writes.lock();
  const auto* submission = submission_of(context, request.submission);
  if (submission == nullptr) co_return fail(Code::kNotFound, "submission");
  auto entry = context.entry(base::CoreEvent::kReturned);
  entry.person = submission->person;
  entry.ref = request.submission.value;
  const registry::Decision decision{context.actor.account, core.wall()};
  CO_TRY(auto change,
         registry::return_submission(core.reg(), request.submission, request.reason, decision));
  CO_CHECK(co_await core.commit(std::move(entry), std::move(change)));
  co_return ipc::Done{};
}

}  // namespace core
