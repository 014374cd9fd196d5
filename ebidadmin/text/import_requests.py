"""Words of the second person: requests for the confirmation of a large import, and why something about them was refused."""

from __future__ import annotations

from collections.abc import Mapping

REQUESTS: Mapping[str, str] = {
    "second-person-needed": (
        "変更の多い取込なので、ほかの職員の確認が必要です。「{file}」は取り込んでいません。"
        "画面の「確認を依頼」か、ebidadmin qualification request FILE --layout {layout} で依頼してください。"
    ),
    "undo-needs-second-person": (
        "変更の多い取消なので、ほかの職員の確認が必要です。第{batch}版は取り消していません。"
        "画面の「確認を依頼」か、ebidadmin qualification request-undo {batch} で依頼してください。"
    ),
    "second-person-waiting": (
        "依頼{id}({by}さん)は、ほかの職員の確認を待っています。何も変わっていません。"
        "ほかの職員が画面か ebidadmin qualification confirm {id} で確認した後に、もう一度行ってください。"
    ),
    "own-request": (
        "依頼{id}は{by}さん自身のものなので、確認も差戻しもできません。ほかの職員に頼んでください。やめるときは取り下げてください。"
    ),
    "request-of-other": "依頼{id}は{by}さんのものなので、取り下げられるのは{by}さんだけです。差戻しを使ってください。",
    "request-open": "同じ内容の依頼{id}({by}さん)がすでにあります。その結果を待つか、その依頼を確認してください。",
    "request-not-needed": "「{file}」には、ほかの職員の確認は要りません。そのまま行ってください。",
    "request-stale": (
        "依頼{id}の後に資格審査情報かファイルの内容が変わったため、この依頼は使えません。何も変わっていません。"
        "もう一度ファイルを確かめ、依頼し直してください。"
    ),
}

SECTION = "ほかの職員の確認を待つ取込"
LEAD = "変更の多い取込と取消は、依頼した人とは別の職員が件数を確かめてから行います。"
EMPTY = "確認を待つ依頼はありません。"
HEADINGS = (
    "依頼",
    "状態",
    "内容",
    "追加",
    "変更",
    "名簿から外れる",
    "依頼した人",
    "依頼の日時",
    "期限",
    "操作",
)
NOTE = "説明"
HASH = "ハッシュ値(SHA-256)"
UNDERTAKINGS: Mapping[str, str] = {"import": "取込「{file}」", "undo": "第{version}版の取消"}
STATES: Mapping[str, str] = {
    "requested": "確認待ち",
    "confirmed": "{by}さんが確認済み",
    "lifetime": "期限切れ",
    "register-moved-on": "資格審査情報が変わったため無効",
}

BUTTON_REQUEST = "確認を依頼"
BUTTON_CONFIRM = "確認する"
BUTTON_DECLINE = "差し戻す"
BUTTON_WITHDRAW = "取り下げる"
BUTTON_CARRY_OUT = "実行する"
BUTTON_LEAVE = "やめる"
FIELD_NOTE = "確認する人への説明"
FIELD_NOTE_HINT = "どこから来たファイルか、なぜ変更が多いかを書いておくと、確認する人が判断できます。"
FIELD_WHY = "差し戻す理由"
WHY_MISSING = "差し戻す理由を書いてください。依頼した人に伝わります。"
OWN = "あなたの依頼です。ほかの職員の確認を待っています。"
OWN_CONFIRMED: Mapping[str, str] = {
    "import": "あなたの依頼です。同じファイルを選んで取り込んでください。",
    "undo": "あなたの依頼です。「これまでの取込」の「取り消す」から取り消してください。",
}

NOT_YET: Mapping[str, str] = {
    "import": "まだ取り込んでいません。ほかの職員が確認した後に、同じファイルを選んで取り込んでください。",
    "undo": "まだ取り消していません。ほかの職員が確認した後に、もう一度「取り消す」を押してください。",
}
NOW_POSSIBLE: Mapping[str, str] = {
    "import": "同じファイルを選んで取り込めます。",
    "undo": "「これまでの取込」の「取り消す」から取り消せます。",
}
NEEDED = "変更が多いため、ほかの職員の確認が必要です"
NEEDED_ITEM = "「確認を依頼」を押すと依頼が残ります。取り込むのは、ほかの職員が確認した後です。"
WAITING = "依頼{id}({by}さん、{at})は、ほかの職員の確認を待っています"
CONFIRMED = "依頼{id}は{by}さんが確認しました。取り込めます"


def declining(number: str) -> str:
    """The title of the form that asks for the reason."""
    return f"依頼{number}を差し戻す"


def question(number: str, what: str, by: str) -> str:
    """What the confirming person is asked."""
    return f"依頼{number}({by}さん): {what}を行ってよいことを確認しますか。"


def requested(number: str, until: str, kind: str) -> str:
    """A request was made."""
    return f"依頼{number}を残しました(期限 {until})。{NOT_YET[kind]}"


def confirmed(number: str, by: str, kind: str) -> str:
    """Another person's request was confirmed."""
    return f"依頼{number}を確認しました。{by}さんが{NOW_POSSIBLE[kind]}"


def declined(number: str, by: str) -> str:
    """Another person's request was declined."""
    return f"依頼{number}を差し戻しました。{by}さんに伝えてください。"


def withdrawn(number: str) -> str:
    """One's own request was taken back."""
    return f"依頼{number}を取り下げました。何も変わっていません。"


def undertaking(kind: str, *, file: str, version: int) -> str:
    """What is to be done."""
    return UNDERTAKINGS[kind].format(file=file, version=version)


def state(code: str, by: str | None) -> str:
    """How a request stands."""
    return STATES[code].format(by=by or "")
