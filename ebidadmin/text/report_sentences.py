"""What is said when a report cannot be made."""

from __future__ import annotations

from collections.abc import Mapping

REPORTING: Mapping[str, str] = {
    "report-unknown": "帳票「{report}」はありません。使えるものから選んでください({known})。",
    "report-parameters": "帳票の指定に誤りがあります。何も実行していません。次のものを直してください。",
    "report-broken": "帳票のノートブック「{file}」を使えません({reason})。元に戻すか、parameters のセルを直してください。",
    "report-parts-missing": "帳票を作る部品({package})がありません。ebidadmin[reports] を入れてください。",
    "report-no-import": "{day}までに資格審査情報の取込はありません。取込の後の日を指定してください。",
    "report-output-gone": "帳票「{id}」の出力({name})はありません。保存期間が過ぎたか、消されています。もう一度作成してください。",
    "report-output-elsewhere": (
        "帳票「{id}」は、別のパソコンで作られました。そのパソコンの画面「帳票」で開くか、ここでもう一度作成してください。"
    ),
    "report-period-unknown": (
        "帳票「{report}」に、対象「{period}」はありません。「ebidadmin report list」の対象か、取込の番号を指定してください。"
    ),
    "report-day-ahead": "{day}はまだ来ていません。今日までの日を指定してください。",
}
