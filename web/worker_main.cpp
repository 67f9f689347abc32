// kagikura-web-worker: TLS, HTTP and HTML on one connection. Started by kagikura-web with the
// connection as descriptor 3 and its channel to core as descriptor 4, without arguments and with an
// empty environment.
#include <unistd.h>

#include "base/log.h"
#include "web/worker.h"
#include "web/worker_sandbox.h"

namespace {

constexpr int kConnection = 3;
constexpr int kChannel = 4;

base::Result<> run(const base::Clock& clock) {
  TRY(base::sandbox::no_dumps());
  auto core = TRY(web::Core::open(base::Fd(kChannel), web::kCoreMs));
  web::Worker worker(base::Fd(kConnection), kChannel, std::move(core), clock);
  TRY(worker.set_up());
  TRY(base::sandbox::enter(web::worker_profile()));
  worker.run();
  return {};
}

}  // namespace

int main() {
  const base::Log log("kagikura-web-worker");
  const base::SystemClock clock;
  const auto done = run(clock);
  if (!done) log.error("worker.failed", {{"error", done.error()}});
  // Without the libraries' exit handlers: there is nothing left to do for them.
  ::_exit(done ? 0 : 1);
}
