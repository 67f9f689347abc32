#include "web/route.h"

#include "web/base64url.h"

namespace web {

namespace {

constexpr std::size_t kSegmentsMax = 8;

// The segments of a path that begins with '/', empty when it is none of ours: no empty segment but
// the one of "/", not over kSegmentsMax.
std::vector<std::string_view> segments_of(std::string_view path) {
  std::vector<std::string_view> out;
  if (path.empty() || path[0] != '/') return {};
  std::size_t from = 1;
  while (from <= path.size()) {
    const std::size_t to = std::min(path.find('/', from), path.size());
    out.push_back(path.substr(from, to - from));
    from = to + 1;
  }
  if (out.size() > kSegmentsMax) return {};
  for (const auto segment : out) {
    if (segment.empty() && out.size() != 1) return {};
  }
  return out;
}

bool fits(std::span<const std::string_view> pattern, std::span<const std::string_view> path,
          Match& out) {
  if (pattern.size() != path.size()) return false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == "{id}") {
      const auto id = base::id_from_text(path[i]);
      if (!id) return false;
      out.ids.push_back(*id);
    } else if (pattern[i] == "{link}") {
      auto link = token_from_text(path[i], "link");
      if (!link) return false;
      out.link = *std::move(link);
    } else if (pattern[i] != path[i]) {
      return false;
    }
  }
  return true;
}

bool is_literal(std::string_view segment) {
  for (const char c : segment) {
    const bool good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
    if (!good) return false;
  }
  return true;
}

bool is_typed(std::string_view segment) { return segment == "{id}" || segment == "{link}"; }

// True when some path could match both. Literals never look like ids or tokens (check_table).
bool overlap(std::string_view a, std::string_view b) { return segments_of(a) == segments_of(b); }

bool looks_typed(std::string_view segment) {
  return base::id_from_text(segment).has_value() || token_from_text(segment).has_value();
}

}  // namespace

Match match(std::span<const Route> table, Method method, std::string_view path) {
  const auto segments = segments_of(path);
  Match out;
  if (segments.empty()) return out;
  const Method wanted = method == Method::kHead ? Method::kGet : method;
  for (const Route& route : table) {
    const auto pattern = segments_of(route.pattern);
    Match candidate;
    if (!fits(pattern, segments, candidate)) continue;
    if (route.method != wanted) {
      out.found = Found::kWrongMethod;
      continue;
    }
    candidate.found = Found::kRow;
    candidate.route = &route;
    return candidate;
  }
  return out;
}

base::Result<> check_table(std::span<const Route> table) {
  for (std::size_t i = 0; i < table.size(); ++i) {
    const Route& route = table[i];
    const auto bad = base::fail(base::Code::kInvalid, base::FieldName(route.pattern));
    const auto segments = segments_of(route.pattern);
    if (segments.empty() || route.handler == nullptr || route.method == Method::kHead) return bad;
    if ((route.method == Method::kPost) != (route.body != Body::kNone)) return bad;
    std::size_t links = 0;
    for (const auto segment : segments) {
      if (!is_literal(segment) && !is_typed(segment)) return bad;
      if (looks_typed(segment)) return bad;
      links += segment == "{link}" ? 1U : 0U;
    }
    if (links > 1) return bad;
    for (std::size_t j = 0; j < i; ++j) {
      if (table[j].method == route.method && overlap(table[j].pattern, route.pattern)) return bad;
    }
  }
  return {};
}

}  // namespace web
