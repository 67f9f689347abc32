// Stands in place of kagikura-web-worker and is hostile: asks core for more handshake signatures
// than one, sends what a worker must not send, and looks around for what the acceptor may have left
// open. Writes what it found as one line of text on its connection: "signatures=1 second=used ...".
#include <dirent.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <vector>

#include "ipc/client.h"
#include "ipc/messages.h"

extern char** environ;

namespace {

using Core = ipc::Client<ipc::WorkerCore>;

constexpr int kConnection = 3;
constexpr int kChannel = 4;
constexpr int kTries = 20;

// Descriptors that are open in this process, without the one that looks.
std::string open_descriptors() {
  std::vector<int> found;
  DIR* folder = ::opendir("/proc/self/fd");
  if (folder == nullptr) return "unreadable";
  while (const dirent* entry = ::readdir(folder)) {
    int fd = 0;
    bool number = true;
    for (const char* c = entry->d_name; *c != '\0'; ++c) {
      number = number && *c >= '0' && *c <= '9';
      fd = fd * 10 + (*c - '0');
    }
    if (number && fd != ::dirfd(folder)) found.push_back(fd);
  }
  ::closedir(folder);
  std::sort(found.begin(), found.end());
  std::string out;
  for (const int fd : found) out += (out.empty() ? "" : ",") + std::to_string(fd);
  return out;
}

std::string code_of(const base::Error& error) { return std::string(base::name(error.code)); }

// Many digests, so that no cache of the first answer hides a second signature.
std::string steal_signatures(Core& core) {
  int got = 0;
  std::string second = "none";
  for (int i = 0; i < kTries; ++i) {
    ipc::SignHandshake request;
    request.digest.mutable_view()[0] = static_cast<std::uint8_t>(i);
    const auto reply = core.call(request);
    got += reply.has_value() ? 1 : 0;
    if (i == 1) second = reply ? "given" : code_of(reply.error());
  }
  return "signatures=" + std::to_string(got) + " second=" + second;
}

// A session that nobody signed in to.
std::string act_without_session(Core& core) {
  const auto people = core.call(ipc::ListPeople{});
  const auto number = core.call(ipc::Reveal{});
  return " people=" + (people ? "given" : code_of(people.error())) +
         " reveal=" + (number ? "given" : code_of(number.error()));
}

std::string look_around(int arguments) {
  int variables = 0;
  for (char** at = environ; at != nullptr && *at != nullptr; ++at) ++variables;
  return " fds=" + open_descriptors() + " arguments=" + std::to_string(arguments) +
         " environment=" + std::to_string(variables);
}

}  // namespace

int main(int argc, char** /*argv*/) {
  const std::string around = look_around(argc);
  std::string found = "no channel";
  if (auto core = Core::open(base::Fd(kChannel), 5000)) {
    found = steal_signatures(*core) + act_without_session(*core);
  }
  found += around + "\n";
  const base::Fd connection(kConnection);
  return base::write_all(connection, base::as_bytes(found)) ? 0 : 1;
}
