#include "console/terminal.h"

#include <fcntl.h>
#include <unistd.h>
#include <boost/test/unit_test.hpp>

#include "base/fd.h"
#include "base/secret_access.h"
#include "console/texts.h"

namespace {

// A terminal that reads what is given and whose output can be read back.
struct Piped {
  base::Fd in_read, out_read, out_write;
  explicit Piped(std::string_view typed) {
    int in[2];
    int out[2];
    BOOST_REQUIRE(::pipe(in) == 0 && ::pipe(out) == 0);
    in_read = base::Fd(in[0]);
    const base::Fd in_write(in[1]);
    BOOST_REQUIRE(base::write_all(in_write, base::as_bytes(typed)).has_value());
    out_read = base::Fd(out[0]);
    out_write = base::Fd(out[1]);
  }
  console::Terminal terminal(console::Language language = console::Language::kEnglish) const {
    return {in_read.get(), out_write.get(), language};
  }
  std::string output() {
    out_write.reset();
    std::string all;
    char buffer[4096];
    ssize_t n = 0;
    while ((n = ::read(out_read.get(), buffer, sizeof buffer)) > 0) {
      all.append(buffer, static_cast<std::size_t>(n));
    }
    return all;
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(terminal)

BOOST_AUTO_TEST_CASE(lines_come_one_by_one_and_end_with_the_input) {
  Piped pipe("one\r\ntwo");
  auto terminal = pipe.terminal();
  BOOST_TEST(*terminal.ask({"?", "？"}) == "one");
  BOOST_TEST(*terminal.ask({"?", "？"}) == "two");
  BOOST_TEST(!terminal.ask({"?", "？"}).has_value());
}

BOOST_AUTO_TEST_CASE(a_line_over_the_limit_is_cut_and_its_rest_is_not_the_next_answer) {
  Piped pipe(std::string(console::Terminal::kLineMax + 50, 'x') + "\nnext\n");
  auto terminal = pipe.terminal();
  BOOST_TEST(terminal.ask({"?", "？"})->size() == console::Terminal::kLineMax);
  BOOST_TEST(*terminal.ask({"?", "？"}) == "next");
}

BOOST_AUTO_TEST_CASE(a_secret_is_never_shown_and_never_cut) {
  Piped pipe("synthetic-pin\n" + std::string(65, 'p') + "\n");
  auto terminal = pipe.terminal();
  const auto secret = terminal.ask_secret({"PIN", "PIN"});
  BOOST_REQUIRE(secret.has_value());
  BOOST_TEST(base::as_text(secret->read(base::secret_access())) == "synthetic-pin");
  BOOST_TEST(!terminal.ask_secret({"PIN", "PIN"}).has_value());
  BOOST_TEST(pipe.output().find("synthetic") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(only_a_full_yes_confirms) {
  for (const auto& [typed, agreed] : {std::pair{"yes\n", true},
                                      {"はい\n", true},
                                      {"y\n", false},
                                      {"YES\n", false},
                                      {"\n", false},
                                      {"", false}}) {
    Piped pipe(typed);
    auto terminal = pipe.terminal();
    BOOST_TEST(terminal.confirm({"Sure?", "よろしいですか？"}) == agreed, typed);
  }
}

BOOST_AUTO_TEST_CASE(english_is_ascii_and_both_languages_say_something_for_every_state_and_error) {
  const auto check = [](const console::Words& words) {
    BOOST_TEST(!std::string(words.ja).empty());
    for (const char* c = words.en; *c != 0; ++c) BOOST_TEST((*c >= ' ' && *c <= '~'));
    BOOST_TEST(std::string(words.en).size() > 3U);
  };
  for (unsigned i = 0; i <= static_cast<unsigned>(base::State::kLast); ++i) {
    check(console::words_of(static_cast<base::State>(i)));
  }
  for (unsigned i = 0; i <= static_cast<unsigned>(base::Code::kLast); ++i) {
    check(console::words_of(base::Error{static_cast<base::Code>(i), "x"}));
  }
}

BOOST_AUTO_TEST_SUITE_END()
