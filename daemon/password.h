// Passwords: which are allowed, and the slow hash. The hash runs on two threads of its own with
// short queues, so that the loop never waits for it and a flood of sign-ins is refused, not piled
// up. Whoever is known (a session, a browser that the account was used with) has the first thread
// for himself and waits behind no stranger; strangers have the second, one processor at most. What
// is stored is an HMAC by the HSM over the hash (daemon/accounts.h), never the hash.
#pragma once

#include <array>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "base/fd.h"
#include "base/loop.h"
#include "base/task.h"
#include "ipc/values.h"

namespace core {

inline constexpr std::size_t kPasswordCharsMin = 15;

// kMissing, kInvalid (not clean UTF-8), or kDenied with field "password_short" or
// "password_common": too short in characters, or one that a guesser tries first. `login` is not
// allowed to be most of it.
base::Result<> check_password(const ipc::Password& password, std::string_view login);

using Salt = base::FixedBytes<16>;
using PasswordHash = base::Secret<32>;

// Argon2id, version 1.3, 19 MiB, two passes, one lane (RFC 9106; OWASP's first choice).
PasswordHash argon2id(base::ByteSpan password, const Salt& salt);

// For whom a hash is made: each has a thread and a queue.
enum class HashFor : std::uint8_t { kKnown, kStranger };
inline constexpr std::size_t kHashQueues = 2;

class HashPool {
 public:
  static constexpr std::size_t kQueueMax = 64;  // of each

  // Starts the threads. kIo when the system gives no descriptor.
  static base::Result<std::unique_ptr<HashPool>> start(base::Loop& loop);
  // For start(); without threads it never answers.
  explicit HashPool(base::Fd event) : event_(std::move(event)) {}
  HashPool(const HashPool&) = delete;  // threads point here
  HashPool& operator=(const HashPool&) = delete;
  // Waits for the running hashes; those that wait are dropped with their coroutines left suspended,
  // so it is for the end of the process.
  ~HashPool();

  // kTooMany "sign_ins" when kQueueMax of these askers wait already.
  base::Task<base::Result<PasswordHash>> hash(base::Secret<256> password, Salt salt, HashFor asker);

 private:
  struct Job {
    base::Secret<256> password;
    Salt salt;
    PasswordHash out;
    base::Slot<int> done;  // touched by the loop's thread only
  };

  void work(HashFor asker);
  void collect();

  base::Fd event_;
  base::Watch watch_;
  std::vector<std::thread> threads_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::array<std::deque<Job*>, kHashQueues> waiting_;  // under mutex_
  std::deque<Job*> finished_;                          // under mutex_
  bool stop_ = false;                                  // under mutex_
};

}  // namespace core
