#include "base/sandbox.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <boost/test/unit_test.hpp>
#include <cerrno>
#include <csignal>
#include <cstdlib>

namespace {

using base::sandbox::Access;
using base::sandbox::Call;
using base::sandbox::Profile;
using base::sandbox::Refusal;

// The least that a process needs to open, write and end.
constexpr Call kCalls[] = {
    {"write", "tell the test"},
    {"openat", "what Landlock judges"},
    {"close", ""},
    {"exit_group", "end"},
    {"exit", "end"},
    {"fcntl", "one command only", base::sandbox::Argument{1, ~0ULL, F_GETFD}},
    {"prctl", "ask for dumpable", base::sandbox::Argument{0, ~0ULL, PR_GET_DUMPABLE}},
    {"getrlimit", ""},
    {"prlimit64", "ask for limits"},
};
constexpr Refusal kRefusals[] = {{"socket", EPERM, "a library that tries"}};

// Runs `act` in a sandboxed child; returns its exit code, or minus the signal that killed it.
template <class Act>
int in_sandbox(const Profile& profile, Act act) {
  const pid_t child = ::fork();
  if (child == 0) {
    if (!base::sandbox::enter(profile)) ::_exit(99);
    ::_exit(act());
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

Profile profile_with(std::vector<base::sandbox::Path> paths = {}) {
  Profile profile;
  profile.calls = kCalls;
  profile.refusals = kRefusals;
  profile.paths = std::move(paths);
  return profile;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(sandbox)

BOOST_AUTO_TEST_CASE(a_call_that_is_not_named_kills) {
  BOOST_TEST(in_sandbox(profile_with(), [] { return 0; }) == 0);
  BOOST_TEST(in_sandbox(profile_with(), [] { return static_cast<int>(::getuid()); }) == -SIGSYS);
}

BOOST_AUTO_TEST_CASE(an_argument_outside_its_condition_kills) {
  BOOST_TEST(in_sandbox(profile_with(), [] { return ::fcntl(1, F_GETFD) < 0 ? 1 : 0; }) == 0);
  BOOST_TEST(in_sandbox(profile_with(), [] { return ::fcntl(1, F_GETFL) < 0 ? 1 : 0; }) == -SIGSYS);
}

BOOST_AUTO_TEST_CASE(a_refusal_is_an_error_and_not_death) {
  BOOST_TEST(in_sandbox(profile_with(), [] {
               return ::socket(AF_UNIX, SOCK_STREAM, 0) < 0 && errno == EPERM ? 0 : 1;
             }) == 0);
}

BOOST_AUTO_TEST_CASE(paths_that_are_not_named_cannot_be_opened) {
  char folder[] = "/tmp/kagikura-sandbox-XXXXXX";
  BOOST_REQUIRE(::mkdtemp(folder) != nullptr);
  const std::string mine = std::string(folder) + "/mine";
  const auto profile = profile_with({{folder, Access::kReadWrite, "the test's"}});
  BOOST_TEST(in_sandbox(profile, [&] {
               return ::open(mine.c_str(), O_WRONLY | O_CREAT, 0600) >= 0 ? 0 : errno;
             }) == 0);
  BOOST_TEST(in_sandbox(profile, [] { return ::open("/etc/passwd", O_RDONLY) >= 0 ? 0 : errno; }) ==
             EACCES);
  const auto reader = profile_with({{folder, Access::kRead, "the test's"}});
  BOOST_TEST(in_sandbox(reader, [&] { return ::open(mine.c_str(), O_RDONLY) >= 0 ? 0 : errno; }) ==
             0);
  BOOST_TEST(in_sandbox(reader, [&] { return ::open(mine.c_str(), O_WRONLY) >= 0 ? 0 : errno; }) ==
             EACCES);
  ::unlink(mine.c_str());
  ::rmdir(folder);
}

BOOST_AUTO_TEST_CASE(no_dump_and_no_file_is_written) {
  BOOST_TEST(in_sandbox(profile_with(), [] { return ::prctl(PR_GET_DUMPABLE); }) == 0);
  BOOST_TEST(in_sandbox(profile_with({{"/tmp", Access::kReadWrite, ""}}), [] {
               const int fd = ::open("/tmp/kagikura-sandbox-size", O_WRONLY | O_CREAT, 0600);
               return ::write(fd, "x", 1) < 0 ? 1 : 0;
             }) == -SIGXFSZ);
  ::unlink("/tmp/kagikura-sandbox-size");
}

BOOST_AUTO_TEST_CASE(a_name_that_is_no_system_call_is_our_bug) {
  constexpr Call kWrong[] = {{"no_such_call", ""}};
  Profile profile;
  profile.calls = kWrong;
  BOOST_TEST(in_sandbox(profile, [] { return 0; }) == 99);
}

BOOST_AUTO_TEST_SUITE_END()
