#include "web/assets.h"

#include <array>

extern "C" {
#define ASSET(index, name, path, type)                \
  extern const char kagikura_asset_##index##_begin[]; \
  extern const char kagikura_asset_##index##_end[];
#include "web/assets_table.inc"
#undef ASSET
}

namespace web {

std::span<const Asset> assets() {
  static const std::array kAssets{
#define ASSET(index, name, path, type) \
  Asset{                               \
      name,                            \
      path,                            \
      ContentType::type,               \
      {kagikura_asset_##index##_begin, \
       static_cast<std::size_t>(kagikura_asset_##index##_end - kagikura_asset_##index##_begin)}},
#include "web/assets_table.inc"
#undef ASSET
  };
  return kAssets;
}

std::string_view asset_path(std::string_view name) {
  for (const Asset& asset : assets()) {
    if (asset.name == name) return asset.path;
  }
  ASSERT(false && "no such file in web/static");
  return {};
}

const Asset* find_asset(std::string_view path) {
  for (const Asset& asset : assets()) {
    if (asset.path == path) return &asset;
  }
  return nullptr;
}

}  // namespace web
