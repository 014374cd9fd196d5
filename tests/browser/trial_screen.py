"""A made-up screen that shows the components; the browser tests put it beside a notebook."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import ipywidgets
from IPython.display import display

from ebidadmin.clock import SystemClock
from ebidadmin.screens.components import look
from ebidadmin.screens.components.form import FieldForm, FormButton, FormRow, Submission
from ebidadmin.screens.components.panel import Panel
from ebidadmin.screens.components.secret import SecretForm
from ebidadmin.screens.components.table import Badge, Column, Filter, PageReply, PageRequest, Row, ServerTable

COLUMNS = (
    Column("number", "受付番号", "9em", sortable=True),
    Column("name", "商号又は名称", sortable=True),
    Column("state", "状態"),
)
STATES = {"pending": "審査中", "inquired": "照会中"}
RECORDS = [
    (f"{n:06d}", f"(株)テスト商会{(n * 37) % 120:03d}", "pending" if n % 3 else "inquired")
    for n in range(1, 121)
]
SIZE = 20


def fetch(request: PageRequest) -> PageReply:
    """Pages over a list; the cursor is a position in text, as good as a key for a list that stands still."""
    column = {"number": 0, "name": 1}[request.sort]
    rows = sorted(RECORDS, key=lambda record: record[column], reverse=request.descending)
    rows = [record for record in rows if request.search in record[1] or request.search in record[0]]
    wanted = request.filters.get("state")
    rows = [record for record in rows if wanted in (None, record[2])]
    start = int(request.cursor or 0) if request.direction != "last" else max(len(rows) - 1, 0) // SIZE * SIZE
    page = rows[start : start + SIZE]
    return PageReply(
        [
            Row(
                number,
                {"number": number, "name": name, "state": ""},
                {"state": (Badge(STATES[state], "info" if state == "pending" else "warning"),)},
                emphasis="error" if number == "000001" else "neutral",
                emphasis_word="期限超過" if number == "000001" else "",
            )
            for number, name, state in page
        ],
        next_cursor=str(start + SIZE) if start + SIZE < len(rows) else None,
        prev_cursor=str(start - SIZE) if start else None,
        total=len(rows),
    )


def entry_form(heard: Panel) -> FieldForm:
    """A form with a password row that complains about an empty name."""

    def submitted(submission: Submission) -> None:
        lengths = {key: len(value) for key, value in submission.secrets.items()}
        heard.show(look.paragraph(json.dumps([submission.button, sorted(submission.values), lengths])))
        if not submission.values["contact"]:
            form.set_errors({"contact": "連絡先氏名を入力してください。"})

    form = FieldForm(
        [
            FormRow("main", "代表窓口", "heading"),
            FormRow("contact", "連絡先氏名", required=True, hint="20文字以内"),
            FormRow("kind", "種別", "radio", options=(("new", "新規"), ("again", "再申請"))),
            FormRow("password", "少額物品用パスワード", "password", required=True),
        ],
        [FormButton("check", "入力内容確認", primary=True), FormButton("back", "戻る", sends_secrets=False)],
        submitted,
        values={"kind": "new"},
        testid="entry",
    )
    return form


def pin_form(heard: Panel) -> SecretForm:
    """A form of one secret; what arrives is written down as a sum, so that the bytes can be looked for elsewhere."""

    def arrived(secrets: dict[str, bytearray]) -> None:
        sums = {key: sum(value) for key, value in secrets.items()}
        Path("arrived.txt").write_text(json.dumps(sums), encoding="utf-8")
        heard.show(look.paragraph(f"受信 {sorted(secrets)}"))

    return SecretForm([("pin", "PIN番号")], "OK", arrived, testid="pin")


def header(told: Callable[[str], None]) -> Panel:
    """Title, a notice, two buttons of which one breaks, a link."""

    def content(first: str) -> look.Html:
        return look.join(
            look.page_header("部品の確認", "表と入力欄の動きを確かめます。", guide="index"),
            look.notice("これは確認用の画面です。", tone="warning"),
            look.actions(
                look.button(first, "操作", key="h"), look.button("break", "失敗する操作", tone="danger")
            ),
            look.element("p", look.asked_day("day", "基準日", "", "この日で表示")),
            look.open_link("10_review_queue.ipynb", "審査の画面へ"),
        )

    def acted(action: str, value: str) -> None:
        if action == "break":
            raise RuntimeError("a callback that breaks")
        told(f"操作 {action} {value}".strip())
        if action == "hello":
            panel.show(content("asked"))  # another button in the same place, as a question has
        if action == "day":
            panel.show(content("hello"))

    panel = Panel(content("hello"), on_action=acted, testid="header")
    return panel


def counted(heard: Panel) -> Callable[[str], None]:
    """Shows what was done, and how many things were done since the screen came."""
    numbers = itertools.count(1)
    return lambda done: heard.show(look.paragraph(f"{done} 計{next(numbers)}回"))


def passing() -> ipywidgets.VBox:
    """What is to be seen until a moment: one that is over, and one that is to come."""
    now = SystemClock().now()
    over = look.passing(now - timedelta(seconds=1), look.paragraph("もう閉じました。"))
    to_come = look.passing(now + timedelta(hours=1), look.paragraph("まだ開いています。"))
    return ipywidgets.VBox([Panel(over, testid="over"), Panel(to_come, testid="to-come")])


def show() -> None:
    """The screen."""
    heard = Panel(look.paragraph("まだ何も選ばれていません。"), testid="heard")
    told = counted(heard)
    table = ServerTable(
        COLUMNS,
        fetch,
        lambda number: told(f"選択 {number}"),
        sort="number",
        size=SIZE,
        caption="申請の一覧",
        testid="queue",
        filters=(Filter("state", "状態", tuple(STATES.items())),),
    )
    parts = [header(told), heard, table, entry_form(heard), pin_form(heard), passing()]
    display(ipywidgets.VBox(parts))  # type: ignore[no-untyped-call]  # IPython has no types here
