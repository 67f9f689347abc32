#include "web/passkeys.h"

namespace web {

namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr Say kFailed{
    "パスキーを使えませんでした。もう一度試すか、パスワードと認証コードを使ってください。",
    "The passkey could not be used. Try again, or use your password and a code."};

template <std::size_t N>
base::Result<base::Bytes<N>> bytes_of(const Request& request, std::string_view name) {
  auto bytes = TRY(from_base64url(request.form.get(name), "passkey"));
  if (bytes.size() > N) return base::fail(base::Code::kInvalid, "passkey");
  return base::Bytes<N>::adopt(std::move(bytes));
}

}  // namespace

std::string base64url(base::ByteSpan bytes) {
  std::string out;
  std::uint32_t buffer = 0;
  unsigned bits = 0;
  for (const std::uint8_t byte : bytes) {
    buffer = (buffer << 8U) | byte;
    bits += 8;
    while (bits >= 6) {
      bits -= 6;
      out += kAlphabet[(buffer >> bits) & 63U];
    }
    buffer &= (1U << bits) - 1;
  }
  if (bits > 0) out += kAlphabet[(buffer << (6 - bits)) & 63U];
  return out;
}

base::Result<std::vector<std::uint8_t>> from_base64url(std::string_view text,
                                                       base::FieldName field) {
  std::vector<std::uint8_t> out;
  std::uint32_t buffer = 0;
  unsigned bits = 0;
  for (const char c : text) {
    const auto value = kAlphabet.find(c);
    if (value == std::string_view::npos) return base::fail(base::Code::kInvalid, field);
    buffer = (buffer << 6U) | static_cast<std::uint32_t>(value);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    out.push_back(static_cast<std::uint8_t>(buffer >> bits));
    buffer &= (1U << bits) - 1;
  }
  // A last character that holds less than a byte, or bits that belong to none: another text of the
  // same bytes.
  if (bits >= 6 || buffer != 0) return base::fail(base::Code::kInvalid, field);
  return out;
}

Html passkey_button(const View& view, const ipc::Challenge& challenge, std::string_view text) {
  return el("div",
            {{"class", "passkey"},
             {"data-passkey", "get"},
             {"data-challenge", base64url(challenge.view())},
             {"hidden", true}},
            el("button", {{"type", "button"}, {"class", "button secondary"}}, text),
            el("p", {{"class", "error"}, {"role", "alert"}, {"hidden", true}}, view.t(kFailed)),
            hidden("pk-credential", ""), hidden("pk-user", ""), hidden("pk-client", ""),
            hidden("pk-data", ""), hidden("pk-signature", ""));
}

base::Result<std::optional<ipc::PasskeyAssertion>> assertion_of(const Request& request) {
  if (request.form.get("pk-signature").empty()) return std::nullopt;
  ipc::PasskeyAssertion out;
  out.credential = TRY(bytes_of<ipc::kCredentialIdMax>(request, "pk-credential"));
  out.user = TRY(bytes_of<64>(request, "pk-user"));
  out.client_data = TRY(bytes_of<2048>(request, "pk-client"));
  out.authenticator_data = TRY(bytes_of<1024>(request, "pk-data"));
  out.signature = TRY(bytes_of<512>(request, "pk-signature"));
  return out;
}

}  // namespace web
