// A machine out of folders: partitions are files, sysfs is a few lines, and updates are signed with
// a key made here and now. For the unit tests of update/ alone.
#pragma once

#include <openssl/evp.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "update/install.h"
#include "update/signature.h"

struct Rig {
  std::filesystem::path folder;
  update::Places places;
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key{
      EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"), EVP_PKEY_free};

  Rig();
  ~Rig() { std::filesystem::remove_all(folder); }
  Rig(const Rig&) = delete;
  Rig& operator=(const Rig&) = delete;

  void write(const std::string& name, const std::string& text) const {
    const auto path = folder / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
  }
  [[nodiscard]] std::string read(const std::string& name) const {
    std::ifstream file(folder / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void runs(const std::string& version, char slot);
  [[nodiscard]] std::string part(update::PartName name) const;
  // An update file of these parts; returns its path.
  std::string update_file(const std::string& version, const std::string& product = "kagikura");
};
