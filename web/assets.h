// Files of web/static/, built into the binary. Each has one path with the hash of its bytes in it,
// so a browser may keep it for ever and a new build is a new path.
#pragma once

#include <span>
#include <string_view>

#include "web/response.h"

namespace web {

struct Asset {
  std::string_view name;  // app.css
  std::string_view path;  // /static/0123456789abcdef/app.css
  ContentType type = ContentType::kCss;
  std::string_view bytes;
};

std::span<const Asset> assets();
// The path of a file of web/static/ by its name, for templates; a name that does not exist is a
// bug.
std::string_view asset_path(std::string_view name);
// By the whole path; nullptr when there is none.
const Asset* find_asset(std::string_view path);

}  // namespace web
