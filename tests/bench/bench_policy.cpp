// Measures what a decision costs and prints one JSON object: policy::decide() over every action,
// role, zone and session; the same over what is allowed, which every condition is asked for; and
// whether a designation with as many groups as one may have covers somebody whom it does not.
// Nanoseconds of one, from rounds of many: the median round, and the slowest but one in twenty.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include "policy/access.h"
#include "policy/designation.h"

namespace {

constexpr int kRounds = 2001;
constexpr int kGroups = 16;
constexpr int kCoversARound = 500;

double now_ns() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double, std::nano>(now).count();
}

template <class E, class Visit>
void each(Visit visit) {
  for (std::uint8_t i = 0; i <= static_cast<std::uint8_t>(E::kLast); ++i) {
    visit(static_cast<E>(i));
  }
}

struct Asked {
  policy::Action action;
  policy::Facts facts;
};

// With everything that an act can need, so that as many as possible go all the way.
std::vector<Asked> questions() {
  std::vector<Asked> out;
  policy::Facts facts;
  facts.state = base::State::kOperational;
  facts.assurance = base::Assurance::kPasskey;
  facts.link = policy::LinkState::kValid;
  facts.open = true;
  facts.step_up = policy::StepUpState::kValid;
  facts.designated = base::Designated::kNow;
  facts.in_scope = true;
  facts.purpose_notified = true;
  facts.others_approving = 2;
  each<policy::Action>([&](policy::Action action) {
    each<base::Role>([&](base::Role role) {
      each<base::Zone>([&](base::Zone zone) {
        each<policy::SessionState>([&](policy::SessionState session) {
          facts.role = role;
          facts.zone = zone;
          facts.session = session;
          out.push_back({action, facts});
        });
      });
    });
  });
  return out;
}

struct Times {
  double median = 0;
  double slow = 0;  // nineteen in twenty rounds are faster
};

// Nanoseconds of one of `count` that a round does.
template <class Round>
Times measure(std::size_t count, Round round) {
  std::vector<double> times;
  for (int i = 0; i < kRounds; ++i) {
    const double before = now_ns();
    round();
    times.push_back((now_ns() - before) / static_cast<double>(count));
  }
  std::ranges::sort(times);
  return {times[times.size() / 2], times[times.size() * 19 / 20]};
}

std::size_t allowed(const std::vector<Asked>& asked) {
  return static_cast<std::size_t>(std::ranges::count_if(asked, [](const Asked& one) {
    return policy::decide(one.action, one.facts).verdict == policy::Verdict::kAllow;
  }));
}

Times measure_decisions(const std::vector<Asked>& asked, std::size_t& sum) {
  return measure(asked.size(), [&] { sum += allowed(asked); });
}

Times measure_scope(std::size_t& covered) {
  std::vector<std::string> names;
  policy::Scope scope;
  for (int i = 0; i < kGroups; ++i) names.push_back("東京支店/第" + std::to_string(i) + "課");
  for (const auto& name : names) scope.groups.emplace_back(name);
  scope.kinds = ~std::uint32_t{0};
  return measure(kCoversARound, [&] {
    for (int i = 0; i < kCoversARound; ++i) {
      covered += policy::covers(scope, "東京支店/第99課", base::PersonKind::kEmployee) ? 1U : 0U;
    }
  });
}

}  // namespace

int main() {
  const auto every = questions();
  auto through = every;
  std::erase_if(through, [](const Asked& one) { return allowed({one}) == 0; });
  std::size_t sum = 0;
  std::size_t covered = 0;
  const Times all = measure_decisions(every, sum);
  const Times whole = measure_decisions(through, sum);
  const Times scope = measure_scope(covered);
  if (through.empty() || sum == 0 || covered != 0) return 1;
  std::printf(
      "{\"decisions\": %zu, \"decide_ns\": %.1f, \"decide_p95_ns\": %.1f, \"allowed\": %zu, "
      "\"allowed_ns\": %.1f, \"allowed_p95_ns\": %.1f, \"scope_ns\": %.1f, \"scope_p95_ns\": "
      "%.1f}\n",
      every.size(), all.median, all.slow, through.size(), whole.median, whole.slow, scope.median,
      scope.slow);
  return 0;
}
