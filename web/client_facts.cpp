#include "web/client_facts.h"

namespace web {

namespace {

constexpr Say kName{"名前", "Name"};
constexpr Say kLogin{"識別名", "Identifier"};
constexpr Say kRights{"権限", "Rights"};
constexpr Say kPurposes{"番号を依頼できる利用目的", "Purposes it may ask numbers for"};
constexpr Say kGroups{"所属", "Groups"};
constexpr Say kWholeFirm{"会社全体", "The whole firm"};
constexpr Say kKinds{"対象者の区分", "Kinds of person"};
constexpr Say kDays{"期間", "Days"};
constexpr Say kSubject{"証明書の主体者", "Subject of the certificate"};
constexpr Say kFingerprint{"証明書のSHA-256", "SHA-256 of the certificate"};
constexpr Say kNotAfter{"証明書の期限", "The certificate's end"};
constexpr Say kBad{"受け入れられない証明書です", "a certificate that is not accepted"};

template <class E>
Html words_of(const View& view, std::uint32_t bits) {
  std::vector<Html> items;
  for (std::uint8_t i = 0; i <= static_cast<std::uint8_t>(E::kLast); ++i) {
    if ((bits & (std::uint32_t{1} << i)) != 0) {
      items.push_back(el("li", view.t(say(static_cast<E>(i)))));
    }
  }
  return el("ul", {{"class", "plain"}}, items);
}

}  // namespace

Html rights_of(const View& view, const ipc::ClientGrant& grant) {
  return words_of<base::ApiRight>(view, grant.rights);
}

Html client_facts(const View& view, const ipc::ClientRow& client) {
  const std::string days = say_day(view.language, client.grant.first) + " – " +
                           say_day(view.language, client.grant.last);
  Html out = all(fact(view.t(kName), client.name.view()), fact(view.t(kLogin), client.login.view()),
                 fact(view.t(kRights), rights_of(view, client.grant)));
  std::vector<Html> groups;
  for (const auto& group : client.grant.groups) groups.push_back(el("li", group));
  out = all(out,
            groups.empty() ? fact(view.t(kGroups), view.t(kWholeFirm))
                           : fact(view.t(kGroups), el("ul", {{"class", "plain"}}, groups)),
            fact(view.t(kKinds), words_of<base::PersonKind>(view, client.grant.kinds)));
  if (client.grant.purposes != 0) {
    out = all(out, fact(view.t(kPurposes), words_of<base::Purpose>(view, client.grant.purposes)));
  }
  out = all(out, fact(view.t(kDays), days));
  if (client.subject.empty()) return facts(all(out, fact(view.t(kSubject), view.t(kBad))));
  return facts(all(out, fact(view.t(kSubject), client.subject.view()),
                   fact(view.t(kFingerprint), el("code", base::to_hex(client.fingerprint.view()))),
                   fact(view.t(kNotAfter), say_time(view.language, client.not_after))));
}

}  // namespace web
