// Request: one HTTP request as a page sees it. Everything is decoded, bounded and checked before a
// handler runs; nothing else of the wire reaches a page: no headers, no peer address (core knows
// the peer; forwarded-for headers are not even read).
#pragma once

#include <string>
#include <vector>

#include "base/fd.h"
#include "ipc/worker_self.h"
#include "web/form.h"
#include "web/language.h"

namespace web {

enum class Method : std::uint8_t { kGet, kHead, kPost };

struct Request {
  Method method = Method::kGet;    // HEAD reaches the row of GET, as kGet
  std::vector<std::uint64_t> ids;  // of {id} segments, left to right; never 0
  ipc::LinkToken link;             // of a {link} segment, else empty
  Form query;
  Form form;                      // POST only
  ipc::SessionToken session;      // of the cookie; empty: none
  ipc::DeviceToken device_token;  // of another one: which browser this is; empty: none
  ipc::Device device;             // what the browser says that it is
  Language language = Language::kJa;
  // "https://host:port" as the browser addressed us (the Host header, checked to be a host and a
  // port); only to tell people the address of a one-time link.
  std::string origin;
  // ---- of another system
  std::string_view body;  // JSON as sent; read by web/json.h only
  std::string idempotency_key;

  // The id of the nth {id} segment; that the pattern has so many is the row's business (a bug if
  // not).
  template <class Id>
  [[nodiscard]] Id id(std::size_t index = 0) const {
    ASSERT(index < ids.size());
    return Id{ids[index]};
  }
  // A second copy of the session's token for one message.
  [[nodiscard]] ipc::SessionToken token() const;
  [[nodiscard]] ipc::LinkToken link_token() const;
  // The session and the form's `csrf` field. What is missing or malformed comes out empty: core
  // decides.
  [[nodiscard]] ipc::Auth auth() const;
};

}  // namespace web
