#include "console/unattended.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "base/secret_access.h"
#include "ipc/client.h"
#include "ipc/console_core.h"

namespace console {

namespace {

using base::Code;
using base::fail;
using base::Result;
using base::Secret;

constexpr std::int64_t kTimeoutMs = 20'000;

Result<Secret<64>> read_pin(const std::string& path) {
  const base::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid()) return fail(Code::kNotFound, "pin");
  std::array<char, 66> buffer{};  // a PIN, its line's end, and one more to notice a longer one
  const ssize_t size = ::read(file.get(), buffer.data(), buffer.size());
  const auto* end = std::find(buffer.data(), buffer.data() + std::max<ssize_t>(size, 0), '\n');
  const auto length = static_cast<std::size_t>(end - buffer.data());
  Result<Secret<64>> out = fail(Code::kInvalid, "pin");
  if (length > 0 && length <= 64) {
    Secret<64> pin;
    const auto bytes = pin.fill(base::secret_access(), length);
    for (std::size_t i = 0; i < length; ++i) bytes[i] = static_cast<std::uint8_t>(buffer.at(i));
    out = std::move(pin);
  }
  base::wipe(buffer.data(), buffer.size());
  return out;
}

template <class Request>
Result<typename Request::Reply> call(const std::string& socket, const Request& request) {
  auto client = TRY(ipc::Client<ipc::ConsoleCore>::open(TRY(ipc::connect_to(socket)), kTimeoutMs));
  return client.call(request);
}

}  // namespace

Attempt unlock_if_locked(const std::string& socket, const std::string& pin_file,
                         const base::Log& log) {
  const auto status = call(socket, ipc::GetStatus{});
  if (!status) return Attempt::kLater;
  if (status->state != base::State::kLocked) return Attempt::kNothing;
  auto pin = read_pin(pin_file);
  if (!pin) {
    log.error("pin_unreadable", {{"error", pin.error()}});
    return Attempt::kRefused;
  }
  ipc::Unlock request;
  request.pin = *std::move(pin);
  const auto reply = call(socket, request);
  if (reply) {
    log.info("unlocked");
    return Attempt::kUnlocked;
  }
  const Code code = reply.error().code;
  if (code == Code::kDenied || code == Code::kLocked) {
    log.error("pin_refused", {{"error", reply.error()}});
    return Attempt::kRefused;
  }
  log.warn("not_unlocked", {{"error", reply.error()}});
  return Attempt::kLater;
}

}  // namespace console
