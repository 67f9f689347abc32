// The one HTTP request that the metrics program understands.
#pragma once

#include <string>
#include <string_view>

namespace monitor {

inline constexpr std::size_t kRequestMax = 4096;

// Whether the head of the request is complete: it may be judged, and nothing more is read.
bool is_complete(std::string_view bytes);

// The status line's number: 200 for GET /metrics, 404 for another path, 405 for another method, 400
// for what is no request.
int judge(std::string_view bytes);

// The whole answer with this status; `body` is sent with 200 only. The connection ends after it.
std::string answer(int status, std::string_view body);

}  // namespace monitor
