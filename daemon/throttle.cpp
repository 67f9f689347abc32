#include "daemon/throttle.h"

#include <algorithm>
#include <set>
#include <vector>

#include "daemon/digest.h"

namespace core {

namespace {

constexpr std::int64_t kMinuteMs = 60'000;

// Of IPv4 a /24, of IPv6 a /64: what one site gives to one floor, or a person to himself.
std::string network_of(const base::IpAddress& address) {
  const auto& octets = address.octets();
  const std::size_t size = address.is_v4() ? 15 : 8;
  return {octets.begin(), octets.begin() + static_cast<std::ptrdiff_t>(size)};
}

// A digest of what is counted: the register need not say whom anybody tried to be.
std::uint64_t id_of(std::string_view kind, std::initializer_list<std::string_view> parts) {
  std::string text(kind);
  for (const auto part : parts) {
    text += '\0';
    text += std::to_string(part.size());
    text += '\0';
    text += part;
  }
  std::uint64_t id = 0;
  const auto digest = sha256(base::as_bytes(text));
  for (const std::uint8_t byte : digest.view().first(8)) id = (id << 8U) | byte;
  return id;
}

std::int64_t wait_of(const Throttle::Key& key, std::uint32_t failures) {
  const std::uint32_t rounds = std::min<std::uint32_t>(failures / key.most - 1, 16);
  return std::min(key.first_ms << rounds, key.longest_ms);
}

}  // namespace

Throttle::Keys Throttle::of_sign_in(const Source& source) {
  const std::string network = network_of(source.address);
  const std::string_view zone = base::name(source.zone);
  if (source.device) {
    const auto token = base::as_text(source.device->view());
    return {{.id = id_of("device", {source.login, token})}};
  }
  return {{.id = id_of("account", {source.login, zone, network})},
          {.id = id_of("account", {source.login, zone}), .most = 50},
          {.id = id_of("network", {zone, network}),
           .most = 100,
           .first_ms = 5 * kMinuteMs,
           .longest_ms = 5 * kMinuteMs,
           .shared = true},
          {.id = id_of("zone", {zone}),
           .most = 500,
           .first_ms = kMinuteMs,
           .longest_ms = kMinuteMs,
           .shared = true}};
}

Throttle::Keys Throttle::of_reminder(std::string_view login) {
  return {{.id = id_of("reminder", {login}), .most = 3, .longest_ms = 15 * kMinuteMs}};
}

Throttle::Keys Throttle::of_step_up(std::string_view login) {
  return {{.id = id_of("step_up", {login})}};
}

void Throttle::restart(base::MonoTime now) {
  live_.clear();
  started_ = now;
}

Throttle::Live& Throttle::live(const registry::Registry& registry, std::uint64_t id,
                               base::MonoTime now) {
  const auto [entry, fresh] = live_.try_emplace(id);
  if (!fresh) return entry->second;
  const auto stored = registry.throttles().find(id);
  if (stored == registry.throttles().end()) {
    entry->second.last = now;
  } else {
    entry->second = {stored->second.failures,
                     started_,
                     {started_.ms + std::int64_t{stored->second.wait_s} * 1000}};
  }
  return entry->second;
}

base::Result<> Throttle::check(const registry::Registry& registry, const Keys& keys,
                               base::MonoTime now) {
  for (const Key& key : keys) {
    // What is only asked for is not remembered: nobody fills the memory by asking.
    const bool known = live_.contains(key.id) || registry.throttles().contains(key.id);
    if (!known || live(registry, key.id, now).until <= now) continue;
    return base::fail(base::Code::kLocked, key.shared ? "source" : "account");
  }
  return {};
}

// Those that are least of a loss: not waiting, and with the fewest failures.
void Throttle::make_room(const registry::Registry& registry, const Keys& keys, base::MonoTime now,
                         registry::Change& change) {
  const auto& records = registry.throttles();
  std::set<std::uint64_t> asked;
  std::size_t fresh = 0;
  for (const Key& key : keys) {
    if (asked.insert(key.id).second && !records.contains(key.id)) ++fresh;
  }
  if (records.size() + fresh <= kRecordsMax) return;
  std::vector<std::pair<std::uint32_t, std::uint64_t>> least;  // failures, id
  for (const auto& [id, record] : records) {
    if (asked.contains(id) || live(registry, id, now).until > now) continue;
    least.emplace_back(record.failures, id);
  }
  const std::size_t many = std::min(records.size() + fresh - kRecordsMax, least.size());
  std::ranges::partial_sort(least, least.begin() + static_cast<std::ptrdiff_t>(many));
  for (std::size_t i = 0; i < many; ++i) {
    change.erase_throttle(least[i].second);
    live_.erase(least[i].second);
  }
}

void Throttle::count(const registry::Registry& registry, const Keys& keys, base::MonoTime now) {
  for (const Key& key : keys) {
    Live& state = live(registry, key.id, now);
    if (key.shared) {
      const auto forgotten = (now.ms - state.last.ms) / kForgetMs;
      state.failures -=
          static_cast<std::uint32_t>(std::min<std::int64_t>(forgotten, state.failures));
    }
    if (state.failures < UINT32_MAX) ++state.failures;
    state.last = now;
    if (state.failures % key.most == 0) state.until = {now.ms + wait_of(key, state.failures)};
  }
}

registry::Change Throttle::to_keep(const registry::Registry& registry, const Keys& keys,
                                   base::MonoTime now) {
  registry::Change change;
  make_room(registry, keys, now, change);
  for (const Key& key : keys) {
    const std::uint32_t failures = live(registry, key.id, now).failures;
    registry::Throttle record{key.id, failures, 0};
    if (failures != 0 && failures % key.most == 0) {
      record.wait_s = static_cast<std::uint32_t>(wait_of(key, failures) / 1000);
    }
    change.put(record);
  }
  return change;
}

registry::Change Throttle::failed(const registry::Registry& registry, const Keys& keys,
                                  base::MonoTime now) {
  count(registry, keys, now);
  return to_keep(registry, keys, now);
}

registry::Change Throttle::succeeded(const registry::Registry& registry, const Keys& keys,
                                     base::MonoTime now) {
  registry::Change change;
  for (const Key& key : keys) {
    if (key.shared || !registry.throttles().contains(key.id)) continue;
    Live& state = live(registry, key.id, now);
    if (state.failures == 0) continue;
    state.failures = 0;
    change.put(registry::Throttle{key.id, 0, 0});
  }
  return change;
}

registry::Change Throttle::tidy(const registry::Registry& registry, base::MonoTime now) {
  registry::Change change;
  for (const auto& [id, record] : registry.throttles()) {
    if (live(registry, id, now).until > now) continue;
    if (record.failures == 0) {
      change.erase_throttle(id);
      live_.erase(id);
    } else if (record.wait_s != 0) {
      change.put(registry::Throttle{id, record.failures, 0});
    }
  }
  return change;
}

}  // namespace core
