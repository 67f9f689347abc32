#include <charconv>

#include "audit/entry.h"
#include "audit/entry_fields.h"

namespace audit {

namespace {

using base::Code;

// Reads the keys in their one order; what does not fit stays unread and is refused at the end.
class Parser {
 public:
  explicit Parser(std::string_view line) : rest_(line) {}

  void id(const char* key, std::uint64_t& value) {
    if (!quoted(key)) return;
    keep(key, base::id_from_text(value_), value);
  }
  template <std::size_t N>
  void text(const char* key, base::Text<N>& value) {
    if (!quoted(key)) return;
    auto parsed = base::Text<N>::from(value_, key);
    if (!parsed || parsed->empty()) return bad(key);
    value = *std::move(parsed);
  }
  template <class E>
  void word(const char* key, std::optional<E>& value) {
    if (!quoted(key)) return;
    value = find<E>();
    if (!value) bad(key);
  }
  template <class E>
  void word(const char* key, E& value) {
    if (!quoted(key)) return;
    const auto found = find<E>();
    if (!found) return bad(key);
    value = *found;
  }
  void number(const char* key, std::uint64_t& value) { decimal(key, value); }
  void millis(const char* key, std::uint64_t& value) { decimal(key, value); }
  void required_number(const char* key, std::uint64_t& value) {
    if (!decimal(key, value)) bad(key);
  }
  void required_millis(const char* key, std::uint64_t& value) {
    if (!decimal(key, value)) bad(key);
  }
  void digest(const char* key, std::optional<base::Digest>& value) {
    if (!quoted(key)) return;
    const auto bytes = base::from_hex(value_);
    if (!bytes) return bad(key);
    keep(key, base::Digest::from(*bytes), value);
  }
  void error(const char* key, std::optional<base::Error>& value) {
    if (!quoted(key)) return;
    const std::string_view text = value_;
    const std::size_t colon = text.find(':');
    const bool has_field = colon != std::string_view::npos;
    const std::string_view field = has_field ? text.substr(colon + 1) : "";
    value_ = text.substr(0, colon);
    const auto code = find<Code>();
    if (!code || field.size() > base::FieldName::kMax) return bad(key);
    value = base::Error{*code, base::FieldName(field)};
  }
  void event(const char* key, Event& value) {
    if (!quoted(key)) return bad(key);
    keep(key, event_from_name(value_), value);
  }
  void time(const char* key, base::WallTime& value) {
    if (!quoted(key)) return bad(key);
    keep(key, base::from_rfc3339(value_), value);
  }

  [[nodiscard]] base::Result<> finish() const {
    if (bad_.view().empty() && rest_ == "}") return {};
    return base::fail(Code::kInvalid, bad_.view().empty() ? base::FieldName("entry") : bad_);
  }

 private:
  void bad(const char* key) {
    if (bad_.view().empty()) bad_ = key;
  }
  template <class T, class Out>
  void keep(const char* key, const base::Result<T>& parsed, Out& value) {
    if (!parsed) return bad(key);
    value = *parsed;
  }
  template <class E>
  [[nodiscard]] std::optional<E> find() const {
    for (int i = 0; i <= static_cast<int>(E::kLast); ++i) {
      if (base::name(static_cast<E>(i)) == value_) return static_cast<E>(i);
    }
    return std::nullopt;
  }
  // Takes `{"key":` or `,"key":` when it is next.
  bool take_key(std::string_view key) {
    const std::size_t size = key.size() + 4;
    if (rest_.size() < size || rest_[0] != (first_ ? '{' : ',') || rest_[1] != '"' ||
        rest_.substr(2, key.size()) != key || rest_[size - 2] != '"' || rest_[size - 1] != ':') {
      return false;
    }
    rest_.remove_prefix(size);
    first_ = false;
    return true;
  }
  bool quoted(const char* key) {
    if (!take_key(key)) return false;
    if (rest_.empty() || rest_[0] != '"') return bad(key), false;
    storage_.clear();
    std::size_t i = 1;
    while (i < rest_.size() && rest_[i] != '"') {
      if (rest_[i] == '\\') ++i;
      if (i < rest_.size()) storage_ += rest_[i++];
    }
    if (i >= rest_.size()) return bad(key), false;
    rest_.remove_prefix(i + 1);
    value_ = storage_;
    return true;
  }
  bool decimal(const char* key, std::uint64_t& value) {
    if (!take_key(key)) return false;
    const auto [end, code] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    if (code != std::errc{}) return bad(key), false;
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return true;
  }

  std::string_view rest_;
  bool first_ = true;
  std::string storage_;  // the last quoted value without its escapes
  std::string_view value_;
  base::FieldName bad_;
};

}  // namespace

base::Result<Entry> parse(std::string_view line) {
  if (line.size() > kLineMax) return base::fail(Code::kTooLong, "entry");
  Entry entry;
  Parser parser(line);
  for_each_field(parser, entry);
  TRY(parser.finish());
  // One entry, one spelling: whatever the parser was lenient about is refused here.
  if (TRY(write(entry)) != line) return base::fail(Code::kInvalid, "canonical");
  return entry;
}

}  // namespace audit
