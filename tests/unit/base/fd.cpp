#include "base/fd.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

namespace {

using base::Code;
using base::Fd;

bool is_open(int fd) { return ::fcntl(fd, F_GETFD) >= 0; }

BOOST_AUTO_TEST_SUITE(fd)

BOOST_AUTO_TEST_CASE(one_owner_closes_it_once) {
  int raw = -1;
  {
    Fd first = base::sealed_memfd("test", base::as_bytes("a")).value();
    raw = first.get();
    const Fd second = std::move(first);
    BOOST_TEST(!first.valid());  // NOLINT(bugprone-use-after-move)
    BOOST_TEST(second.get() == raw);
    BOOST_TEST(is_open(raw));
  }
  BOOST_TEST(!is_open(raw));
}

BOOST_AUTO_TEST_CASE(a_sealed_file_cannot_change_and_does_not_cross_an_exec) {
  const Fd file = base::sealed_memfd("test", base::as_bytes("abc")).value();
  BOOST_TEST((::fcntl(file.get(), F_GETFD) & FD_CLOEXEC) != 0);
  BOOST_TEST(::pwrite(file.get(), "x", 1, 0) < 0);
  BOOST_TEST(::ftruncate(file.get(), 0) < 0);
  BOOST_TEST(::ftruncate(file.get(), 10) < 0);
  const auto bytes = base::read_sealed(file, 3);
  BOOST_TEST(base::as_text(bytes.value()) == "abc");
  BOOST_TEST((base::read_sealed(file, 2).error().code == Code::kTooLong));
}

BOOST_AUTO_TEST_CASE(a_file_that_its_sender_could_still_change_is_refused) {
  const Fd open_file(::memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  BOOST_TEST((base::read_sealed(open_file, 10).error().code == Code::kProtocol));
  BOOST_TEST(::fcntl(open_file.get(), F_ADD_SEALS, F_SEAL_GROW) == 0);
  BOOST_TEST((base::read_sealed(open_file, 10).error().code == Code::kProtocol));
  BOOST_TEST((base::read_sealed(Fd(::open("/dev/null", O_RDONLY | O_CLOEXEC)), 10).error().code ==
              Code::kProtocol));
}

BOOST_AUTO_TEST_CASE(reading_a_file_says_why_it_cannot) {
  BOOST_TEST((base::read_file("/nonexistent/file", 10).error().code == Code::kNotFound));
  BOOST_TEST((base::read_file("/proc/self/exe", 10).error().code == Code::kTooLong));
  BOOST_TEST(!base::read_file("/etc", 10).has_value());
}

BOOST_AUTO_TEST_CASE(a_full_device_is_named) {
  const Fd full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  BOOST_TEST((base::write_all(full, base::as_bytes("x")).error().code == Code::kFull));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
