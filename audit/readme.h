// The README.txt of an export: for who opens it without having read anything else.
#pragma once

#include <string_view>

namespace audit {

inline constexpr std::string_view kReadme =
    R"(鍵蔵 (Kagikura) 監査ログの書き出し / audit log export

このフォルダーの内容が改変されていないことは、装置なしで確認できます。
You can check without the appliance that nothing in this folder was changed.

1. 専用コマンド / with our command
     kagikura verify THIS.tar --key log.vkey --checkpoint SAVED
   --key には、このフォルダーとは別の経路で受け取った log.vkey を指定します。
   指定しない場合は、表示される鍵の指紋を、装置のコンソールの表示と見比べてください。
   --checkpoint には、以前に保存したチェックポイントを指定します。
   末尾の切り捨てや巻き戻しは、以前のチェックポイントがあって初めて分かります。
   For --key give a log.vkey that you received by another way than this folder, or compare
   the fingerprint that is shown with the one on the appliance's console. For --checkpoint
   give a checkpoint that you saved before: only that shows whether the end was cut off or
   the log was rolled back.

2. OpenSSL だけで / with OpenSSL alone
     openssl cms -verify -binary -inform DER -in manifest.p7s -content manifest.json \
       -CAfile cert.pem -purpose any -out checked.json
   manifest.json には、全ファイルの SHA-256 が書かれています (sha256sum と比べられます)。
   manifest.json lists the SHA-256 of every file; compare with sha256sum.

ファイル / files
   log/*.jsonl    記録。1行が1件 / the entries, one a line
   checkpoint     件数とルートハッシュ、署名つき / size and root hash, signed (C2SP tlog-checkpoint)
   tile/          ハッシュ木 / the hash tree (C2SP tlog-tiles)
   earlier/       以前に署名したチェックポイント / checkpoints signed before
   proof/         それらと整合する証明 / proofs that the log only grew
   log.vkey key.pem cert.pem   検証用の公開鍵と証明書 / the public key and its certificate
   manifest.json manifest.p7s  全ファイルの一覧とその署名 / list of all files, and its signature

個人番号は、この中のどこにもありません。
No Individual Number is anywhere in here.
)";

}  // namespace audit
