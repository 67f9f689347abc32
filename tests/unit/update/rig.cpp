#include "tests/unit/update/rig.h"

#include <boost/test/unit_test.hpp>

namespace fs = std::filesystem;

Rig::Rig() {
  std::string name = (fs::temp_directory_path() / "kagikura-update-XXXXXX").string();
  BOOST_REQUIRE(mkdtemp(name.data()) != nullptr);
  folder = name;
  places = {name + "/sys", name + "/dev", name + "/release", name + "/keys", name + "/state",
            name + "/esp", false};
  std::uint8_t raw[32];
  std::size_t size = sizeof(raw);
  BOOST_REQUIRE(EVP_PKEY_get_raw_public_key(key.get(), raw, &size) == 1);
  write("keys", base::to_hex(raw) + "\n");
  fs::create_directories(folder / "state");
  fs::create_directories(folder / "esp/EFI/Linux");
  int number = 1;
  for (const char* label : {"esp", "root-a", "verity-a", "root-b", "verity-b", "data"}) {
    const std::string device = "vda" + std::to_string(number++);
    write("sys/devices/vda/" + device + "/uevent",
          "DEVNAME=" + device + "\nPARTNAME=" + std::string(label) + "\n");
    write("dev/" + device, std::string(100'000, '-'));
    fs::create_directories(folder / "sys/class/block");
    fs::create_symlink(folder / "sys/devices/vda" / device, folder / "sys/class/block" / device);
  }
  fs::create_symlink(folder / "sys/devices/vda", folder / "sys/class/block/vda");
  runs("0.2.0", 'a');
}

void Rig::runs(const std::string& version, char slot) {
  write("release", "NAME=\"Kagikura\"\nIMAGE_VERSION=" + version + "\n");
  fs::remove_all(folder / "sys/block");
  write("sys/block/dm-0/dm/name", "root\n");
  fs::create_directories(folder / "sys/block/dm-0/slaves");
  write("sys/block/dm-0/slaves/" + std::string(slot == 'a' ? "vda2" : "vda4"), "");
  write("sys/block/dm-0/slaves/" + std::string(slot == 'a' ? "vda3" : "vda5"), "");
}

std::string Rig::part(update::PartName name) const {
  return std::string(6000 + static_cast<std::size_t>(name), static_cast<char>('A' + int(name)));
}

std::string Rig::update_file(const std::string& version, const std::string& product) {
  update::Header header{product, *update::Version::from(version), {}, 0};
  std::string parts;
  for (std::size_t i = 0; i < update::kParts; ++i) {
    const std::string bytes = part(static_cast<update::PartName>(i));
    auto hasher = *update::Hasher::start();
    BOOST_REQUIRE(hasher.add(base::as_bytes(bytes)).has_value());
    header.parts[i] = {bytes.size(), *hasher.finish(), 0};
    parts += bytes;
    parts.resize((parts.size() + update::kBlock - 1) / update::kBlock * update::kBlock, '\0');
  }
  std::string block = update::header_text(header);
  block.resize(update::kSigned, '\0');
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        EVP_MD_CTX_free);
  std::uint8_t signature[64];
  std::size_t size = sizeof(signature);
  BOOST_REQUIRE(EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1);
  const auto message = base::as_bytes(block);
  BOOST_REQUIRE(EVP_DigestSign(context.get(), signature, &size, message.data(), message.size()) ==
                1);
  write("update.kgu", block + std::string(base::as_text(signature)) + parts);
  return (folder / "update.kgu").string();
}
