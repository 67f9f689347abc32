#include "daemon/registry/change.h"

#include <algorithm>

namespace registry {

void Change::append(Change&& other) {
  submissions_.insert(submissions_.end(), other.submissions_.begin(), other.submissions_.end());
  numbers_.insert(numbers_.end(), other.numbers_.begin(), other.numbers_.end());
  mails_.insert(mails_.end(), other.mails_.begin(), other.mails_.end());
  throttles_.insert(throttles_.end(), other.throttles_.begin(), other.throttles_.end());
  for (Record& record : other.puts_) puts_.push_back(std::move(record));
}

store::Changes Change::writes() const {
  store::Changes out;
  std::vector<std::pair<store::KeyBytes, const Record*>> puts;
  puts.reserve(puts_.size());
  for (const Record& record : puts_) puts.emplace_back(key_of(record), &record);
  std::ranges::sort(puts);  // of equal keys the one put last comes last
  out.puts.reserve(puts.size());
  for (std::size_t i = 0; i < puts.size(); ++i) {
    if (i + 1 < puts.size() && puts[i + 1].first == puts[i].first) continue;
    out.puts.push_back({std::move(puts[i].first), encode_record(*puts[i].second)});
  }
  const auto erase = [&](store::KeyBytes key) {
    if (!std::ranges::binary_search(out.puts, key, {}, &store::Batch::Put::key)) {
      out.erases.push_back(std::move(key));
    }
  };
  for (const SubmissionId id : submissions_) erase(submission_key(id));
  for (const std::uint64_t id : throttles_) erase(throttle_key(id));
  for (const ipc::MailId id : mails_) erase(mail_key(id));
  for (const NumberKey& number : numbers_) erase(number_key(number.person, number.purpose));
  return out;
}

}  // namespace registry
