// What kagikura-update does: check, install, guard, bless, status.
//
// Order of an installation: signature, product, version and every digest before a byte is written;
// then the other slot's kernel goes, its partitions are written and read back, and its new kernel
// is renamed into place last. A power cut anywhere leaves the running version as it is.
#pragma once

#include <string>

#include "base/fd.h"
#include "update/machine.h"

namespace update {

// Why an update is refused, for people and for the result file; empty for errors of the machine.
// "signature", "product", "older", "header", "digest", "size".
std::string_view refusal(const base::Error& error);

// An update file whose header was signed by one of the image's keys and is for this product and
// newer than what runs and ran here. Nothing has been written.
struct Checked {
  base::Fd file;
  Header header;
};
base::Result<Checked> open_update(const Places& places, const std::string& path);
// Every part's digest, and that nothing follows.
base::Result<> check_parts(const Checked& update);
// Writes it into the slot that does not run, to be tried once at the next start.
base::Result<> install(const Places& places, const Checked& update);

// kState when a newer version has run here.
base::Result<> guard(const Places& places);
// The running version has proved itself: its kernel is tried no longer but kept, and older ones are
// refused from now on.
base::Result<> bless(const Places& places);
// One line: "version 0.2.0 slot b floor 0.2.0 trial no".
base::Result<std::string> status(const Places& places);

}  // namespace update
