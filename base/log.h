// The operational log: one line an event on standard error, which systemd hands to the journal with
// its priority. It is for operators; what auditors rely on is the audit log (audit/).
// A line is `event key=value ...`. Values are typed here so that no secret type can be passed.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "base/result.h"

namespace base {

enum class Level : std::uint8_t { kError = 3, kWarning = 4, kNotice = 5, kInfo = 6 };

struct LogField {
  std::string_view key;
  std::string value;
  LogField(std::string_view k, std::string_view v) : key(k), value(v) {}
  LogField(std::string_view k, const char* v) : key(k), value(v) {}
  LogField(std::string_view k, std::int64_t v) : key(k), value(std::to_string(v)) {}
  LogField(std::string_view k, const Error& e)
      : key(k), value(std::string(name(e.code)) + "/" + std::string(e.field.view())) {}
};

class Log {
 public:
  // `program` prefixes each line off systemd; under systemd the journal knows the unit.
  explicit Log(std::string program);
  void write(Level level, std::string_view event,
             std::initializer_list<LogField> fields = {}) const;
  void info(std::string_view event, std::initializer_list<LogField> fields = {}) const {
    write(Level::kInfo, event, fields);
  }
  void warn(std::string_view event, std::initializer_list<LogField> fields = {}) const {
    write(Level::kWarning, event, fields);
  }
  void error(std::string_view event, std::initializer_list<LogField> fields = {}) const {
    write(Level::kError, event, fields);
  }

 private:
  std::string program_;
  bool journal_ = false;
};

}  // namespace base
