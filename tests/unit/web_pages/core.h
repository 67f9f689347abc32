// A core for tests of pages: one connection, answers every request with a canned reply or with one
// chosen error; runs in its own thread.
#pragma once

#include <memory>
#include <thread>

#include "base/loop.h"
#include "ipc/channel.h"
#include "ipc/client.h"
#include "ipc/messages.h"
#include "tests/tools/canned.h"

namespace tests {

class CannedService {
 public:
  CannedService(canned::Filling& filling, std::optional<base::Error>& refusal, base::Loop& loop)
      : filling_(filling), refusal_(refusal), loop_(loop) {}

  template <class Request>
  base::Task<base::Result<typename Request::Reply>> handle(Request /*request*/) {
    constexpr bool kSession = std::is_same_v<Request, ipc::GetSession>;
    if (refusal_ && !kSession) co_return std::unexpected(*refusal_);
    co_return canned::reply<typename Request::Reply>(filling_);
  }
  void violated(base::Error /*error*/) { loop_.stop(); }
  void closed() { loop_.stop(); }

 private:
  canned::Filling& filling_;
  std::optional<base::Error>& refusal_;
  base::Loop& loop_;
};

// `filling` and `refusal` may be changed while no call is under way.
class CannedCore {
 public:
  CannedCore() {
    auto pair = ipc::socket_pair();
    ASSERT(pair.has_value() && ipc::set_nonblocking(pair->first).has_value());
    thread_ = std::thread([this, fd = std::move(pair->first)]() mutable { serve(std::move(fd)); });
    auto client = ipc::Client<ipc::WorkerCore>::open(std::move(pair->second), 10'000);
    ASSERT(client.has_value());
    client_ = std::make_unique<ipc::Client<ipc::WorkerCore>>(*std::move(client));
  }
  ~CannedCore() {
    client_.reset();
    thread_.join();
  }
  CannedCore(const CannedCore&) = delete;
  CannedCore& operator=(const CannedCore&) = delete;

  ipc::Client<ipc::WorkerCore>& client() { return *client_; }
  canned::Filling filling;
  std::optional<base::Error> refusal;

 private:
  void serve(base::Fd fd) {
    const base::SystemClock clock;
    const auto loop = base::Loop::open(clock);
    ASSERT(loop.has_value());
    ipc::serve<ipc::WorkerCore>(**loop, std::move(fd),
                                std::make_shared<CannedService>(filling, refusal, **loop));
    ASSERT((*loop)->run().has_value());
  }

  std::thread thread_;
  std::unique_ptr<ipc::Client<ipc::WorkerCore>> client_;
};

}  // namespace tests
