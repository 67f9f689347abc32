#include "audit/entry.h"

#include <boost/test/unit_test.hpp>

#include "tests/audit/sample.h"

namespace {

using audit::Entry;
using base::Code;

Entry full() {
  Entry e;
  e.n = 41;
  e.t = {1'790'000'000'123};
  e.run = 5;
  e.back = 7;
  e.event = base::AuditEvent::kRevealIntent;
  e.account = {2};
  e.role = base::Role::kHandler;
  e.zone = base::Zone::kHandling;
  e.peer = base::Text<45>::literal("2001:db8::1");
  e.session = {3};
  e.login = base::Text<64>::literal("事\"務\\");
  e.tenant = {1};
  e.person = {4};
  e.purpose = base::Purpose::kTax;
  e.form = base::Form::kWithholdingSlip;
  e.period = base::Text<16>::literal("2026");
  e.grant = {5};
  e.act = base::StepUpAct::kReveal;
  e.shelf = {6};
  e.shelf_to = {7};
  e.version = 8;
  e.epoch = 9;
  e.ref = 10;
  e.of = 11;
  e.count = 12;
  e.action = base::Text<32>::literal("reveal");
  e.error = base::Error{Code::kDenied, "pin"};
  e.digest = base::Digest();
  e.origin = base::Text<64>::literal("log.example.jp");
  e.model = base::Text<64>::literal("model");
  e.mechanism = base::Text<32>::literal("aes-gcm");
  return e;
}

constexpr std::string_view kFull =
    R"({"account":"0000000000000002","act":"reveal","action":"reveal","back":7,"count":12,")"
    R"(digest":"0000000000000000000000000000000000000000000000000000000000000000","epoch":9)"
    R"(,"error":"denied:pin","event":"reveal.intent","form":"withholding_slip","grant":"000)"
    R"(0000000000005","login":"事\"務\\","mechanism":"aes-gcm","model":"model","n":41,"of)"
    R"(":11,"origin":"log.example.jp","peer":"2001:db8::1","period":"2026","person":"000000)"
    R"(0000000004","purpose":"tax","ref":"000000000000000a","role":"handler","run":5,"sessi)"
    R"(on":"0000000000000003","shelf":"0000000000000006","shelf_to":"0000000000000007","t":)"
    R"("2026-09-21T14:13:20.123Z","tenant":"0000000000000001","version":8,"zone":"handling")"
    R"(})";

constexpr std::string_view kLeast =
    R"({"event":"log.heartbeat","n":0,"run":0,"t":"2026-09-21T14:13:20.123Z"})";

}  // namespace

BOOST_AUTO_TEST_SUITE(audit_entry)

BOOST_AUTO_TEST_CASE(one_spelling) {
  BOOST_TEST(*audit::write(full()) == kFull);
  BOOST_TEST((*audit::parse(kFull) == full()));
  BOOST_TEST(audit::parse(kLeast).has_value());
}

BOOST_AUTO_TEST_CASE(every_sample_reads_back) {
  Sample sample(1, "log.example.jp");
  for (std::uint64_t n = 0; n < 2000; ++n) {
    Entry entry = sample.next(n);
    entry.n = n;
    const auto line = audit::write(entry);
    BOOST_REQUIRE(line.has_value());
    BOOST_TEST((audit::parse(*line) == entry));
  }
}

BOOST_AUTO_TEST_CASE(refuses_other_spellings) {
  const auto with = [](std::string_view from, std::string_view to) {
    std::string line(kLeast);
    const std::size_t at = line.find(from);
    BOOST_REQUIRE(at != std::string::npos);
    line.replace(at, from.size(), to);
    return line;
  };
  BOOST_TEST(!audit::parse(with(",", ", ")));
  BOOST_TEST(!audit::parse(with("}", "} ")));
  BOOST_TEST(!audit::parse(with("}", "")));
  BOOST_TEST(!audit::parse(with("\"n\":0", "\"n\":00")));
  BOOST_TEST(!audit::parse(with("\"n\":0", "\"n\":-0")));
  BOOST_TEST(!audit::parse(with("\"n\":0", "\"n\":0.0")));
  BOOST_TEST(!audit::parse(with("\"n\":0", "\"n\":0,\"n\":0")));
  BOOST_TEST(!audit::parse(with("\"n\":0,", "")));
  BOOST_TEST(!audit::parse(with("\"n\":0", "\"n\":\"0\"")));
  BOOST_TEST(!audit::parse(with("log.", "l\\u006fg.")));
  BOOST_TEST(!audit::parse(with("log.", "l\\og.")));
  BOOST_TEST(!audit::parse(with("heartbeat", "unknown")));
  BOOST_TEST(!audit::parse(with("2026-09-21", "2026-02-30")));
  BOOST_TEST(!audit::parse(with("\"run\"", "\"role\":\"none\",\"run\"")));
  BOOST_TEST(!audit::parse(with("\"run\"", "\"person\":\"0000000000000000\",\"run\"")));
  BOOST_TEST(!audit::parse(with("\"run\"", "\"peer\":\"\",\"run\"")));
  BOOST_TEST(!audit::parse(with("\"run\"", "\"error\":\"denied:\",\"run\"")));
  BOOST_TEST(!audit::parse(with("{", "{\"count\":0,")));
  BOOST_TEST(!audit::parse(""));
}

BOOST_AUTO_TEST_CASE(refuses_what_looks_like_a_number) {
  Entry entry = full();
  for (const char* text : {"123456789018", "a123456789018b", "１２３４５６７８９０１８",
                           "123456７８９018", "0123456789012345"}) {
    BOOST_TEST(audit::number_shaped(text));
    entry.login = base::Text<64>::literal(text);
    const auto line = audit::write(entry);
    BOOST_TEST((!line && line.error() == base::Error{Code::kInvalid, "login"}));
  }
  for (const char* text : {"12345678901", "2026-11-22-090000", "12345a678901", "192.168.100.200"}) {
    BOOST_TEST(!audit::number_shaped(text));
  }
  entry = full();
  entry.count = 123'456'789'018;
  BOOST_TEST((audit::write(entry).error().field.view() == "count"));
  entry = full();
  entry.error = base::Error{Code::kInvalid, "123456789018"};
  BOOST_TEST((audit::write(entry).error().field.view() == "error"));
  entry.error = base::Error{Code::kInvalid, "a b"};
  BOOST_TEST((audit::write(entry).error().field.view() == "error"));
}

BOOST_AUTO_TEST_CASE(refuses_lines_that_are_too_long) {
  Entry entry = full();
  const std::string quotes(64, '"');
  entry.login = base::Text<64>::literal(quotes);
  entry.origin = base::Text<64>::literal(quotes);
  entry.model = base::Text<64>::literal(quotes);
  BOOST_TEST((audit::write(entry).error().code == Code::kTooLong));
}

BOOST_AUTO_TEST_CASE(each_outcome_has_its_intent) {
  int outcomes = 0;
  for (int i = 0; i <= static_cast<int>(base::AuditEvent::kLast); ++i) {
    const audit::Event event = static_cast<base::AuditEvent>(i);
    BOOST_TEST((audit::event_from_name(audit::event_name(event)) == event));
    const auto intent = audit::intent_of(event);
    outcomes += intent ? 1 : 0;
    BOOST_TEST((!intent || audit::is_intent(*intent)));
  }
  BOOST_TEST(outcomes == 10);
}

BOOST_AUTO_TEST_SUITE_END()
