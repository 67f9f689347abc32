// HTML by construction: el("p", {{"class", "note"}}, person.name) is a paragraph whose every child
// and attribute value was escaped on its way in. Element and attribute names are literals, checked
// when compiling; what could carry script or style (on..., style, srcdoc, <script>, <style>) has no
// spelling here, and links are made of Url, which begins with a path of ours.
//
// There is no way to add markup that is a string: docs/design/0020-html-builder.md says why.
#pragma once

#include <charconv>
#include <concepts>
#include <initializer_list>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "web/markup.h"

namespace web {

namespace html_detail {
// Not constexpr: reaching one of these while compiling stops the compiler with its name.
void not_an_element_name();
void element_needs_its_own_function();
void not_an_attribute_name();
void attribute_needs_its_own_function();

consteval bool is_name(std::string_view text) {
  for (const char c : text) {
    const bool fits = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!fits && c != '-') return false;
  }
  return !text.empty();
}
consteval bool is_one_of(std::string_view text, std::initializer_list<std::string_view> list) {
  for (const std::string_view item : list) {
    if (item == text) return true;
  }
  return false;
}
}  // namespace html_detail

class Tag {
 public:
  template <std::size_t N>
  // NOLINTNEXTLINE(google-explicit-constructor)
  consteval Tag(const char (&text)[N]) : view_(text, N - 1) {
    if (!html_detail::is_name(view_)) html_detail::not_an_element_name();
    if (html_detail::is_one_of(
            view_, {"script", "style", "iframe", "object", "embed", "base", "link", "meta"})) {
      html_detail::element_needs_its_own_function();
    }
  }
  [[nodiscard]] constexpr std::string_view view() const { return view_; }

 private:
  std::string_view view_;
};

class AttributeName {
 public:
  template <std::size_t N>
  // NOLINTNEXTLINE(google-explicit-constructor)
  consteval AttributeName(const char (&text)[N]) : view_(text, N - 1) {
    if (!html_detail::is_name(view_)) html_detail::not_an_attribute_name();
    if (view_.starts_with("on") ||
        html_detail::is_one_of(view_, {"style", "srcdoc", "href", "src", "action", "formaction",
                                       "http-equiv", "ping", "background"})) {
      html_detail::attribute_needs_its_own_function();
    }
  }
  [[nodiscard]] constexpr std::string_view view() const { return view_; }

 private:
  friend class Attribute;
  struct Unchecked {};
  constexpr AttributeName(Unchecked /*why*/, std::string_view text) : view_(text) {}
  std::string_view view_;
};

// A path of ours and a query; every part percent-encoded on its way in (RFC 3986).
class Url {
 public:
  explicit Url(Literal path);
  // "#id": a place on the same page.
  static Url here(std::string_view id);
  // Appends "/" and the encoded text.
  Url&& segment(std::string_view text) &&;
  // Appends "?" or "&" and key=value. `with_some` leaves an empty value out.
  Url&& with(Literal key, std::string_view value) &&;
  Url&& with(Literal key, std::uint64_t value) &&;
  Url&& with_some(Literal key, std::string_view value) &&;
  Url&& fragment(Literal id) &&;
  [[nodiscard]] std::string_view view() const { return text_; }

 private:
  Url() = default;
  Markup text_;
  bool has_query_ = false;
};

// One attribute: a name and a value that outlives the call of el(). {"checked", flag} is present
// or absent; so is {"href", url} of a Url, which only links take.
class Attribute {
 public:
  template <std::convertible_to<std::string_view> V>
  Attribute(AttributeName name, const V& value) : name_(name.view()), value_(value) {}
  template <std::same_as<bool> B>
  Attribute(AttributeName name, B present) : name_(name.view()), present_(present) {}
  template <std::size_t N>
  Attribute(AttributeName name, const base::Text<N>& value)
      : name_(name.view()), value_(value.view()) {}
  // Absent when the value is empty.
  static Attribute some(AttributeName name, std::string_view value) {
    Attribute out(name, value);
    out.present_ = !value.empty();
    return out;
  }
  static Attribute href(const Url& url) { return {Internal{}, "href", url.view()}; }
  static Attribute action(const Url& url) { return {Internal{}, "action", url.view()}; }
  static Attribute formaction(const Url& url) { return {Internal{}, "formaction", url.view()}; }

  [[nodiscard]] std::string_view name() const { return name_; }
  [[nodiscard]] std::string_view value() const { return value_; }
  [[nodiscard]] bool present() const { return present_; }

 private:
  struct Internal {};
  Attribute(Internal /*why*/, std::string_view name, std::string_view value)
      : name_(name), value_(value) {}
  std::string_view name_;
  std::string_view value_;
  bool present_ = true;
};
using Attributes = std::initializer_list<Attribute>;

// A piece of a page: well-formed as long as it was made by the functions below.
class Html {
 public:
  Html() = default;
  // Text, escaped: & < > " ' become entities.
  explicit Html(std::string_view text) { put_escaped(text); }

  void add(const Html& html) { out_ += html.out_; }
  void add(std::string_view text) { put_escaped(text); }
  void add(const char* text) { put_escaped(text); }
  template <std::size_t N>
  void add(const base::Text<N>& text) {
    put_escaped(text.view());
  }
  template <std::unsigned_integral I>
    requires(!std::same_as<I, bool> && !std::same_as<I, char>)
  void add(I number) {
    put_number(number);
  }
  void add(const std::vector<Html>& list) {
    for (const Html& html : list) out_ += html.out_;
  }

  // Room for children of these, so that a page is not copied again and again as it grows.
  template <class... Children>
  void make_room(const Children&... children) {
    out_.reserve(out_.size() + (room(children) + ... + std::size_t{0}));
  }

  [[nodiscard]] std::string_view view() const { return out_; }
  [[nodiscard]] bool empty() const { return out_.empty(); }
  Markup release() && { return std::move(out_); }

 private:
  template <class... Children>
  friend Html el(Tag tag, Attributes attributes, const Children&... children);
  friend Html leaf(Tag tag, Attributes attributes);
  friend Html document(std::string_view language, const Html& head, const Html& body);
  friend Html stylesheet(std::string_view path);
  friend Html script(std::string_view path);
  friend Html meta(Literal name, Literal content);
  friend Html icon(std::string_view path);
  friend Html charset();
  void open(Tag tag, Attributes attributes, std::size_t content);
  void close(Tag tag);
  static std::size_t room(const Html& html) { return html.out_.size(); }
  static std::size_t room(std::string_view text) { return text.size(); }
  template <std::size_t N>
  static std::size_t room(const base::Text<N>& text) {
    return text.view().size();
  }
  template <std::unsigned_integral I>
  static std::size_t room(I /*number*/) {
    return 20;
  }
  static std::size_t room(const std::vector<Html>& list) {
    std::size_t out = 0;
    for (const Html& html : list) out += html.out_.size();
    return out;
  }
  void put_escaped(std::string_view text);
  void put_number(std::uint64_t number);
  void put_raw(std::string_view text) { out_ += text; }  // literals of html.cpp only
  Markup out_;
};

// <tag attributes>children</tag>
template <class... Children>
Html el(Tag tag, Attributes attributes, const Children&... children) {
  Html out;
  out.open(tag, attributes, (Html::room(children) + ... + std::size_t{0}));
  (out.add(children), ...);
  out.close(tag);
  return out;
}
template <class... Children>
Html el(Tag tag, const Children&... children) {
  return el(tag, Attributes{}, children...);
}
// <tag attributes>, for elements without content: input, br, hr, col, wbr.
Html leaf(Tag tag, Attributes attributes);
// The children one after the other, without an element around them.
template <class... Children>
Html all(const Children&... children) {
  Html out;
  out.make_room(children...);
  (out.add(children), ...);
  return out;
}
template <class... Children>
Html link(const Url& url, const Children&... children) {
  return el("a", {Attribute::href(url)}, children...);
}

Html document(std::string_view language, const Html& head, const Html& body);
Html stylesheet(std::string_view path);
Html script(std::string_view path);  // external, deferred
Html icon(std::string_view path);
Html meta(Literal name, Literal content);
Html charset();

}  // namespace web
