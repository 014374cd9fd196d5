"""What a verification of the audit trail says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from ebidadmin.domain.tree_findings import Fault, Finding, Verification
from ebidadmin.services.tree_ports import KeptAnchors
from ebidadmin.text import formats

TITLE = "監査記録の検証"
LEAD = "記録を読み直し、封をしたときから変わっていないことを確かめます。記録は変わりません。検証したことは、それ自体が監査記録に残ります。"
BUTTON_NEW = "前回の検証の後だけ確かめる"
BUTTON_ALL = "最初から全部確かめる"
BUTTON_STOP = "中止"
BUTTON_CLOSE = "検証を閉じる"
WORKING = "記録を読み直しています"
WORKING_LEFT = "記録を読み直しています(あと約{left})"
GOES_ON = "確かめている間も、下の一覧はふだんどおり使えます。"
STOPPED = "検証を中止しました。結果はありません。"
GOOD = "監査記録に異常はありません。"
BAD = "監査記録に異常があります({count}件)。"
BAD_MANY = "監査記録に異常があります({count}件まで表示しています)。"
FIRST_STEPS = (
    "ほかの操作をせず、作業フォルダー全体を、今のまま別の場所に写してください。証拠になります。",
    "管理者と監査担当に、この画面を見せて知らせてください。",
    "だれかを疑う前に、バックアップから戻したことや、データベースを直接操作したことがないかを管理者に確かめてください。",
)
FACT_CHECKED = "読み直した記録"
FACT_SINCE = "確かめた範囲"
FACT_AT = "確かめた日時"
FACT_ROOT = "根のハッシュ値"
FACT_HEADS = "署名付きの控え"
ANCHORS, NO_ANCHORS_NAMED, ANCHORS_UNREAD = (
    "外部の控え",
    "比べていません(設定 audit.anchors に控えのファイルがありません)",
    "比べられませんでした",
)
NO_HEADS = "まだありません。管理者が「ebidadmin audit key --make」で鍵を作ると、検証のたびに残ります。"
FINDING_HEADINGS = ("記録の番号", "異常の内容", "すること")
FINDINGS_CAPTION = "見つかった異常"
MOST_SHOWN = 100
GROUP = 8
MINUTES_FROM = 90

LOOK_AT_EVENT = "一覧でその番号の記録を開き、紙の書類や通知メールと照らし合わせてください。"
COMPARE_STATE = (
    "一覧でその対象の記録を開き、「ある時点の内容」や紙の書類と照らし合わせ、管理者に直してもらってください。"
)
COMPARE_BACKUP = "バックアップの中の同じ番号の記録と比べてください。"
COMPARE_ANCHOR = (
    "外部に保管した控えと比べるよう、管理者に「ebidadmin audit verify --anchors」を頼んでください。"
)
PUT_BACK = "管理者が仕組みを元に戻し、それまでの間に変わった記録がないかを調べてください。"
CHECK_KEY = "鍵を取り替えていないか、管理者に確かめてください。"

ADVICE: Mapping[Fault, str] = {
    Fault.EVENT_CHANGED: LOOK_AT_EVENT,
    Fault.EVENT_MISSING: COMPARE_BACKUP,
    Fault.EVENT_ADDED: LOOK_AT_EVENT,
    Fault.RECORD_CHANGED: COMPARE_STATE,
    Fault.RECORD_MISSING: COMPARE_STATE,
    Fault.RECORD_ADDED: COMPARE_STATE,
    Fault.LEAF_MISSING: COMPARE_BACKUP,
    Fault.ORDER_CHANGED: LOOK_AT_EVENT,
    Fault.TREE_CHANGED: COMPARE_ANCHOR,
    Fault.NUMBERS_LOST: COMPARE_BACKUP,
    Fault.GUARD_MISSING: PUT_BACK,
    Fault.GUARD_ADDED: PUT_BACK,
    Fault.HEAD_UNREADABLE: COMPARE_ANCHOR,
    Fault.HEAD_MISPLACED: COMPARE_ANCHOR,
    Fault.HEAD_MISSING: COMPARE_ANCHOR,
    Fault.HEAD_FORGED: CHECK_KEY,
    Fault.HEAD_DIFFERS: COMPARE_ANCHOR,
    Fault.HEAD_BEYOND: COMPARE_ANCHOR,
}
"""What to do about a finding; about one that is not here ``COMPARE_BACKUP``."""

FAULTS: Mapping[Fault, str] = {
    Fault.EVENT_CHANGED: "記録{seq}番の内容が、封をしたときと違います。",
    Fault.EVENT_MISSING: "記録{seq}番がなくなっています。",
    Fault.EVENT_ADDED: "記録{seq}番には封がありません。ebidadminを通さずに入れられています。",
    Fault.ERASED_UNTOLD: "記録{seq}番の内容が消されていますが、それを裏付ける消去の記録がありません({what})。",
    Fault.VALUES_LEFT: "記録{seq}番は消去されたはずですが、内容があります。",
    Fault.RECORD_CHANGED: "「{what}」の内容が、監査記録と違います(最後の記録は{seq}番)。",
    Fault.RECORD_MISSING: "「{what}」がなくなっています(最後の記録は{seq}番)。",
    Fault.RECORD_ADDED: "「{what}」は、監査記録にない登録です。",
    Fault.LEAF_MISSING: "記録{seq}番の封がありません(ハッシュ木の{what}番目)。",
    Fault.ORDER_CHANGED: "記録{seq}番の順序が、封をしたときと違います。",
    Fault.TREE_CHANGED: "ハッシュ木の途中の値が変わっています({what})。",
    Fault.NUMBERS_LOST: "記録{seq}番からあとが切り取られています。",
    Fault.GUARD_ADDED: "トリガー「{what}」は、ebidadminのものではありません。書き込まれる内容を変えている疑いがあります。",
    Fault.GUARD_MISSING: "記録の書換えを防ぐ仕組み「{what}」がないか、変えられています。",
    Fault.HEAD_UNREADABLE: "保存された署名付きの控えに、読めないものがあります。",
    Fault.HEAD_MISPLACED: "{what}件のときの控えの件数か日時の欄が、控えそのものと違います。",
    Fault.HEAD_MISSING: "記録{seq}番で保存した{what}件のときの控えが、なくなっています。",
    Fault.HEAD_FORGED: "{what}件のときの控えの署名が、この監査記録の鍵のものではありません。",
    Fault.HEAD_DIFFERS: "{what}件のときの控えと、いまの記録が合いません。",
    Fault.HEAD_BEYOND: "控えには{what}件の記録がありますが、いまはそれより少なくなっています。",
    Fault.ANCHOR_DIFFERS: "外部に保管した{what}件のときの控えと、いまの記録が合いません。",
    Fault.ANCHOR_BEYOND: (
        "外部に保管した控えには{what}件の記録がありますが、いまはそれより少なくなっています。"
        "古いデータベースに戻された疑いがあります。"
    ),
    Fault.STAMP_UNREADABLE: "{what}件のときの外部の控えのタイムスタンプが読めません。",
    Fault.STAMP_FORGED: "{what}件のときの外部の控えのタイムスタンプは、信頼する時刻認証局のものではありません。",
    Fault.STAMP_DIFFERS: "{what}件のときの外部の控えのタイムスタンプは、別の控えのものです。",
    Fault.STAMP_ALONE: "タイムスタンプ「{what}」の控えが、控えのファイルにありません。控えが消されたか、書き換えられた疑いがあります。",
}

VALUES_GONE = "記録{seq}番の内容が消されていますが、それを裏付ける消去の記録がありません。"

VERSION_CHANGED = "名簿の「{what}」(業者番号/取込番号)の内容が、取り込んだときと違います。"


def said(one: Finding) -> str:
    """One sentence about one finding."""
    if one.seq is None and one.fault in (Fault.RECORD_CHANGED, Fault.RECORD_MISSING):
        return VERSION_CHANGED.format(what=one.what)
    if one.fault is Fault.ERASED_UNTOLD and not one.what:
        return VALUES_GONE.format(seq=one.seq)
    return FAULTS[one.fault].format(seq=one.seq, what=one.what)


def anchors(kept: KeptAnchors | None, *, unread: bool) -> str:
    """How much of what is kept outside was compared, and how fresh it is; ``None``: nothing."""
    if unread:
        return ANCHORS_UNREAD
    if kept is None or not kept.heads:
        return NO_ANCHORS_NAMED
    stamped = f"、タイムスタンプ{kept.stamps}件" if kept.stamps else ""
    last = formats.exact_moment(max(one.head.at for one in kept.heads))
    return f"{len(kept.heads)}件{stamped}と比べました(最後の控え: {last})"


def summary(result: Verification) -> str:
    """One line about a verification as a whole."""
    outside = f"外部の控え{result.anchors}件(タイムスタンプ{result.stamps}件)"
    looked = (
        f"{result.size}件のうち{result.checked}件を読み直し、控え{result.heads}件、{outside}と比べました。"
    )
    if result.good:
        return f"監査記録に異常はありません。{looked}"
    count = len(result.findings)
    return f"監査記録に異常があります({count}件{'以上' if count >= MOST_SHOWN else ''})。{looked}"


def advice(one: Finding) -> str:
    """What to do about one finding."""
    return ADVICE.get(one.fault, COMPARE_BACKUP)


def bad(result: Verification) -> str:
    """How many findings there are; of very many only the first are looked for."""
    count = len(result.findings)
    return (BAD_MANY if count >= MOST_SHOWN else BAD).format(count=count)


def checked(result: Verification) -> str:
    """How many events were read again, of how many."""
    return f"{formats.count(result.checked)}(全{formats.count(result.size)})"


def since(result: Verification, signed_at: datetime | None) -> str:
    """From where on; ``signed_at`` is when the head was signed from which it went on."""
    if not result.since:
        return "最初の記録から"
    moment = "" if signed_at is None else f"{formats.exact_moment(signed_at)}の"
    return f"{moment}控え({formats.count(result.since)}のとき)の後から"


def root(result: Verification) -> str:
    """The root of the tree, in groups that can be compared with paper."""
    text = result.root.hex()
    return " ".join(text[at : at + GROUP] for at in range(0, len(text), GROUP))


def heads(result: Verification) -> str:
    """How many kept heads were compared."""
    return f"{formats.count(result.heads)}と比べました" if result.heads else NO_HEADS


def working(seconds_left: int | None) -> str:
    """A verification that goes on, and how long it will take at this pace."""
    if seconds_left is None:
        return WORKING
    left = f"{seconds_left}秒" if seconds_left < MINUTES_FROM else f"{round(seconds_left / 60)}分"
    return WORKING_LEFT.format(left=left)
