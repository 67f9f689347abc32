#include "update/machine.h"

#include <boost/test/unit_test.hpp>

#include "tests/unit/update/rig.h"

BOOST_FIXTURE_TEST_SUITE(update_machine, Rig)

BOOST_AUTO_TEST_CASE(slot_and_partitions_are_found_on_the_disk_that_runs) {
  const auto disk = update::running_disk(places);
  BOOST_REQUIRE(disk.has_value());
  BOOST_TEST(update::letter(disk->running) == 'a');
  BOOST_TEST(disk->name == "vda");
  BOOST_TEST(*update::partition(places, *disk, "root-b") == places.dev + "/vda4");
  BOOST_TEST(update::partition(places, *disk, "swap").has_value() == false);
  // Another disk with the same label changes nothing.
  write("sys/devices/sda/sda1/uevent", "DEVNAME=sda1\nPARTNAME=root-b\n");
  BOOST_TEST(*update::partition(places, *disk, "root-b") == places.dev + "/vda4");
  runs("0.3.0", 'b');
  BOOST_TEST(update::letter(update::running_disk(places)->running) == 'b');
  BOOST_TEST(update::running_version(places)->text() == "0.3.0");
}

BOOST_AUTO_TEST_CASE(without_a_verified_root_there_is_no_slot) {
  write("sys/block/dm-0/dm/name", "data\n");
  BOOST_TEST((update::running_disk(places).error().code == base::Code::kNotFound));
}

BOOST_AUTO_TEST_CASE(names_of_kernels) {
  const update::Version version{{0, 2, 0}};
  BOOST_TEST(update::kernel_file(update::Slot::kB, version, true) == "kagikura-b_0.2.0+1.efi");
  BOOST_TEST(update::kernel_file(update::Slot::kA, version, false) == "kagikura-a_0.2.0.efi");
  const auto tried = update::kernel_from("kagikura-b_0.2.0+0-1.efi");
  BOOST_REQUIRE(tried.has_value());
  BOOST_TEST(tried->on_trial);
  BOOST_TEST(tried->version.text() == "0.2.0");
  BOOST_TEST(update::kernel_from("kagikura-a_0.2.0.efi")->on_trial == false);
  for (const char* bad : {"kagikura-c_0.2.0.efi", "kagikura-a_0.2.efi", "kagikura-a_0.2.0.new",
                          "other.efi", "kagikura-a_0.2.0+2.efi", ""}) {
    BOOST_TEST(!update::kernel_from(bad).has_value(), bad);
  }
}

BOOST_AUTO_TEST_CASE(the_floor_only_rises) {
  BOOST_TEST(update::floor_version(places)->text() == "0.0.0");
  BOOST_REQUIRE(update::raise_floor(places, {{0, 3, 0}}).has_value());
  BOOST_REQUIRE(update::raise_floor(places, {{0, 2, 9}}).has_value());
  BOOST_TEST(update::floor_version(places)->text() == "0.3.0");
  // What cannot be read is no floor of zero.
  write("state/floor", "nonsense\n");
  BOOST_TEST(update::floor_version(places).has_value() == false);
}

BOOST_AUTO_TEST_SUITE_END()
