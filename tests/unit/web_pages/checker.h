// Looks at a page as a strict reader would: tags balanced, attributes quoted and allowed, ids
// unique, references resolved, one <h1>. Knows only what our own builder writes.
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace tests {

class PageChecker {
 public:
  // Sentences about what is wrong; empty when nothing is.
  static std::vector<std::string> check(std::string_view page) {
    PageChecker checker(page);
    checker.walk();
    checker.judge();
    return checker.faults_;
  }

 private:
  explicit PageChecker(std::string_view page) : rest_(page) {}

  static bool is_one_of(std::string_view word, std::initializer_list<std::string_view> list) {
    return std::find(list.begin(), list.end(), word) != list.end();
  }

  void walk() {
    while (!rest_.empty()) {
      const auto at = rest_.find('<');
      if (rest_.substr(0, at).find('>') != std::string_view::npos) fault("a bare > in text");
      if (at == std::string_view::npos) break;
      rest_.remove_prefix(at + 1);
      const auto end = rest_.find('>');
      if (end == std::string_view::npos) return fault("a tag does not end");
      tag(rest_.substr(0, end));
      rest_.remove_prefix(end + 1);
    }
    for (const auto& name : open_) fault("not closed: " + name);
  }

  void tag(std::string_view text) {
    if (text.starts_with("!DOCTYPE")) return;
    if (text.starts_with('/')) {
      const std::string name(text.substr(1));
      if (open_.empty() || open_.back() != name) return fault("closed out of order: " + name);
      open_.pop_back();
      return;
    }
    const auto space = text.find(' ');
    const std::string name(text.substr(0, space));
    ++counts_[name];
    attributes(name, space == std::string_view::npos ? "" : text.substr(space + 1));
    if (!is_one_of(name, {"input", "br", "meta", "link", "hr"})) open_.push_back(name);
  }

  void attributes(const std::string& tag, std::string_view text) {
    std::set<std::string> seen;
    while (!text.empty()) {
      const auto equals = text.find("=\"");
      if (equals == std::string_view::npos) return fault("unquoted attribute in " + tag);
      const std::string name(text.substr(0, equals));
      text.remove_prefix(equals + 2);
      const auto end = text.find('"');
      if (end == std::string_view::npos) return fault("attribute does not end in " + tag);
      attribute(tag, name, std::string(text.substr(0, end)));
      if (!seen.insert(name).second) fault("twice in " + tag + ": " + name);
      text.remove_prefix(end + 1);
      if (!text.empty() && text[0] == ' ') text.remove_prefix(1);
    }
  }

  void attribute(const std::string& tag, const std::string& name, const std::string& value) {
    if (name.starts_with("on") || is_one_of(name, {"style", "srcdoc"})) fault("inline: " + name);
    if (name == "id" && !ids_.insert(value).second) fault("id twice: " + value);
    if (name == "for") wanted_.push_back(value);
    if (name == "aria-describedby") {
      for (std::string_view rest = value; !rest.empty();) {
        const auto blank = rest.find(' ');
        wanted_.emplace_back(rest.substr(0, blank));
        rest = blank == std::string_view::npos ? "" : rest.substr(blank + 1);
      }
    }
    const bool is_url = is_one_of(name, {"href", "src", "action", "formaction"});
    if (is_url && value.starts_with('#')) wanted_.push_back(value.substr(1));
    if (is_url &&
        (value.empty() || (value[0] != '/' && value[0] != '#') || value.starts_with("//"))) {
      fault("leads away: " + value);
    }
    if (tag == "form" && name == "method") forms_ += value == "post" ? 1 : 0;
  }

  void judge() {
    if (counts_["h1"] != 1) fault("h1: " + std::to_string(counts_["h1"]));
    for (const char* once : {"html", "title", "main", "header", "footer"}) {
      if (counts_[once] != 1) fault(std::string("not once: ") + once);
    }
    for (const std::string& id : wanted_) {
      if (!ids_.contains(id)) fault("refers to nothing: " + id);
    }
  }

  void fault(const std::string& text) { faults_.push_back(text); }

  std::string_view rest_;
  std::vector<std::string> open_;
  std::map<std::string, int> counts_;
  std::set<std::string> ids_;
  std::vector<std::string> wanted_;
  std::vector<std::string> faults_;
  int forms_ = 0;
};

}  // namespace tests
