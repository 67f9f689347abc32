// A head that the guard takes is taken the same again, and no prefix of it was complete; what it
// understood stands in the bytes as it says; and nothing after the head changes the verdict.
#include <cstdint>
#include <string>

#include "web/guard.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using Kind = web::Verdict::Kind;
  const std::string_view bytes = base::as_text({data, size});
  constexpr auto kPages = base::Listener::kPages;
  // What either listener takes is in order in the same way.
  const auto of_pages = web::judge_head(bytes, kPages);
  const bool pages = of_pages.kind == Kind::kComplete;
  const auto listener = pages ? kPages : base::Listener::kApi;
  const auto verdict = web::judge_head(bytes, listener);
  if (verdict.kind != Kind::kComplete) return 0;
  const auto& head = verdict.head;
  ASSERT(verdict.size <= size && verdict.size <= web::kHeadMax);
  const std::string_view taken = bytes.substr(0, verdict.size);
  ASSERT(taken.ends_with("\r\n\r\n"));
  // The end of the head is the first empty line: no reader of lines can find another.
  ASSERT(taken.find("\r\n\r\n") == taken.size() - 4);
  for (std::size_t i = 0; i < taken.size(); ++i) {
    if (taken[i] == '\r') ASSERT(i + 1 < taken.size() && taken[i + 1] == '\n');
    if (taken[i] == '\n') ASSERT(i > 0 && taken[i - 1] == '\r');
    ASSERT(taken[i] != '\0');
  }
  ASSERT(head.target == head.path + (head.target.contains('?') ? "?" + head.query : ""));
  ASSERT(taken.contains(" " + head.target + " HTTP/1.1\r\n"));
  const auto alone = web::judge_head(taken, listener);
  ASSERT(alone.kind == Kind::kComplete && alone.size == verdict.size);
  ASSERT(alone.head.content_length == head.content_length);
  ASSERT(web::judge_head(taken.substr(0, taken.size() - 1), listener).kind == Kind::kMore);
  ASSERT(web::judge_head(taken.substr(0, taken.size() / 2), listener).kind == Kind::kMore);
  return 0;
}
