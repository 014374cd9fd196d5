"""Why a card cannot be registered, changed or renewed, by code: what happened, what to do, whom to ask."""

from __future__ import annotations

from collections.abc import Mapping

CARD_RULES: Mapping[str, str] = {
    "certificate-registered": (
        "このICカードの証明書はすでに登録されています。連絡先を変えるときは「変更」を、新しいカードに替えるときは「ICカード更新」を選んでください。"
    ),
    "certificate-of-other": (
        "このICカードの証明書は、別の業者番号で登録されたものです。一つの証明書は一つの業者番号でだけ使えます。"
        "業者番号を確かめ、わからないときは窓口にお問い合わせください。"
    ),
    "certificate-expired": (
        "証明書の期限が切れています(有効期限 {not_after})。このICカードは登録できません。"
        "新しいICカードを認証局から取得し、「登録」を選んで新しいカードを登録してください。"
    ),
    "certificate-not-yet-valid": (
        "証明書の有効期間がまだ始まっていません({not_before}から)。その日を待つか、ICカードを発行した認証局にお問い合わせください。"
    ),
    "certificate-revoked": (
        "証明書は失効しています。このICカードは使えません。ICカードを発行した認証局に確かめ、新しいICカードを取得してください。"
    ),
    "certificate-invalid": (
        "証明書を確かめられないため、このICカードは登録できません。{why}わからないときは、ICカードを発行した認証局にお問い合わせください。"
    ),
    "certificate-unchecked": (
        "失効していないかを確かめられないICカードは、登録しない設定です。{why}確かめられるようになってから、やり直してください。"
    ),
    "certificate-not-on-card": (
        "手順の初めに読んだ証明書がカードリーダーのICカードにありません。同じICカードを差して、もう一度行ってください。"
    ),
    "card-other": (
        "手順の初めとは別のICカードです。初めのICカードを差し直すか、このカードで行うときは最初からやり直してください。"
    ),
    "card-same": "前のICカードと同じカードです。新しいICカードを差してください。",
    "card-not-registered": "このICカードは登録されていません。「登録」を選んで、利用者登録を行ってください。",
    "card-not-usable": "このICカードの登録は「{state}」なので、手続きできません。窓口にお問い合わせください。",
    "cards-at-limit": "この業者番号には、登録できる枚数({limit}枚)のICカードがすでにあります。窓口にお問い合わせください。",
    "proof-missing": (
        "PIN番号の確認から時間がたったか、画面を開き直したため、登録できません。何も登録していません。PIN番号をもう一度入力してください。"
    ),
    "proof-mismatch": "ICカードの答えが、求めたものと違います。ICカードを差し直し、PIN番号の入力からやり直してください。",
    "register-record-changed": (
        "検索した後に資格審査情報の内容が変わりました。何も登録していません。「戻る」で検索に戻り、もう一度確かめてください。"
    ),
    "nothing-changed": "変わったところがありません。変える項目を直してから進んでください。",
}

ID_RULES: Mapping[str, str] = {
    "credentials-wrong": (
        "ユーザーIDとパスワードの組合せが正しくありません。続けて間違えるとロックされます。ロック中や停止中のIDでは、正しく入力しても同じ表示です。"
        "忘れたとき、心当たりのないときは窓口にお問い合わせください。"
    ),
    "id-locked": "このIDはロックされています。本人確認のうえ解除しますので、窓口にお問い合わせください。",
    "id-suspended": "このIDは停止されています。窓口にお問い合わせください。",
    "code-wrong": (
        "業者番号と、通知書の一度だけの番号の組合せが正しくないか、番号の期限が過ぎています。通知書を確かめてください。"
        "使えないときは、窓口で新しい通知書を申し込んでください。"
    ),
    "code-none": "使える一度だけの番号がありません。窓口で新しい通知書を申し込んでください。",
    "id-change": "入力内容に誤りがあります。印のついた項目を直してください。",
}
"""Why an ID cannot be used or changed; what is said of a wrong one is the same whether it exists or not."""
