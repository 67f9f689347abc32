#include "base/sandbox.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>

#include "base/fd.h"

// Newer than Debian 12's headers; the kernel says whether it knows them.
#ifndef PR_SET_MDWE
#define PR_SET_MDWE 65
#define PR_MDWE_REFUSE_EXEC_GAIN 1
#endif
#ifndef LANDLOCK_ACCESS_FS_REFER
#define LANDLOCK_ACCESS_FS_REFER (1ULL << 13)
#endif
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif

namespace base::sandbox {

namespace {

Result<> limit(int resource, std::uint64_t value) {
  const rlimit both{value, value};
  if (::setrlimit(static_cast<__rlimit_resource_t>(resource), &both) != 0) {
    return fail(Code::kIo, "rlimit");
  }
  return {};
}

// ---- Landlock (kernel.org Documentation/userspace-api/landlock.rst)

constexpr std::uint64_t kReadRights = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
constexpr std::uint64_t kWriteRights = LANDLOCK_ACCESS_FS_WRITE_FILE |
                                       LANDLOCK_ACCESS_FS_REMOVE_FILE |
                                       LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_TRUNCATE;
// The rights of a plain file; the others make sense for folders only and are refused for files.
constexpr std::uint64_t kFileRights = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE |
                                      LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_TRUNCATE;

std::uint64_t known_rights(int abi) {
  std::uint64_t rights = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1U) - 1;  // ABI 1: the first 13
  if (abi >= 2) rights |= LANDLOCK_ACCESS_FS_REFER;
  if (abi >= 3) rights |= LANDLOCK_ACCESS_FS_TRUNCATE;
  return rights;
}

std::uint64_t rights_of(Access access) {
  switch (access) {
    case Access::kRead: return kReadRights;
    case Access::kReadWrite: return kReadRights | kWriteRights;
    case Access::kReadWriteFolders: return kReadRights | kWriteRights | LANDLOCK_ACCESS_FS_MAKE_DIR;
    case Access::kExecute: return kReadRights | LANDLOCK_ACCESS_FS_EXECUTE;
    case Access::kCreate: return LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_WRITE_FILE;
  }
  return 0;
}

Result<> add_path(const Fd& ruleset, const Path& path, std::uint64_t known) {
  const Fd opened(::open(path.path.c_str(), O_PATH | O_CLOEXEC));
  if (!opened.valid()) return fail(Code::kNotFound, "landlock_path");
  struct stat status{};
  if (::fstat(opened.get(), &status) != 0) return fail(Code::kIo, "landlock_path");
  std::uint64_t rights = rights_of(path.access) & known;
  if (!S_ISDIR(status.st_mode)) rights &= kFileRights;
  landlock_path_beneath_attr beneath{};
  beneath.allowed_access = rights;
  beneath.parent_fd = opened.get();
  if (::syscall(SYS_landlock_add_rule, ruleset.get(), LANDLOCK_RULE_PATH_BENEATH, &beneath, 0) !=
      0) {
    return fail(Code::kIo, "landlock_rule");
  }
  return {};
}

Result<int> enter_landlock(const std::vector<Path>& paths) {
  const auto abi = static_cast<int>(
      ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION));
  if (abi < 1) return 0;
  landlock_ruleset_attr attributes{};
  attributes.handled_access_fs = known_rights(abi);
  const Fd ruleset(
      static_cast<int>(::syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0)));
  if (!ruleset.valid()) return fail(Code::kIo, "landlock");
  for (const auto& path : paths) TRY(add_path(ruleset, path, attributes.handled_access_fs));
  if (::syscall(SYS_landlock_restrict_self, ruleset.get(), 0) != 0)
    return fail(Code::kIo, "landlock");
  return abi;
}

// ---- seccomp

using Filter = std::unique_ptr<void, decltype(&seccomp_release)>;

scmp_arg_cmp comparison(const Argument& argument) {
  return {argument.index, SCMP_CMP_MASKED_EQ, argument.mask, argument.value & argument.mask};
}

Result<> allow(const Filter& filter, const Call& call) {
  const int number = ::seccomp_syscall_resolve_name(call.name);
  if (number == __NR_SCMP_ERROR) return fail(Code::kInternal, FieldName(call.name));
  std::array<scmp_arg_cmp, 2> conditions{};
  unsigned count = 0;
  if (call.only) conditions.at(count++) = comparison(*call.only);
  if (call.also) conditions.at(count++) = comparison(*call.also);
  if (::seccomp_rule_add_array(filter.get(), SCMP_ACT_ALLOW, number, count, conditions.data()) !=
      0) {
    return fail(Code::kInternal, FieldName(call.name));
  }
  return {};
}

Result<> enter_seccomp(const Profile& profile) {
  const std::uint32_t otherwise = profile.log_only ? SCMP_ACT_LOG : SCMP_ACT_KILL_PROCESS;
  const Filter filter(::seccomp_init(otherwise), &seccomp_release);
  if (!filter) return fail(Code::kIo, "seccomp");
  // Another architecture's numbers mean other calls: never let them in.
  if (::seccomp_attr_set(filter.get(), SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) != 0 ||
      ::seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2) != 0) {
    return fail(Code::kIo, "seccomp");
  }
  for (const auto& call : profile.calls) TRY(allow(filter, call));
  for (const auto& refusal : profile.refusals) {
    const int number = ::seccomp_syscall_resolve_name(refusal.name);
    if (number == __NR_SCMP_ERROR ||
        ::seccomp_rule_add(filter.get(), SCMP_ACT_ERRNO(static_cast<std::uint32_t>(refusal.error)),
                           number, 0) != 0) {
      return fail(Code::kInternal, FieldName(refusal.name));
    }
  }
  if (::seccomp_load(filter.get()) != 0) return fail(Code::kIo, "seccomp");
  return {};
}

}  // namespace

Result<> no_dumps() {
  TRY(limit(RLIMIT_CORE, 0));
  if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return fail(Code::kIo, "dumpable");
  return {};
}

Result<Entered> enter(const Profile& profile) {
  Entered out;
  TRY(no_dumps());
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return fail(Code::kIo, "no_new_privs");
  out.memory_deny_write_execute = ::prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0) == 0;
  TRY(limit(RLIMIT_NOFILE, profile.descriptors_max));
  TRY(limit(RLIMIT_FSIZE, profile.file_bytes_max));
  if (!profile.may_fork) TRY(limit(RLIMIT_NPROC, 0));
  out.landlock_abi = TRY(enter_landlock(profile.paths));
  // Last: it forbids what the steps above need.
  TRY(enter_seccomp(profile));
  return out;
}

}  // namespace base::sandbox
