// What pages say. Say is a text in both languages; a page cannot be compiled with one of them
// missing. A page's own texts are constants in its file; here are the words that several pages
// share: the domain's enums, times, and what to tell people about an error. Never a value typed by
// somebody: an error names its field and the remedy.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "base/terms.h"
#include "ipc/worker_core.h"
#include "web/language.h"

namespace web {

namespace i18n_detail {
void a_text_is_missing_in_one_language();  // not constexpr: stops the compiler
}

class Say {
 public:
  template <std::size_t J, std::size_t E>
  consteval Say(const char (&japanese)[J], const char (&english)[E])
      : japanese_(japanese, J - 1), english_(english, E - 1) {
    if (J < 2 || E < 2) i18n_detail::a_text_is_missing_in_one_language();
  }
  [[nodiscard]] constexpr std::string_view in(Language language) const {
    return language == Language::kEn ? english_ : japanese_;
  }

 private:
  std::string_view japanese_;
  std::string_view english_;
};

// `text` in the language, with its "{}" replaced one after the other.
std::string fill_in(Language language, const Say& text,
                    std::initializer_list<std::string_view> with);

const Say& say(base::Role role);
const Say& say(base::Zone zone);
const Say& say(base::State state);
const Say& say(base::Purpose purpose);
const Say& say(base::Form form);
const Say& say(base::PersonKind kind);
const Say& say(base::CollectionStatus status);
const Say& say(base::StepUpAct act);
const Say& say(base::Assurance assurance);
const Say& say(base::ApiRight right);
const Say& say(base::ProposalKind kind);
const Say& say(base::ProposalStage stage);
const Say& say(base::Designated designated);
const Say& say(base::Weekday day);
const Say& say(base::DisposalReason reason);
const Say& say(base::AuditEvent event);
const Say& say(base::CoreEvent event);
const Say& say(ipc::DisposalStatus status);
// What is wrong with a cell of a roster, and what to do about it.
const Say& say(ipc::RosterReason reason);
const Say& remedy(ipc::RosterReason reason);

// "Chrome, Windows".
std::string say_device(Language language, const ipc::Device& device);

// The event of a log line ("reveal.done"); the word itself when it is none of ours.
std::string say_event(Language language, std::string_view event);

// A sentence or two that names the field and the remedy. There is one for every code and field.
std::string explain(Language language, const base::Error& error);
// What people call a field ("password": パスワード, "Password").
std::string_view field_label(Language language, std::string_view field);

// In Japan's time, which is what the firm's days are. "2026年11月22日 12:34"; "22 Nov 2026, 12:34".
std::string say_time(Language language, base::WallTime time);
std::string say_day(Language language, base::Day day);

}  // namespace web
