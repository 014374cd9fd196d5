"""Certificates and revocation lists: why one was not read or taken, and what came out of checking one."""

from __future__ import annotations

from collections.abc import Mapping

from ebidadmin.domain.certificates import CheckOutcome, CheckReason

CERTIFICATES: Mapping[str, str] = {
    "certificate-empty": "証明書のファイルが空です。ファイルを確かめてください。",
    "certificate-too-large": "証明書としては大きすぎるファイルです({limit}KBまで)。ファイルを確かめてください。",
    "certificate-other-file": "これは証明書ではありません({found})。証明書のファイルを選んでください。",
    "certificate-unreadable": "証明書の「{part}」を読み取れません。カード又はファイルを確かめ、認証局にお問い合わせください。",
    "trust-folder-missing": "信頼する認証局のフォルダー「{folder}」がありません。場所を確かめてください。",
    "trust-file-unreadable": "認証局の証明書「{file}」を読み取れません。認証局から受け取り直してください。",
    "crl-empty": "失効リストのファイルが空です。認証局から受け取り直してください。",
    "crl-too-large": "失効リストとしては大きすぎます({limit}MBまで)。取得先を確かめてください。",
    "crl-other-file": "これは失効リストではありません。取得先を確かめてください。",
    "crl-unreadable": "失効リストが壊れています。認証局から受け取り直してください。",
    "crl-signer-unknown": (
        "「{issuer}」の失効リストに、信頼する認証局の署名がありません。取り込んでいません。取得先を確かめてください。"
    ),
    "crl-from-future": "「{issuer}」の失効リストは先の日時({at})のものです。パソコンの日時を確かめてください。",
    "crl-out-of-date": "「{issuer}」の失効リストは古く({until}まで)、取り込んでいません。新しいものを受け取ってください。",
    "crl-not-newer": "「{issuer}」の失効リストは、いまあるもの({at})より新しくないため、取り込んでいません。取得先を確かめてください。",
    "crl-folder-unwritable": "失効リストのフォルダー「{folder}」に書き込めません。権限と空き容量を確かめてください。",
    "crl-address-refused": "「{url}」から失効リストは取得できません。http:// か https:// で始まる場所を指定してください。",
    "crl-too-slow": "「{url}」から{seconds}秒以内に失効リストを取得できません。後でもう一度行うか、ファイルで受け取ってください。",
    "crl-redirected": "「{url}」は何度も別の場所へ移されるため、取得をやめました。認証局に場所を確かめてください。",
    "crl-refused": "「{url}」のサーバーが失効リストを渡しません。認証局に場所を確かめてください。",
    "crl-unreachable": "「{url}」に接続できないか、途中で切れました。通信を確かめるか、ファイルで受け取ってください。",
    "crl-sources-missing": "失効リストの取得先が一つもわかりません。場所かファイルを指定してください。",
}

PARTS: Mapping[str, str] = {
    "form": "全体の形",
    "base64": "文字で書かれた本体(Base64)",
    "signature": "署名",
    "serial": "証明書シリアル番号",
    "algorithm": "署名の方式",
    "issuer": "証明書発行者",
    "validity": "証明書有効期限",
    "subject": "主体者名",
    "key": "公開鍵",
    "extension": "拡張項目",
    "key-usage": "鍵の用途",
    "policies": "証明書ポリシー",
    "alternative-name": "主体者別名",
    "distribution-point": "失効リストの場所",
}
"""What of a certificate could not be read."""

FILES: Mapping[str, str] = {
    "web-page": "ウェブページです",
    "private-key": "秘密鍵です。ほかの人に渡さないでください",
    "certificate-bundle": "証明書の束(PKCS#7)です",
    "certificate-request": "証明書の発行申請です",
    "unknown-file": "ほかの種類のファイルです",
}
"""What a file is instead of a certificate."""

OUTCOMES: Mapping[CheckOutcome, str] = {
    CheckOutcome.GOOD: "有効",
    CheckOutcome.REVOKED: "失効",
    CheckOutcome.EXPIRED: "期限切れ",
    CheckOutcome.NOT_YET_VALID: "期限前",
    CheckOutcome.INVALID: "検証不可",
    CheckOutcome.UNCHECKED: "未確認",
}

REASONS: Mapping[CheckReason, str] = {
    CheckReason.GOOD: "失効リストに載っていません。",
    CheckReason.REVOKED: "認証局が失効させました。このカードは使えません。持ち主に、認証局で新しいカードを作るよう案内してください。",
    CheckReason.EXPIRED: "有効期限が過ぎています。持ち主に、認証局で新しいカードを作るよう案内してください。",
    CheckReason.NOT_YET_VALID: "有効期間がまだ始まっていません。パソコンの日時を確かめ、正しければ始まる日まで待ってください。",
    CheckReason.CRL_MISSING: "認証局の失効リストがないため、失効しているか確かめていません。失効リストを取り込んでください。",
    CheckReason.CRL_STALE: "認証局の失効リストが古いため、失効しているか確かめていません。新しい失効リストを取り込んでください。",
    CheckReason.CRL_UNUSABLE: (
        "失効リストはありますが、この証明書について信頼できるものがありません。認証局から新しい失効リストを取り込んでください。"
    ),
    CheckReason.UNREADABLE: "証明書を読み取れません。カード又はファイルを確かめてください。",
    CheckReason.TRUST_MISSING: "信頼する認証局が一つも置かれていません。管理者に連絡してください。",
    CheckReason.CHAIN_UNKNOWN: "信頼する認証局につながりません。使える認証局のカードか、管理者に確かめてください。",
    CheckReason.CHAIN_REFUSED: "認証局までのつながりが規則に合いません。認証局にお問い合わせください。",
    CheckReason.SIGNATURE_WRONG: "認証局の署名と合いません。内容が書き換えられたおそれがあります。使わないでください。",
    CheckReason.ALGORITHM_REFUSED: "署名の方式が古く、信頼できません。認証局にお問い合わせください。",
    CheckReason.ALGORITHM_MISMATCH: "署名の方式が証明書の内と外で違います。使わないでください。",
    CheckReason.ISSUER_EXPIRED: "認証局の証明書の有効期限が過ぎています。管理者に連絡してください。",
    CheckReason.ISSUER_NOT_YET_VALID: "認証局の証明書の有効期間がまだ始まっていません。パソコンの日時を確かめてください。",
    CheckReason.ISSUER_REVOKED: "認証局の証明書が失効しています。使わないでください。認証局にお問い合わせください。",
    CheckReason.AUTHORITY_ITSELF: "これは認証局自身の証明書です。カードの証明書を選んでください。",
    CheckReason.KEY_REFUSED: "公開鍵が基準(RSA 2048ビット以上、又は名前のある楕円曲線)に合いません。認証局にお問い合わせください。",
    CheckReason.SERIAL_REFUSED: "証明書シリアル番号が正の数ではありません。認証局にお問い合わせください。",
    CheckReason.USE_REFUSED: "この証明書の鍵は、求められた用途に使えません。カードの中の別の証明書か確かめてください。",
    CheckReason.POLICY_MISSING: "この認証局の証明書に必要なポリシーがありません。使える種類のカードか、認証局にお問い合わせください。",
    CheckReason.CHECK_FAILED: "検証の途中で誤りが起きたため、有効とはみなしません。管理者に連絡してください。",
    CheckReason.CHECK_TOOK_TOO_LONG: "検証が決められた時間内に終わらなかったため、有効とはみなしません。もう一度行ってください。",
}
"""Why a check came out as it did, and what to do."""

REVOCATIONS: Mapping[str, str] = {
    "unspecified": "理由の記載なし",
    "key-compromise": "鍵の漏えいのおそれ",
    "ca-compromise": "認証局の鍵の漏えいのおそれ",
    "affiliation-changed": "記載内容の変更",
    "superseded": "新しい証明書への切替え",
    "cessation-of-operation": "利用の終わり",
    "certificate-hold": "一時停止",
    "privilege-withdrawn": "権限の取消し",
    "aa-compromise": "属性認証局の鍵の漏えいのおそれ",
}
"""Reasons for which a certificate was revoked."""
