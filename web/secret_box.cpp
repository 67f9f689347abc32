#include "web/secret_box.h"

#include "base/secret_access.h"
#include "web/qr.h"

namespace web {

namespace {

constexpr Say kScan{
    "認証アプリでこの図を読み取るか、下の文字を手で入力してください（TOTP・6桁・30秒）。",
    "Scan this with your authenticator app, or type the text below (TOTP, 6 digits, "
    "30 seconds)."};
constexpr Say kQrLabel{"認証アプリに登録する QR コード", "QR code for the authenticator app"};
constexpr Say kSecret{"手で入力する文字", "Text to type"};

// RFC 4648 section 6, without padding: what authenticator apps take.
Markup base32(base::ByteSpan bytes) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  Markup out;
  std::uint32_t buffer = 0;
  unsigned bits = 0;
  for (const std::uint8_t byte : bytes) {
    buffer = (buffer << 8U) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      out += kAlphabet[(buffer >> bits) & 31U];
    }
    buffer &= (1U << bits) - 1;
  }
  if (bits > 0) out += kAlphabet[(buffer << (5 - bits)) & 31U];
  return out;
}

Markup in_groups_of_four(std::string_view text) {
  Markup out;
  for (std::size_t at = 0; at < text.size(); at += 4) {
    if (at > 0) out += ' ';
    out += text.substr(at, 4);
  }
  return out;
}

// The key URI that authenticator apps know: otpauth://totp/ISSUER:ACCOUNT?secret=...&issuer=...
Markup key_uri(std::string_view login, std::string_view secret) {
  Markup out = "otpauth://totp/Kagikura:";
  out += percent_encoded(login);
  out += "?secret=";
  out += secret;
  out += "&issuer=Kagikura&algorithm=SHA1&digits=6&period=30";
  return out;
}

}  // namespace

Html secret_box(const View& view, std::string_view login, const ipc::Secret<20>& totp) {
  const Markup secret = base32(totp.read(base::secret_access()));
  return all(
      el("p", view.t(kScan)),
      el("div", {{"class", "qr-box"}}, qr_svg(key_uri(login, secret), view.t(kQrLabel))),
      el("p", view.t(kSecret), ": ", el("code", {{"class", "secret"}}, in_groups_of_four(secret))));
}

}  // namespace web
