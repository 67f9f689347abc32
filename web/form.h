// A decoded form: names and values of a query string, of an application/x-www-form-urlencoded body
// or of the text parts of multipart/form-data. Decoded once, checked once: every name is a word of
// ours, every value is UTF-8 without control characters other than tab, CR and LF. Values may be
// secrets (passwords, numbers), so all bytes live in one buffer that is wiped; views into it end
// with the Form.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/secret.h"
#include "base/terms.h"
#include "base/text.h"
#include "ipc/buffer.h"

namespace web {

inline constexpr std::size_t kFormBytesMax = std::size_t{64} * 1024;  // encoded
inline constexpr std::size_t kFormFieldsMax = 2200;  // 2,000 ticked people and what is around them
inline constexpr std::size_t kFieldNameMax = 64;

class Form {
 public:
  struct Field {
    std::string_view name;
    std::string_view value;
  };

  Form() = default;
  // Holds secrets: one owner.
  Form(const Form&) = delete;
  Form& operator=(const Form&) = delete;
  Form(Form&&) = default;
  Form& operator=(Form&&) = default;

  // Adds a decoded field. kTooMany, kTooLong, or kInvalid for a name that is not [a-z0-9_-]{1,64}
  // or a value that is not text.
  base::Result<> add(std::string_view name, std::string_view value);

  [[nodiscard]] std::size_t size() const { return places_.size(); }
  [[nodiscard]] Field at(std::size_t index) const;
  [[nodiscard]] bool has(std::string_view name) const;
  // Every value of that name, in order (check boxes).
  [[nodiscard]] std::vector<std::string_view> all(std::string_view name) const;
  // The one value of that name; kMissing when there is none, kDuplicate when there are several. The
  // error's field is the name.
  [[nodiscard]] base::Result<std::string_view> one(std::string_view name) const;
  // The one value, or "" when there is none; several count as none.
  [[nodiscard]] std::string_view get(std::string_view name) const;

  // The one value as a bounded text (kInvalid with control characters); absent counts as empty.
  template <std::size_t N>
  [[nodiscard]] base::Result<base::Text<N>> text(std::string_view name) const {
    if (count(name) > 1) return base::fail(base::Code::kDuplicate, base::FieldName(name));
    return base::Text<N>::from(get(name), base::FieldName(name));
  }
  // The one value as a secret; absent counts as empty.
  template <std::size_t N>
  [[nodiscard]] base::Result<base::Secret<N>> secret(std::string_view name) const {
    if (count(name) > 1) return base::fail(base::Code::kDuplicate, base::FieldName(name));
    return base::Secret<N>::from(base::as_bytes(get(name)), base::FieldName(name));
  }
  // The one value as an id of 16 hexadecimal digits.
  template <class Id>
  [[nodiscard]] base::Result<Id> id(std::string_view name) const {
    return Id{TRY(base::id_from_text(TRY(one(name)), base::FieldName(name)))};
  }
  // Every value of that name as an id.
  template <class Id, std::size_t N>
  [[nodiscard]] base::Result<base::List<Id, N>> ids(std::string_view name) const {
    base::List<Id, N> out;
    for (const std::string_view value : all(name)) {
      TRY(out.push(Id{TRY(base::id_from_text(value, base::FieldName(name)))}));
    }
    return out;
  }
  // The one value as a decimal number up to `max`; absent: `otherwise`.
  [[nodiscard]] base::Result<std::uint64_t> number(std::string_view name, std::uint64_t max,
                                                   std::uint64_t otherwise) const;

 private:
  struct Place {
    std::uint32_t name = 0;
    std::uint32_t name_size = 0;
    std::uint32_t value = 0;
    std::uint32_t value_size = 0;
  };
  [[nodiscard]] std::size_t count(std::string_view name) const;
  [[nodiscard]] std::string_view slice(std::uint32_t at, std::uint32_t size) const;

  ipc::Buffer bytes_;
  std::vector<Place> places_;
};

// Decodes application/x-www-form-urlencoded (WHATWG URL 5.1), strictly: only [A-Za-z0-9*-._~+] and
// well-formed %XX, name=value pairs joined by single '&'. "" is the empty form.
base::Result<Form> parse_urlencoded(std::string_view text);
// What parse_urlencoded reads back as the same form.
std::string encode_urlencoded(const Form& form);
// One value or path segment, percent-encoded for a URL of ours.
std::string percent_encoded(std::string_view text);

// True for well-formed UTF-8 whose only control characters are tab, CR and LF.
bool is_form_text(std::string_view text);

}  // namespace web
