// The socket side: one client at a time, the audit process. Takes a packet of requests and answers
// in groups; a second client is turned away while one is there, and so is any other user.
#pragma once

#include <deque>

#include "base/notify.h"
#include "hsm/service.h"
#include "ipc/wire.h"

namespace hsm {

class Server {
 public:
  // `clients`: the users that may connect; our own when empty.
  Server(base::Fd listener, std::vector<std::uint32_t> clients, Service& service,
         const base::Log& log)
      : listener_(std::move(listener)),
        clients_(std::move(clients)),
        service_(service),
        log_(log) {}

  // Serves until SIGTERM or SIGINT (through `stop`, a signalfd). kIo when the sockets fail. Tells
  // `manager` that the loop turns; a module call that hangs is hsm/watchdog.h's to end.
  base::Result<> run(const base::Fd& stop, const base::Notifier& manager);

 private:
  static constexpr std::int64_t kBeatMs = 2000;
  static constexpr int kGroupMax = 16;      // requests taken before their answers go out
  static constexpr int kSendWaitMs = 5000;  // for a client that does not read

  struct Answer {
    ipc::FrameKind kind;
    std::uint64_t id;
    ipc::Buffer body;
  };

  [[nodiscard]] std::string_view status() const;
  void accept_waiting();
  void serve_waiting();
  base::Result<> take_group();
  base::Result<> take(ipc::Frame frame);
  base::Result<> greet(const ipc::Frame& frame);
  base::Result<> send_answers();
  // Waits for room as long as the client reads at all; does nothing when there is `nothing` to
  // send.
  template <class Send>
  base::Result<> send_patiently(Send send, bool nothing = false);
  void drop(base::Error why);

  base::Fd listener_;
  std::vector<std::uint32_t> clients_;
  Service& service_;
  const base::Log& log_;
  ipc::Wire client_;
  bool greeted_ = false;
  std::vector<Answer> answers_;
};

}  // namespace hsm
