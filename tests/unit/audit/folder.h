// A folder of a test's own that goes when the test does.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

struct Folder {
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "kagikura-XXXXXX").string();
    path = ::mkdtemp(name.data()) == nullptr ? "" : name;
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path); }

  std::string path;
};
