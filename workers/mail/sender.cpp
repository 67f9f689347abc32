#include "workers/mail/sender.h"

#include <curl/curl.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "base/secret_access.h"

namespace mail {

using base::Code;
using base::fail;
using base::Result;

namespace {

struct HandleEnd {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
using Handle = std::unique_ptr<CURL, HandleEnd>;
struct ListEnd {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using List = std::unique_ptr<curl_slist, ListEnd>;

struct Reading {
  base::ByteSpan left;
};

std::size_t read_some(char* out, std::size_t size, std::size_t count, void* user) {
  auto& left = static_cast<Reading*>(user)->left;
  const std::size_t taken = std::min(left.size(), size * count);
  std::memcpy(out, left.data(), taken);
  left = left.subspan(taken);
  return taken;
}

// Replies of the relay are for nobody.
std::size_t drop(char* /*bytes*/, std::size_t size, std::size_t count, void* /*user*/) {
  return size * count;
}

// Collects the outcomes of curl_easy_setopt: one that failed would leave its default behind.
class Options {
 public:
  explicit Options(CURL* handle) : handle_(handle) {}
  template <class T>
  void set(CURLoption option, T value) {
    good_ = good_ && curl_easy_setopt(handle_, option, value) == CURLE_OK;
  }
  [[nodiscard]] bool good() const { return good_; }

 private:
  CURL* handle_;
  bool good_ = true;
};

ipc::MailOutcome outcome_of(CURLcode done, long reply) {
  if (done == CURLE_OK) return ipc::MailOutcome::kSent;
  // RFC 5321, 4.2.1: 5yz is for good. Not of the greeting or the log-in, which are not the mail's.
  const bool of_mail =
      done == CURLE_SEND_ERROR || done == CURLE_RECV_ERROR || done == CURLE_WEIRD_SERVER_REPLY;
  return of_mail && reply >= 500 && reply < 600 ? ipc::MailOutcome::kRefused
                                                : ipc::MailOutcome::kLater;
}

}  // namespace

Sender::Sender(const config::Config& config, std::string authorities)
    : from_(config.mail_from), authorities_(std::move(authorities)) {
  const std::string port = std::to_string(config.relay->port);
  const std::string domain = from_.substr(from_.find('@') + 1);
  // The path is what we call ourselves in EHLO.
  url_ = "smtps://" + config.relay_name + ":" + port + "/" + domain;
  const std::string address = config.relay->address.text();
  const bool is_v4 = config.relay->address.is_v4();
  resolved_ = config.relay_name + ":" + port + ":" + (is_v4 ? address : "[" + address + "]");
}

Result<Sender> Sender::open(const config::Config& config, std::string authorities) {
  if (!config.relay || authorities.empty()) return fail(Code::kMissing, "authorities");
  if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) return fail(Code::kInternal, "curl");
  return Sender(config, std::move(authorities));
}

Sender::Sent Sender::send(std::string_view to, const Message& message) const {
  const Handle handle(curl_easy_init());
  const List people(curl_slist_append(nullptr, ("<" + std::string(to) + ">").c_str()));
  const List known(curl_slist_append(nullptr, resolved_.c_str()));
  if (!handle || !people || !known) return {ipc::MailOutcome::kLater, "memory"};
  // Copied by libcurl, which takes it as one that might be written.
  std::string authorities = authorities_;
  curl_blob roots{authorities.data(), authorities.size(), CURL_BLOB_COPY};
  Reading reading{message.read(base::secret_access())};
  Options options(handle.get());
  options.set(CURLOPT_URL, url_.c_str());
  options.set(CURLOPT_PROTOCOLS_STR, "smtps");
  options.set(CURLOPT_PROXY, "");
  options.set(CURLOPT_RESOLVE, known.get());
  options.set(CURLOPT_NOSIGNAL, 1L);
  options.set(CURLOPT_CONNECTTIMEOUT, kConnectS);
  options.set(CURLOPT_TIMEOUT, kWholeS);
  options.set(CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
  options.set(CURLOPT_SSL_VERIFYPEER, 1L);
  options.set(CURLOPT_SSL_VERIFYHOST, 2L);
  options.set(CURLOPT_CAINFO, static_cast<char*>(nullptr));
  options.set(CURLOPT_CAPATH, static_cast<char*>(nullptr));
  options.set(CURLOPT_CAINFO_BLOB, &roots);
  options.set(CURLOPT_MAIL_FROM, ("<" + from_ + ">").c_str());
  options.set(CURLOPT_MAIL_RCPT, people.get());
  options.set(CURLOPT_UPLOAD, 1L);
  options.set(CURLOPT_READFUNCTION, &read_some);
  options.set(CURLOPT_READDATA, &reading);
  options.set(CURLOPT_WRITEFUNCTION, &drop);
  if (!options.good()) return {ipc::MailOutcome::kLater, "options"};
  const CURLcode done = curl_easy_perform(handle.get());
  long reply = 0;
  static_cast<void>(curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &reply));
  if (done == CURLE_OK) return {ipc::MailOutcome::kSent, {}};
  return {outcome_of(done, reply),
          std::string(curl_easy_strerror(done)) + " (" + std::to_string(reply) + ")"};
}

}  // namespace mail
