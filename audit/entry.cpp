#include "audit/entry.h"

#include <array>
#include <charconv>

#include "audit/entry_fields.h"

namespace audit {

namespace {

using base::AuditEvent;
using base::Code;
using base::CoreEvent;

// Length of the decimal digit at the start of `text`: 1 for ASCII, 3 for full-width (U+FF10-FF19).
std::size_t digit_length(std::string_view text) {
  if (text[0] >= '0' && text[0] <= '9') return 1;
  if (text.size() < 3 || text[0] != '\xEF' || text[1] != '\xBC') return 0;
  return text[2] >= '\x90' && text[2] <= '\x99' ? 3 : 0;
}

class Writer {
 public:
  Writer() { line_.reserve(384); }

  void id(const char* key, std::uint64_t value) {
    if (value != 0) quoted(key, base::id_text(value));
  }
  template <std::size_t N>
  void text(const char* key, const base::Text<N>& value) {
    if (value.empty()) return;
    if (number_shaped(value.view())) refuse(key);
    quoted(key, value.view());
  }
  template <class E>
  void word(const char* key, const std::optional<E>& value) {
    if (value) quoted(key, base::name(*value));
  }
  template <class E>
  void word(const char* key, E value) {
    if (value != E::kNone) quoted(key, base::name(value));
  }
  void number(const char* key, std::uint64_t value) {
    if (value != 0) required_number(key, value);
  }
  void millis(const char* key, std::uint64_t value) {
    if (value != 0) required_millis(key, value);
  }
  void required_number(const char* key, std::uint64_t value) { decimal(key, value, kNumberLimit); }
  void required_millis(const char* key, std::uint64_t value) { decimal(key, value, kMillisLimit); }
  void digest(const char* key, const std::optional<base::Digest>& value) {
    if (value) quoted(key, base::to_hex(value->view()));
  }
  void error(const char* key, const std::optional<base::Error>& value) {
    if (!value) return;
    if (!is_field_name(value->field.view()) || number_shaped(value->field.view())) refuse(key);
    quoted(key, error_text(*value));
  }
  void event(const char* key, Event value) { quoted(key, event_name(value)); }
  void time(const char* key, base::WallTime value) {
    const std::string text = base::to_rfc3339(value);
    if (!base::from_rfc3339(text)) refuse(key);
    quoted(key, text);
  }

  base::Result<std::string> finish() && {
    if (!refused_.view().empty()) return base::fail(Code::kInvalid, refused_);
    line_ += '}';
    if (line_.size() > kLineMax) return base::fail(Code::kTooLong, "entry");
    return std::move(line_);
  }

 private:
  void refuse(const char* key) { refused_ = key; }
  void begin(const char* key) {
    line_ += line_.empty() ? "{\"" : ",\"";
    line_ += key;
    line_ += "\":";
  }
  // RFC 8785 3.2.2.2; clean UTF-8 has no control characters, so two escapes are left.
  void quoted(const char* key, std::string_view text) {
    begin(key);
    line_ += '"';
    for (const char c : text) {
      if (c == '"' || c == '\\') line_ += '\\';
      line_ += c;
    }
    line_ += '"';
  }
  void decimal(const char* key, std::uint64_t value, std::uint64_t limit) {
    if (value >= limit) refuse(key);
    std::array<char, 20> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value);
    begin(key);
    line_.append(digits.data(), end.ptr);
  }

  std::string line_;
  base::FieldName refused_;
};

template <class E>
std::optional<Event> find_event(std::string_view name) {
  for (int i = 0; i <= static_cast<int>(E::kLast); ++i) {
    const auto event = static_cast<E>(i);
    if (base::name(event) == name) return event;
  }
  return std::nullopt;
}

}  // namespace

std::string_view event_name(Event event) {
  if (const auto* own = std::get_if<AuditEvent>(&event)) return base::name(*own);
  return base::name(*std::get_if<CoreEvent>(&event));
}

base::Result<Event> event_from_name(std::string_view name) {
  if (const auto own = find_event<AuditEvent>(name)) return *own;
  if (const auto core = find_event<CoreEvent>(name)) return *core;
  return base::fail(Code::kInvalid, "event");
}

bool is_field_name(std::string_view text) {
  for (const char c : text) {
    const bool good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
    if (!good) return false;
  }
  return true;
}

std::string error_text(const base::Error& error) {
  std::string text(base::name(error.code));
  if (!error.field.view().empty()) (text += ':') += error.field.view();
  return text;
}

bool number_shaped(std::string_view text) {
  std::size_t digits = 0;
  while (!text.empty()) {
    const std::size_t length = digit_length(text);
    digits = length == 0 ? 0 : digits + 1;
    if (digits >= 12) return true;
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return false;
}

base::Result<std::string> write(const Entry& entry) {
  Writer writer;
  for_each_field(writer, entry);
  return std::move(writer).finish();
}

std::optional<AuditEvent> intent_of(Event event) {
  const auto* own = std::get_if<AuditEvent>(&event);
  if (own == nullptr) return std::nullopt;
  struct Row {
    AuditEvent outcome, intent;
  };
  static constexpr std::array kRows = {
      Row{AuditEvent::kRevealDone, AuditEvent::kRevealIntent},
      Row{AuditEvent::kRevealFailed, AuditEvent::kRevealIntent},
      Row{AuditEvent::kSealDone, AuditEvent::kSealIntent},
      Row{AuditEvent::kSealFailed, AuditEvent::kSealIntent},
      Row{AuditEvent::kMoveDone, AuditEvent::kMoveIntent},
      Row{AuditEvent::kMoveFailed, AuditEvent::kMoveIntent},
      Row{AuditEvent::kReshelveDone, AuditEvent::kReshelveIntent},
      Row{AuditEvent::kReshelveFailed, AuditEvent::kReshelveIntent},
      Row{AuditEvent::kKeyGone, AuditEvent::kDestroyIntent},
      Row{AuditEvent::kDestroyFailed, AuditEvent::kDestroyIntent},
  };
  for (const Row& row : kRows) {
    if (row.outcome == *own) return row.intent;
  }
  return std::nullopt;
}

bool is_intent(Event event) {
  const auto* own = std::get_if<AuditEvent>(&event);
  return own != nullptr &&
         (*own == AuditEvent::kRevealIntent || *own == AuditEvent::kSealIntent ||
          *own == AuditEvent::kMoveIntent || *own == AuditEvent::kReshelveIntent ||
          *own == AuditEvent::kDestroyIntent);
}

}  // namespace audit
