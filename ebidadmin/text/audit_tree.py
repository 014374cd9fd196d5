"""What a verification of the audit trail says."""

from __future__ import annotations

from collections.abc import Mapping

from ebidadmin.domain.tree_findings import Fault, Finding, Verification

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
    Fault.GUARD_MISSING: "記録の書換えを防ぐ仕組み「{what}」がないか、変えられています。",
    Fault.HEAD_UNREADABLE: "保存された署名付きの控えに、読めないものがあります。",
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


def summary(result: Verification) -> str:
    """One line about a verification as a whole."""
    outside = f"外部の控え{result.anchors}件(タイムスタンプ{result.stamps}件)"
    looked = (
        f"{result.size}件のうち{result.checked}件を読み直し、控え{result.heads}件、{outside}と比べました。"
    )
    if result.good:
        return f"監査記録に異常はありません。{looked}"
    return f"監査記録に異常があります({len(result.findings)}件)。{looked}"
