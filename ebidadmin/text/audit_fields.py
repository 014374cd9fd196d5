"""What events of the trail carry, for people: the name of each value in Japanese, and the value as the screens write it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from ebidadmin.domain.events import Event, JsonMap, JsonValue, SubjectKind
from ebidadmin.domain.imports import ProblemKind
from ebidadmin.text import card_labels, formats, id_desk, imports, labels, permits, queue, registrations
from ebidadmin.text.card_labels import FOLLOW_UPS
from ebidadmin.text.home import ROLES
from ebidadmin.text.import_lists import reason_label
from ebidadmin.text.report_words import FAILURES, REPORTS
from ebidadmin.text.staff_words import PERMISSIONS, STAFF_STATES
from ebidadmin.text.typed_confirmation import MANNERS

YES, NO = "はい", "いいえ"
NUMBERED = "{year} 第{number}号"
PROBLEM = "{severity} {column} {reason} {count}件"

NAMES: Mapping[str, str] = {
    **imports.FIELDS,
    **labels.OTHER_LABELS,
    **labels.FIELD_LABELS,
    "state": "状態",
    "version": "版",
    "has_password": "パスワードの登録",
    "previous": "前回の申請",
    "register_seen": "見た資格審査情報の版",
    "document": "文書番号",
    "decided_at": "決定日時",
    "decided_by": "決定した人",
    "refusal_reasons": "不許可の理由",
    "reasons": "理由(コード)",
    "voided_at": "欠番処理の日時",
    "voided_by": "欠番処理をした人",
    "void_reason": "欠番処理の理由",
    "dispatch": "発送簿の行",
    "corrects": "訂正した行",
    "kind": "種類",
    "act": "依頼した処理",
    "permit": "利用申請書の番号",
    "permit_version": "利用申請書の版",
    "permit_digest": "利用申請書の内容の要約値",
    "wording": "文面",
    "requested_by": "依頼した人",
    "expires_at": "期限",
    "confirmed_by": "決裁・確認した人",
    "undertaking": "処理",
    "application": "申請番号",
    "registration_version": "IDの版",
    "mails_digest": "メールの内容の要約値",
    "cases": "まとめて承認する申請",
    "cases_digest": "申請の内容の要約値",
    "approved": "承認した申請",
    "left": "承認しなかった申請",
    "desk_request": "確認依頼の番号(審査)",
    "file_name": "ファイル",
    "file_hash": "ファイルの要約値",
    "layout": "レイアウト",
    "layout_digest": "レイアウトの要約値",
    "register_version": "資格審査情報の版",
    "added": "追加",
    "changed": "変更",
    "unchanged": "変更なし",
    "vanished": "名簿から消えた業者",
    "refused": "取り込まなかった行",
    "scale_warnings": "大きな変化の注意",
    "problems": "問題の件数",
    "problem_kinds": "問題の種類",
    "batch": "取込の番号",
    "undoes": "取り消した取込",
    "applied_by": "取り込んだ人",
    "fingerprint": "証明書の要約値",
    "serial": "証明書シリアル番号",
    "issuer": "証明書発行者",
    "not_after": "証明書有効期限",
    "company_name": "ICカード企業名称",
    "holder_name": "ICカード取得者氏名",
    "revocation": "失効の確認",
    "replaces": "前のICカード",
    "replaced_by": "新しいICカード",
    "failures": "続けて間違えた回数",
    "code_out": "一度だけの番号の発行中",
    "about_kind": "対象の種類",
    "about": "対象",
    "facts": "内容",
    "holder": "担当者",
    "until": "担当の期限",
    "taken_from": "前の担当者",
    "attempts": "送信した回数",
    "message_id": "メールの識別番号",
    "error": "エラー",
    "stamped_at": "タイムスタンプの日時",
    "step": "画面",
    "flow": "手順",
    "mode": "モード",
    "registration": "登録番号",
    "what": "できごとの細目",
    "verb": "しようとしたこと",
    "permission": "足りない権限",
    "findings": "所見",
    "door": "システム",
    "expected": "見ていた版",
    "found": "実際の版",
    "accepted": "認めた注意",
    "rehashed": "ハッシュ値の更新",
    "identity": "本人確認",
    "means": "方法",
    "void": "番号の失効",
    "password_changed": "パスワードの変更",
    "rules": "規則の版",
    "checked_with": "確認に使ったデータの版",
    "size": "件数",
    "root": "根の要約値",
    "kept": "署名付きの控えの保存",
    "since": "前回の検証までの件数",
    "first_bad": "最初の異常の連番",
    "seq": "連番",
    "with_values": "値を含む",
    "rows": "件数",
    "records": "件数",
    "erased": "消去した記録の数",
    "files": "消去するファイルの数",
    "digest": "要約値",
    "form": "形式",
    "states": "状態の絞り込み",
    "changed_since": "変更日時の絞り込み",
    "register": "資格審査情報の版",
    "template": "文面の版",
    "first": "期間の初日",
    "last": "期間の末日",
    "tags": "できごとの絞り込み",
    "person": "操作した人の絞り込み",
    "personal": "個人情報を含む",
    "proposal": "決裁依頼の番号",
    "request": "確認依頼の番号",
    "source": "取得元",
    "notice_days": "お知らせの日数",
    "login": "ログイン名",
    "display_name": "氏名",
    "second_person": "許可の二人での決裁",
    "cancel_second_person": "IDの取消の二人での確認",
    "roles": "役割",
    "title": "題名",
    "example": "見本のファイル",
    "name": "名前",
    "content": "内容",
    "advice": "助言",
    "scheduled_from": "定期作成の始まり",
    "with_key": "署名の鍵を含む",
    "made_at": "控えを作成した日時",
    "beyond": "外部の控えが知っている件数",
    "schema_from": "前の版",
    "schema_to": "新しい版",
    "moved_from": "前のデータベースの種類",
    "moved_to": "新しいデータベースの種類",
    "report": "帳票",
    "period": "対象",
    "attempt": "何回目の作成か",
    "due": "予定の日時",
    "as_of": "時点",
    "folder": "フォルダー",
    "place": "保存先の識別番号",
    "parameters": "指定",
    "failure": "失敗の理由",
    "detail": "くわしい理由",
    "file": "ファイル",
    "manner": "確認の方法",
    "typed": "確認入力の内容",
}
"""By the name that a value has in an event; the same name means the same wherever it stands."""

_FIRST = ("state", "version", "supplier_number", "trade_name", "applicant", "user_id", "enterprise_id")
_PLACES = {name: place for place, name in enumerate(dict.fromkeys((*_FIRST, *NAMES)))}

_MOMENT = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(?:Z|[+-][0-9]{2}:[0-9]{2})")
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")

_STATES: Mapping[SubjectKind, Mapping[str, str]] = {
    SubjectKind.PERMIT: labels.PERMIT_STATES,
    SubjectKind.REGISTRATION: registrations.REGISTRATION_STATES,
    SubjectKind.STAFF: STAFF_STATES,
    SubjectKind.FOLLOW_UP: {state.value: shown for state, shown in registrations.STATES.items()},
}
_CODED: Mapping[str, Mapping[str, str]] = {
    "verb": labels.VERBS,
    "permission": PERMISSIONS,
    "findings": labels.FINDINGS,
    "door": labels.DOORS,
    "flow": card_labels.FLOWS,
    "mode": card_labels.MODES,
    "step": labels.STATES,
    "revocation": card_labels.REVOCATIONS,
    "act": labels.VERBS,
    "about_kind": labels.KINDS,
    "roles": ROLES,
    "manner": MANNERS,
    "report": {name.value: shown for name, shown in REPORTS.items()},
    "failure": {one.value: shown for one, shown in FAILURES.items()},
    "code": FOLLOW_UPS,
    "kind": {
        **{kind.value: shown for kind, shown in queue.MAIL_KINDS.items()},
        **{kind.value: shown for kind, shown in permits.DISPATCH_KINDS.items()},
    },
    "means": {means.value: shown for means, shown in id_desk.MEANS.items()},
    "undertaking": {"import": labels.VERBS["import"], "undo": "取込の取消"},
    "tags": {tag.value: shown for tag, shown in labels.EVENTS.items()},
    "reply_channel": {way.value: shown for way, shown in queue.PAPER_CHANNELS.items()},
    "channel": {
        **{way.value: shown for way, shown in queue.PAPER_CHANNELS.items()},
        **{way.value: shown for way, shown in queue.CHANNELS.items()},
    },
}
"""Values that are codes, by the name of the value."""


@dataclass(frozen=True, slots=True)
class Line:
    """A value for people, or a pair of them: its name, how it was and how it is (a sign for none where it is absent)."""

    label: str
    before: str
    after: str

    @property
    def differs(self) -> bool:
        return self.before != self.after


def lines(event: Event) -> tuple[Line, ...]:
    """Every value before and after, side by side, those that differ first."""
    return compared(event.subject.kind, event.before, event.after)


def compared(kind: SubjectKind, before: JsonMap | None, after: JsonMap | None) -> tuple[Line, ...]:
    """The same for two states of a record."""
    old, new = flat(kind, before), flat(kind, after)
    paired = [
        Line(name_shown(key), old.get(key, formats.ABSENT), new.get(key, formats.ABSENT))
        for key in dict.fromkeys((*new, *old))
    ]
    return tuple(sorted(paired, key=lambda line: not line.differs))


def pairs(kind: SubjectKind, values: JsonMap | None) -> tuple[tuple[str, str], ...]:
    """Names and values, for people."""
    return tuple((name_shown(key), shown) for key, shown in flat(kind, values).items())


def flat(kind: SubjectKind, values: JsonMap | None) -> dict[str, str]:
    """Values as they are written on a screen, by name (of what stands inside of another value after a dot), in an order that people expect:
    an event has them in that of the alphabet."""
    found = _flat(kind, "", values or {})
    return dict(sorted(found, key=lambda pair: _PLACES.get(pair[0].partition(".")[0], len(_PLACES))))


def name_shown(key: str) -> str:
    """The name of a value: of a contact with the contact it belongs to. What has no name here keeps its own."""
    group, _, name = key.rpartition(".")
    if group in labels.CONTACT_GROUPS and name in labels.CONTACT_LABELS:
        return f"{labels.CONTACT_GROUPS[group]} {labels.CONTACT_LABELS[name]}"
    own = NAMES.get(name, labels.FINDINGS.get(name, name))
    return f"{NAMES.get(group, group)} {own}" if group else own


def _flat(kind: SubjectKind, prefix: str, values: JsonMap) -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        if isinstance(value, dict):
            yield from _flat(kind, f"{prefix}{name}.", value)
        else:
            yield f"{prefix}{name}", _value(kind, name, value)


def _value(kind: SubjectKind, name: str, value: JsonValue) -> str:
    if value is None or value == "":
        return formats.ABSENT
    if isinstance(value, bool):
        return YES if value else NO
    if name == "document" and isinstance(value, list) and len(value) == 2:
        year, number = value
        return NUMBERED.format(year=permits.fiscal_year_shown(int(str(year))), number=number)
    if isinstance(value, list):
        return "、".join(_value(kind, name, one) for one in value) or formats.ABSENT
    return _coded(kind, name, str(value))


def _coded(kind: SubjectKind, name: str, text: str) -> str:
    if name == "problem_kinds" and (found := ProblemKind.read(text)):
        severity = imports.SEVERITIES[found.severity.value]
        return PROBLEM.format(
            severity=severity, column=found.column, reason=reason_label(found.code), count=found.count
        )
    if name == "state":
        return _STATES.get(kind, {}).get(text) or labels.STATES.get(text, text)
    known = _CODED.get(name, {}).get(text)
    return _dated(text) if known is None else known


def _dated(text: str) -> str:
    """A moment or a day as the screens write it; anything else as it is, also what only looks like one."""
    try:
        if _MOMENT.fullmatch(text):
            return formats.exact_moment(datetime.fromisoformat(text))
        return formats.day(date.fromisoformat(text)) if _DAY.fullmatch(text) else text
    except (ValueError, OverflowError):
        return text
