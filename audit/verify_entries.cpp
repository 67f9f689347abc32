#include "audit/verify_entries.h"

namespace audit {

using base::AuditEvent;

void EntryRules::wrong(const char* code) {
  if (findings_.size() < kFindingsMax)
    findings_.push_back({code, "entry " + std::to_string(next_)});
}

void EntryRules::add(std::string_view line) {
  const auto entry = parse(line);
  if (entry) {
    check_order(*entry);
    check_meaning(*entry);
    if (next_ == 0) first_time_ = entry->t;
    last_time_ = entry->t;
    last_run_ = entry->run;
    have_last_ = true;
  } else {
    wrong("entry.form");
  }
  ++next_;
}

void EntryRules::check_order(const Entry& entry) {
  if (entry.n != next_) wrong("entry.index");
  const bool back = have_last_ && entry.t < last_time_;
  const auto by = back ? static_cast<std::uint64_t>(last_time_.ms - entry.t.ms) : 0;
  if (entry.back != by) wrong("entry.time");
  if (have_last_ && entry.run < last_run_) wrong("entry.run");
  if (have_last_ && entry.run > last_run_ && entry.run - last_run_ > kSilenceMaxMs) {
    wrong("entry.silence");
  }
}

void EntryRules::check_meaning(const Entry& entry) {
  const bool opened = entry.event == Event(AuditEvent::kLogOpened);
  if (next_ == 0 && !opened) wrong("entry.first");
  if (opened && (entry.count != next_ || entry.origin.view() != origin_)) wrong("entry.opened");
  if (entry.event == Event(AuditEvent::kRevealIntent)) {
    const bool whole = entry.account.valid() && entry.session.valid() && entry.person.valid() &&
                       entry.grant.valid() && entry.purpose.has_value();
    if (!whole) wrong("entry.reveal");
  }
  if (is_intent(entry.event)) open_[next_] = *std::get_if<AuditEvent>(&entry.event);
  if (const auto intent = intent_of(entry.event)) {
    check_outcome(entry, *intent);
  } else if (entry.of != 0) {
    wrong("entry.outcome");
  }
}

void EntryRules::check_outcome(const Entry& entry, AuditEvent intent) {
  const auto waiting = open_.find(entry.of);
  if (waiting != open_.end() && waiting->second == intent) {
    if (intent == AuditEvent::kDestroyIntent) told_.insert(*waiting);
    open_.erase(waiting);
    return;
  }
  const auto before = told_.find(entry.of);
  if (before == told_.end() || before->second != intent) wrong("entry.outcome");
}

std::vector<std::uint64_t> EntryRules::open_intents() const {
  std::vector<std::uint64_t> out;
  out.reserve(open_.size());
  for (const auto& [index, intent] : open_) out.push_back(index);
  return out;
}

}  // namespace audit
