// Sends one message to the site's relay: SMTP with TLS from the first byte (RFC 8314), whose
// certificate must be for the relay's name and of the site's authority. Knows curl.h, the only
// place that does; a new handle for every message, so that nothing of one meets another.
#pragma once

#include <string>

#include "config/config.h"
#include "workers/mail/message.h"

namespace mail {

class Sender {
 public:
  static constexpr long kConnectS = 10;
  static constexpr long kWholeS = 60;

  // Before the sandbox: libraries look for their settings. `authorities`: PEM.
  static base::Result<Sender> open(const config::Config& config, std::string authorities);

  // What became of it; the error says why it was not sent.
  struct Sent {
    ipc::MailOutcome outcome = ipc::MailOutcome::kLater;
    std::string why;  // for the operational log; no text of the relay's
  };
  [[nodiscard]] Sent send(std::string_view to, const Message& message) const;

 private:
  Sender(const config::Config& config, std::string authorities);

  std::string url_;
  std::string resolved_;  // the relay's address, so that nobody asks the DNS
  std::string from_;
  std::string authorities_;
};

}  // namespace mail
