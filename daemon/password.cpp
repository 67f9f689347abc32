#include "daemon/password.h"

#include <argon2.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <string>

#include "base/secret_access.h"

namespace core {

namespace {

using base::Code;
using base::fail;

// What lists of leaked passwords hold at fifteen characters and more, and what this product
// invites. All in lower case, without blanks.
constexpr std::array<std::string_view, 40> kCommon = {
    "123456789012345",           "1234567890123456",   "12345678901234567890",
    "passwordpassword",          "password12345678",   "password123456789",
    "passw0rdpassw0rd",          "qwertyuiopasdfgh",   "qwertyuiop123456",
    "1qaz2wsx3edc4rfv",          "1q2w3e4r5t6y7u8i",   "zaq12wsxcde34rfv",
    "abcdefghijklmnop",          "abcdefghijklmno",    "administrator123",
    "administrator1234",         "letmeinletmein12",   "iloveyouiloveyou",
    "correcthorsebatterystaple", "welcomewelcome12",   "changemechangeme",
    "changeme12345678",          "mynumbermynumber",   "mynumber12345678",
    "kagikurakagikura",          "kagikura12345678",   "kagikura123456789",
    "kojinbangoukojinbangou",    "maimambaamaimambaa", "0123456789abcdef",
    "thequickbrownfox",          "toyotomihideyoshi",  "1234567812345678",
    "987654321098765",           "asdfghjklasdfghjkl", "qwertyqwertyqwerty",
    "trustno1trustno1",          "supermansuperman",   "sunshinesunshine",
    "nipponnipponnippon"};

std::size_t characters(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) count += (static_cast<std::uint8_t>(c) & 0xC0U) != 0x80U ? 1 : 0;
  return count;
}

// True for "aaaa...", "abcabcabc...", up to a period of four bytes.
bool repeats(std::string_view text) {
  for (std::size_t period = 1; period <= 4; ++period) {
    bool same = true;
    for (std::size_t i = period; i < text.size() && same; ++i) same = text[i] == text[i - period];
    if (same) return true;
  }
  return false;
}

// True for bytes that all rise, or all fall, by one.
bool counts(std::string_view text) {
  bool up = true;
  bool down = true;
  for (std::size_t i = 1; i < text.size(); ++i) {
    up = up && text[i] == text[i - 1] + 1;
    down = down && text[i] == text[i - 1] - 1;
  }
  return up || down;
}

bool is_common(std::string_view folded, std::string_view login) {
  for (const auto& common : kCommon) {
    if (folded == common) return true;
  }
  if (repeats(folded) || counts(folded)) return true;
  // The sign-in name and less than eight other bytes.
  return login.size() >= 4 && folded.find(login) != std::string_view::npos &&
         folded.size() - login.size() < 8;
}

int allocate(std::uint8_t** memory, std::size_t bytes) {
  *memory = static_cast<std::uint8_t*>(std::malloc(bytes));
  return *memory == nullptr ? ARGON2_MEMORY_ALLOCATION_ERROR : ARGON2_OK;
}
void release(std::uint8_t* memory, std::size_t bytes) {
  base::wipe(memory, bytes);
  std::free(memory);
}

}  // namespace

base::Result<> check_password(const ipc::Password& password, std::string_view login) {
  const auto text = base::as_text(password.read(base::secret_access()));
  if (text.empty()) return fail(Code::kMissing, "password");
  if (!base::is_clean_utf8(text)) return fail(Code::kInvalid, "password");
  if (characters(text) < kPasswordCharsMin) return fail(Code::kDenied, "password_short");
  ipc::Password folded;
  const auto bytes = folded.fill(base::secret_access(), text.size());
  std::size_t size = 0;
  for (const char c : text) {
    if (c == ' ') continue;
    bytes[size++] = static_cast<std::uint8_t>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  }
  if (is_common(base::as_text(bytes.first(size)), login)) {
    return fail(Code::kDenied, "password_common");
  }
  return {};
}

PasswordHash argon2id(base::ByteSpan password, const Salt& salt) {
  PasswordHash out;
  const auto hash = out.fill(base::secret_access(), 32);
  // The library takes pointers to non-const, and reads only without the flags that clear them.
  ipc::Password in;
  ASSERT(password.size() <= in.kMax);
  const auto typed = in.fill(base::secret_access(), password.size());
  std::copy(password.begin(), password.end(), typed.begin());
  Salt salt_in = salt;
  argon2_context context{};
  context.out = hash.data();
  context.outlen = static_cast<std::uint32_t>(hash.size());
  context.pwd = typed.data();
  context.pwdlen = static_cast<std::uint32_t>(typed.size());
  context.salt = salt_in.mutable_view().data();
  context.saltlen = Salt::kSize;
  context.t_cost = 2;
  context.m_cost = 19 * 1024;
  context.lanes = 1;
  context.threads = 1;
  context.version = ARGON2_VERSION_13;
  context.allocate_cbk = allocate;
  context.free_cbk = release;
  ASSERT(argon2_ctx(&context, Argon2_id) == ARGON2_OK);
  return out;
}

base::Result<std::unique_ptr<HashPool>> HashPool::start(base::Loop& loop) {
  base::Fd event(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!event.valid()) return fail(Code::kIo, "eventfd");
  auto pool = std::make_unique<HashPool>(std::move(event));
  pool->watch_ =
      loop.watch(pool->event_.get(), [raw = pool.get()](base::Ready) { raw->collect(); });
  for (const HashFor asker : {HashFor::kKnown, HashFor::kStranger}) {
    pool->threads_.emplace_back([raw = pool.get(), asker] { raw->work(asker); });
  }
  return pool;
}

HashPool::~HashPool() {
  {
    const std::scoped_lock lock(mutex_);
    stop_ = true;
  }
  wake_.notify_all();
  for (auto& thread : threads_) thread.join();
}

void HashPool::work(HashFor asker) {
  auto& waiting = waiting_.at(static_cast<std::size_t>(asker));
  if (asker == HashFor::kStranger) {
    // Runs where nothing else would (sched(7)). A courtesy of the scheduler: where it is refused,
    // all goes on as before.
    const sched_param none{};
    static_cast<void>(::sched_setscheduler(0, SCHED_IDLE, &none));
  }
  for (;;) {
    Job* job = nullptr;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this, &waiting] { return stop_ || !waiting.empty(); });
      if (stop_) return;
      job = waiting.front();
      waiting.pop_front();
    }
    job->out = argon2id(job->password.read(base::secret_access()), job->salt);
    {
      const std::scoped_lock lock(mutex_);
      finished_.push_back(job);
    }
    const std::uint64_t one = 1;
    ASSERT(::write(event_.get(), &one, sizeof one) == sizeof one);
  }
}

void HashPool::collect() {
  std::uint64_t count = 0;
  if (::read(event_.get(), &count, sizeof count) != sizeof count) return;
  std::deque<Job*> finished;
  {
    const std::scoped_lock lock(mutex_);
    finished.swap(finished_);
  }
  for (Job* job : finished) job->done.set(0);
}

base::Task<base::Result<PasswordHash>> HashPool::hash(base::Secret<256> password, Salt salt,
                                                      HashFor asker) {
  Job job{std::move(password), salt, {}, {}};
  {
    const std::scoped_lock lock(mutex_);
    auto& waiting = waiting_.at(static_cast<std::size_t>(asker));
    if (waiting.size() >= kQueueMax) co_return fail(Code::kTooMany, "sign_ins");
    waiting.push_back(&job);
  }
  wake_.notify_all();  // one of two waits for this queue
  co_await job.done;
  co_return std::move(job.out);
}

}  // namespace core
