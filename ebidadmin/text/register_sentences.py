"""Why an undoing, a correction or a look back was refused, by code."""

from __future__ import annotations

from collections.abc import Mapping

REGISTER: Mapping[str, str] = {
    "nothing-to-undo": "取り消せる取込がありません。資格審査情報はまだ取り込まれていません。",
    "undo-superseded": (
        "第{batch}版の後に第{latest}版があるため、第{batch}版は取り消せません。取り消せるのは最新の版だけです。"
    ),
    "undo-done-already": "第{batch}版は第{undone_by}版ですでに取り消されています。何も行っていません。",
    "undo-of-undo": (
        "第{batch}版は第{undoes}版の取消です。取消の取消はできません。元のファイルをもう一度取り込んでください。"
    ),
    "unknown-field": "「{field}」という項目は資格審査情報にありません。項目の名前を確かめてください。",
    "field-given-twice": "「{field}」が二度書かれています。一つにしてください。",
    "field-fixed": "「{field}」は訂正できません。番号が変わる業者は、ファイルの取込で直してください。",
    "nothing-to-correct": "業者番号「{id}」の内容はすでにそのとおりです。何も変わっていません。",
    "correction-stale": (
        "確認した後に資格審査情報が変わりました(確認: 第{seen}版、いま: 第{version}版)。「{id}」をもう一度確かめてください。"
    ),
    "correction-refused": "業者番号「{id}」の訂正後の値に誤りがあります({columns})。何も変わっていません。値を確かめてください。",
    "returned-onto-itself": "「{file}」は取り込むファイルそのものです。問題の一覧は別の名前で書き出してください。",
    "returned-other-form": (
        "「{file}」という名前では書き出せません。元のファイルと同じ形で返すため、名前の終わりを「{suffix}」にしてください。"
    ),
    "export-form": "「{file}」という形では書き出せません。名前の終わりを「.xlsx」か「.csv」にしてください。",
    "excel-too-many-rows": "Excelのシートには{limit}行までしか入りません。「{file}」をCSVで書き出してください。",
    "layout-name-form": "レイアウトの名前「{name}」を使えません。半角の英小文字・数字・ハイフンで40文字以内にしてください。",
    "layout-name-taken": "レイアウト「{name}」はすでにあります。別の名前にしてください。",
    "layout-name-shipped": "「{name}」は最初から入っているレイアウトの名前です。置き換えられないので、別の名前にしてください。",
    "layout-unfinished": "レイアウトがまだできあがっていません。画面の指摘を直してから保存してください。",
    "days-out-of-order": "期間の最初の日({first})が最後の日({last})より後です。日付を入れ替えてください。",
}
