"""What became of mails: sentences for refusals of the mail server, and the words for the state of a mail on screens."""

from __future__ import annotations

from collections.abc import Mapping

from ebidadmin.domain.mails import MailState, OutboxMail

MAIL_SERVER: Mapping[str, str] = {
    "smtp-unreachable": (
        "メールサーバー {server} につながりません。"
        "host と port、ネットワークを確かめてください。自動でもう一度行います。"
    ),
    "smtp-timeout": "メールサーバー {server} が時間内に応答しません。ネットワークを確かめてください。自動でもう一度行います。",
    "smtp-service-refused": (
        "メールサーバー {server} がいまは受け付けません。"
        "自動でもう一度行います。続くときはサーバーの管理者に尋ねてください。"
    ),
    "smtp-tls-missing": (
        "メールサーバー {server} は暗号化(STARTTLS)に対応していません。"
        "何も送っていません。security を確かめてください。"
    ),
    "smtp-tls-failed": "メールサーバー {server} との通信を暗号化できません。何も送っていません。security と port を確かめてください。",
    "smtp-certificate-refused": (
        "メールサーバー {server} の証明書を確かめられません。"
        "何も送っていません。host と ca_file を確かめてください。"
    ),
    "smtp-login-unencrypted": (
        "メールサーバー {server} との通信が暗号化されないため、ログインできません。"
        "security を starttls か tls にしてください。"
    ),
    "smtp-login-unsupported": "メールサーバー {server} は、使えるログインの方法に対応していません。サーバーの管理者に尋ねてください。",
    "smtp-login-refused": (
        "メールサーバー {server} がログインを受け付けません。"
        "環境変数 EBIDADMIN_SMTP_USER と EBIDADMIN_SMTP_PASSWORD を確かめてください。"
    ),
    "smtp-login-incomplete": "環境変数 {variable} がありません。利用者名とパスワードを両方とも設定するか、両方とも消してください。",
    "smtp-login-unusable": "環境変数 {variable} に、ログインに使えない文字があります。半角の英数字と記号だけにしてください。",
    "smtp-unconfirmed": (
        "メールを渡しましたが、メールサーバー {server} の答えが届きませんでした。"
        "同じ Message-ID で自動でもう一度行います。"
    ),
    "smtp-cut": "メールを渡す途中で、メールサーバー {server} との接続が切れました。自動でもう一度行います。",
    "smtp-busy": "メールサーバー {server} がメールをいまは受け取れません。自動でもう一度行います。",
    "smtp-some-later": "メールサーバー {server} が宛先の一部をいまは受け取れないため、だれにも送っていません。自動でもう一度行います。",
    "smtp-sender-refused": (
        "メールサーバー {server} が差出人を受け付けません。"
        "sender を確かめ、「ebidadmin mail retry」でやり直してください。"
    ),
    "smtp-recipients-refused": "メールサーバー {server} が宛先を受け付けません。宛先を確かめ、電話などで知らせてください。",
    "smtp-some-refused": (
        "メールサーバー {server} が宛先の一部を受け付けません。"
        "ほかの宛先には送りました。受け取れない宛先には電話などで知らせてください。"
    ),
    "smtp-content-refused": (
        "メールサーバー {server} がメールの内容を受け付けません。"
        "サーバーの管理者に尋ね、業者には電話などで知らせてください。"
    ),
}
"""Sentences about one failure, for the terminal and for notices."""

REASONS: Mapping[str, str] = {
    "mail-not-writable": "宛先か件名をメールに書けない",
    "mail-folder": "送信フォルダーに書けない",
    "smtp-unreachable": "メールサーバーにつながらない",
    "smtp-timeout": "メールサーバーが応答しない",
    "smtp-service-refused": "メールサーバーが受付を止めている",
    "smtp-tls-missing": "メールサーバーが暗号化に対応していない",
    "smtp-tls-failed": "メールサーバーとの通信を暗号化できない",
    "smtp-certificate-refused": "メールサーバーの証明書を確かめられない",
    "smtp-login-unencrypted": "暗号化なしではログインできない",
    "smtp-login-unsupported": "ログインの方法がメールサーバーと合わない",
    "smtp-login-refused": "メールサーバーにログインできない",
    "smtp-unconfirmed": "渡した後の答えが届かない。届いているかもしれない",
    "smtp-cut": "渡す途中で接続が切れた",
    "smtp-busy": "メールサーバーがいまは受け取れない",
    "smtp-some-later": "宛先の一部がいまは受け取れない。まだだれにも送っていない",
    "smtp-sender-refused": "メールサーバーが差出人を受け付けない",
    "smtp-recipients-refused": "メールサーバーが宛先を受け付けない",
    "smtp-some-refused": "宛先の一部を受け付けない。ほかの宛先には送信済み",
    "smtp-content-refused": "メールサーバーが内容を受け付けない",
}
"""Why a mail has not left, by the code that is kept of it."""

UNKNOWN_REASON = "理由コード {code}"

WAITING = "送信待ち"
WAITING_AGAIN = "再送待ち"
SENT = "送信済み"
GAVE_UP = "送信断念"


def reason(code: str) -> str:
    """Why a mail has not left; a code of another version is named as it is."""
    return REASONS.get(code) or UNKNOWN_REASON.format(code=code)


def state(mail: OutboxMail) -> str:
    """The state of a mail, with the reason where it has not left; sending is never promised."""
    if mail.state is MailState.SENT:
        return SENT
    if mail.state is MailState.GAVE_UP:
        return f"{GAVE_UP}({reason(mail.last_error)})"
    # Tries are counted anew when a person has it tried again: what failed before is settled.
    return f"{WAITING_AGAIN}({reason(mail.last_error)})" if mail.attempts else WAITING
