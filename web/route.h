// The exact table of what the web answers: a method and a path pattern a row, nothing by prefix, no
// wildcard. Patterns are literal segments and typed ones: {id} is 16 lower-case hexadecimal digits
// (not zero), {link} a token of 43 base64url characters. The table is web/routes.cpp.
#pragma once

#include <span>
#include <string_view>

#include "web/context.h"
#include "web/request.h"
#include "web/response.h"

namespace web {

using Handler = Response (*)(Context& context, const Request& request);

// What a POST may carry.
enum class Body : std::uint8_t {
  kNone,    // GET
  kForm,    // application/x-www-form-urlencoded, at most 64 KiB
  kUpload,  // multipart/form-data with one file, at most 32 MiB and a bit
  kJson,    // of another system: application/json, at most 64 KiB
  kCsv,     // of another system: text/csv, at most 32 MiB
};

struct Route {
  Method method = Method::kGet;  // kGet rows answer HEAD too
  std::string_view pattern;
  Body body = Body::kNone;
  Handler handler = nullptr;
};

// All rows, for the worker, for tests and for the list of routes in the documents.
std::span<const Route> routes();
// The same for the listener of other systems (web/api_routes.cpp). No path is in both.
std::span<const Route> api_routes();

enum class Found : std::uint8_t { kRow, kWrongMethod, kNothing };
struct Match {
  Found found = Found::kNothing;
  const Route* route = nullptr;    // with kRow
  std::vector<std::uint64_t> ids;  // of {id} segments
  ipc::LinkToken link;             // of a {link} segment
};

// `path` is the raw path of the request, without the query. A path of ours needs no escapes: one
// with
// '%' matches nothing.
Match match(std::span<const Route> table, Method method, std::string_view path);

// kInvalid with the row's pattern as field when a table is not fit to be used: unknown segment
// type, two rows that one path could match, a POST without a body kind. A test checks the product's
// table.
base::Result<> check_table(std::span<const Route> table);

}  // namespace web
