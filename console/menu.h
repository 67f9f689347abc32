// The numbered menu. Every choice is one request to core, which decides whether it may be; the
// menu only leaves out what core's state cannot allow, so that nobody is led to a refusal. Changes
// of the box itself go to kagikura-site after core has allowed and logged them. Two consoles may
// be used at once: each choice stands for itself, and the one that comes second is told how the
// state has become.
#pragma once

#include <string>
#include <vector>

#include "console/terminal.h"
#include "ipc/client.h"
#include "ipc/console_core.h"
#include "ipc/console_site.h"

namespace console {

struct Sockets {
  std::string core;
  std::string site;
};

class Menu {
 public:
  Menu(Terminal& terminal, Sockets sockets, const base::Clock& clock)
      : terminal_(terminal), sockets_(std::move(sockets)), clock_(clock) {}

  // Banner, menu, choice, again; returns at the end of input or after "leave".
  void run();

 private:
  using Status = ipc::GetStatus::Reply;
  struct Item {
    Words words;
    void (Menu::*act)();
  };

  // menu.cpp
  void banner(const Status& status);
  void show_status(const Status& status);
  void row(const Words& label, const std::string& value);
  void show(const base::Error& error);
  static std::vector<Item> items_for(const Status& status);
  bool choose(const Status& status);
  void change_language();

  // acts.cpp: core's
  void provision();
  void unlock();
  void unseal();
  void seal();
  void reset_zones();
  void rescue();
  void renew_certificate();
  bool ask_rescuer(const Words& who, ipc::Rescuer& out);
  void show_checkpoint();
  void export_log();
  void make_bundle();
  void restart();
  void shut_down();
  // A name for a file that holds the time and looks like no number; kept in the folder of exports.
  [[nodiscard]] std::string file_name(const char* what, const char* ending) const;
  bool write_file(const std::string& path, const base::Fd& memory);
  bool write_export(const std::string& path);

  // site_acts.cpp: of the box
  void network();
  void zones();
  void time();
  void clock();
  void update();
  void export_to_medium();
  void clear_cover();
  void guide();
  void show_result(const ipc::SiteResult& result);

  // One request on a connection of its own: a restart of core in between does not matter.
  template <class Request>
  base::Result<typename Request::Reply> call(const Request& request) {
    auto client =
        TRY(ipc::Client<ipc::ConsoleCore>::open(TRY(ipc::connect_to(sockets_.core)), kTimeoutMs));
    return client.call(request);
  }
  template <class Request>
  base::Result<typename Request::Reply> ask_site(const Request& request) {
    auto client =
        TRY(ipc::Client<ipc::ConsoleSite>::open(TRY(ipc::connect_to(sockets_.site)), kTimeoutMs));
    return client.call(request);
  }
  // Core allows and logs it, then it is done, then the outcome is said.
  template <class Request>
  void change(base::SiteAct act, const Request& request) {
    if (const auto allowed = call(ipc::AllowSite{act}); !allowed) return show(allowed.error());
    terminal_.tell({"One moment ...", "お待ちください…"});
    const auto result = ask_site(request);
    if (!result) return show(result.error());
    show_result(*result);
  }
  // Unlock or Unseal, with the question about the clock.
  template <class Request>
  void open_with_pin();
  // Asks for a text of a bounded type; false, with a message, when it is none.
  template <class T>
  bool ask_for(const Words& prompt, T& out);
  // Several, separated by spaces or commas.
  template <class List>
  bool ask_for_list(const Words& prompt, List& out);
  static constexpr std::int64_t kTimeoutMs = 120'000;

  Terminal& terminal_;
  Sockets sockets_;
  const base::Clock& clock_;
};

template <class T>
bool Menu::ask_for(const Words& prompt, T& out) {
  const auto typed = terminal_.ask(prompt);
  if (!typed) return false;
  auto parsed = T::from(*typed);
  if (!parsed || parsed->empty()) {
    show(parsed ? base::Error{base::Code::kMissing, "entry"} : parsed.error());
    return false;
  }
  out = *std::move(parsed);
  return true;
}

template <class List>
bool Menu::ask_for_list(const Words& prompt, List& out) {
  const auto typed = terminal_.ask(prompt);
  if (!typed) return false;
  std::string_view rest = *typed;
  while (!rest.empty()) {
    const auto end = rest.find_first_of(" ,");
    const std::string_view one = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    if (one.empty()) continue;
    auto parsed = List::value_type::from(one);
    auto pushed =
        parsed ? out.push(*std::move(parsed)) : base::Result<>(std::unexpected(parsed.error()));
    if (!pushed) {
      show(pushed.error());
      return false;
    }
  }
  return true;
}

// AB:CD:... as browsers show a certificate's fingerprint.
std::string fingerprint_text(const base::Digest& digest);
std::string grouped(base::ByteSpan bytes, std::size_t group, char separator);

}  // namespace console
