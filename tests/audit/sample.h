// Entries as a busy day writes them, from a seed: sign-ins, grants, reveals with their outcomes,
// heartbeats, restarts, a clock that is set back now and then.
#pragma once

#include <random>
#include <string>

#include "audit/entry.h"

class Sample {
 public:
  Sample(std::uint64_t seed, std::string origin) : random_(seed), origin_(std::move(origin)) {}

  // The entry of index `n`; call it with 0, 1, 2, ...
  audit::Entry next(std::uint64_t n) {
    using base::AuditEvent;
    using base::CoreEvent;
    audit::Entry entry;
    advance();
    entry.t = {time_};
    entry.run = run_;
    if (n == 0 || pick(500) == 0) {
      entry.event = AuditEvent::kLogOpened;
      entry.count = n;
      entry.origin = base::Text<64>::literal(origin_);
      return entry;
    }
    if (intent_ != 0) return outcome(entry);
    const std::uint64_t kind = pick(10);
    if (kind == 0) {
      entry.event = AuditEvent::kHeartbeat;
      return entry;
    }
    who(entry);
    if (kind < 3) {
      entry.event = CoreEvent::kSignedIn;
      entry.login = base::Text<64>::literal("事務\"担当" + std::to_string(pick(50)) + "\\");
    } else if (kind == 3) {
      entry.event = CoreEvent::kAccessDenied;
      entry.action = base::Text<32>::literal("export_log");
      entry.error = base::Error{base::Code::kDenied, "role"};
    } else if (kind == 4) {
      entry.event = AuditEvent::kGrantOpened;
      entry.act = base::StepUpAct::kReveal;
      entry.grant = {random_() | 1U};
      entry.count = 1 + pick(1024);
    } else {
      about(entry);
      entry.event = kind == 5 ? AuditEvent::kSealIntent : AuditEvent::kRevealIntent;
      last_ = entry;
      intent_ = n;
    }
    return entry;
  }

 private:
  std::uint64_t pick(std::uint64_t below) { return random_() % below; }

  void advance() {
    const std::uint64_t step = pick(50) == 0 ? pick(3'600'000) : pick(4000);
    run_ += step;
    time_ += static_cast<std::int64_t>(step);
    if (pick(400) == 0) time_ -= static_cast<std::int64_t>(pick(10'000));
  }

  void who(audit::Entry& entry) {
    entry.account = {1 + pick(20)};
    entry.role = base::Role::kHandler;
    entry.zone = base::Zone::kHandling;
    entry.peer = base::Text<45>::literal("192.0.2." + std::to_string(1 + pick(250)));
    entry.session = {random_() | 1U};
  }

  void about(audit::Entry& entry) {
    entry.tenant = {1};
    entry.person = {random_() | 1U};
    entry.purpose = base::Purpose::kTax;
    entry.form = base::Form::kWithholdingSlip;
    entry.period = base::Text<16>::literal("2026");
    entry.grant = {random_() | 1U};
    entry.shelf = {1 + pick(8)};
    entry.version = 1 + pick(3);
  }

  audit::Entry outcome(audit::Entry entry) {
    using base::AuditEvent;
    const bool seal = last_.event == audit::Event(AuditEvent::kSealIntent);
    const bool failed = pick(40) == 0;
    if (seal) entry.event = failed ? AuditEvent::kSealFailed : AuditEvent::kSealDone;
    if (!seal) entry.event = failed ? AuditEvent::kRevealFailed : AuditEvent::kRevealDone;
    if (failed) entry.error = base::Error{base::Code::kTimeout, {}};
    entry.account = last_.account;
    entry.person = last_.person;
    entry.of = intent_;
    intent_ = 0;
    return entry;
  }

  std::mt19937_64 random_;
  std::string origin_;
  std::int64_t time_ = 1'790'000'000'000;
  std::uint64_t run_ = 0;
  std::uint64_t intent_ = 0;
  audit::Entry last_;
};
