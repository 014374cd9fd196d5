"""Made-up registers in the program's own form, clean or with faults of named kinds planted in them: same seed, same bytes.

For every fault it is known where it must be told (line and heading) and as what. Nothing here asks the program.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from tests.registers.generator import corporate_number

NUMBER, CORPORATE, NAME, KANA, POSTCODE = "業者番号", "法人番号", "商号又は名称", "フリガナ", "郵便番号"
ADDRESS, HEAD, PHONE, FAX, MAIL = "住所", "代表者氏名", "電話番号", "FAX番号", "メールアドレス"
DELEGATE, SALE, REMARKS, SIZE = "受任者氏名", "資格の種類（物品の販売）", "備考", "追加項目:規模"
FROM, TO, SUSPENDED, RESUMED = "有効期間開始日", "有効期間終了日", "指名停止開始日", "指名停止終了日"

HEADINGS = (
    *(NUMBER, "取込元キー", CORPORATE, NAME, KANA, POSTCODE, ADDRESS, "代表者役職", HEAD, PHONE, FAX, MAIL),
    *("支店名等", "受任者役職", DELEGATE, "受任者住所", "資格の種類（物品の製造）", SALE, "資格の種類（役務等の提供）"),
    *("資格の種類（物品の購入）", FROM, TO, SUSPENDED, RESUMED, REMARKS, SIZE),
)  # fmt: skip

POSTCODES = ("750-0006", "100-0001", "5300001", "060-0001", "980-0811", "4600001", "810-0001", "900-0001")
"""Some that Japan Post has."""

WHOLE_ROW = ""

Cells = dict[str, str]


class Telling(NamedTuple):
    """One thing that must be told: of which row, counted from 0, under which heading (``WHOLE_ROW``), by which code."""

    row: int
    heading: str
    code: str


class Told(NamedTuple):
    """The same by the line of the file."""

    line: int
    heading: str
    code: str


@dataclass(frozen=True)
class Kind:
    """A kind of fault. ``spoil`` changes the cells; ``simple`` ones touch one cell, so that a row may have two of them."""

    name: str
    heading: str
    code: str
    spoil: Callable[[Cells, random.Random], str]
    simple: bool = True


def _into(*values: str) -> Callable[[Cells, random.Random], str]:
    return lambda cells, chance: chance.choice(values)


def _with(heading: str, *signs: str) -> Callable[[Cells, random.Random], str]:
    """A sign somewhere in the cell."""

    def spoilt(cells: Cells, chance: random.Random) -> str:
        place = chance.randint(0, len(cells[heading]))
        return cells[heading][:place] + chance.choice(signs) + cells[heading][place:]

    return spoilt


def _other_check_digit(cells: Cells, chance: random.Random) -> str:
    right = cells[CORPORATE] or corporate_number(7)
    return chance.choice([digit for digit in "0123456789" if digit != right[0]]) + right[1:]


KINDS: tuple[Kind, ...] = (
    Kind("number missing", NUMBER, "required", _into("", " ", "　")),
    Kind("name missing", NAME, "required", _into("", " ", "　")),
    Kind("name too long", NAME, "too-long", _into("株式会社" + "長" * 125, "㈱" * 400)),
    Kind("remarks too long", REMARKS, "too-long", _into("長" * 2001)),
    Kind("control character", ADDRESS, "control-character", _with(ADDRESS, "\x00", "\x07", "\x1b", "\x7f")),
    Kind("line break in a name", DELEGATE, "control-character", _into("受任\n次郎", "受任\r\n次郎")),
    Kind("private use", HEAD, "private-use-character", _with(HEAD, "\ue000", "\ue757")),
    Kind("replacement character", HEAD, "replacement-character", _with(HEAD, "\ufffd")),
    Kind("number form", NUMBER, "supplier-number-form", _into("12345", "１９００００００１", "1900000011", "1.9E+08")),
    Kind("check digit", CORPORATE, "corporate-number-check-digit", _other_check_digit),
    Kind("corporate number form", CORPORATE, "corporate-number-form", _into("123456789012", "１２３", "なし", "5-0100-0000-0001")),
    Kind("postcode form", POSTCODE, "postcode-form", _into("75-0006", "〒750-0006", "７５０－０００６", "750006")),
    Kind("postcode unknown", POSTCODE, "postcode-unknown", _into("000-0000", "0000001", "999-9999")),
    Kind("phone form", PHONE, "phone-form", _into("83-231-3178", "(083)231-3178", "083-231-31780", "内線12")),
    Kind("fax form", FAX, "phone-form", _into("832313178", "０８３－２３１－３１７８", "なし")),
    Kind("mail form", MAIL, "email-form", _into("a@@example.jp", "example.jp", "a b@example.jp", "a@example")),
    Kind("grade unknown", SALE, "grade-unknown", _into("E", "AA", "×", "none ですか")),
    Kind("date form", FROM, "date-form", _into("いつか", "2026/4", "26/4/1", "2026年4月1")),
    Kind("no such day", TO, "date-form", _into("2027/2/29", "令和9年13月1日", "R0.4.1", "平成32年4月1日")),
    Kind("period ends before it begins", TO, "dates-out-of-order", _into("2019/3/31", "H31.3.31", "平成31年3月31日")),
    Kind("kana characters", KANA, "kana-characters", _into("てすと商会", "漢字", "テスト★")),
    Kind("sign in a further column", SIZE, "control-character", _with(SIZE, "\x01", "\x7f")),
    Kind("suspension ends before it begins", RESUMED, "dates-out-of-order", _into("2019/1/1"), simple=False),
    Kind("key doubled", NUMBER, "key-doubled", _into(""), simple=False),
    Kind("corporate number shared", CORPORATE, "corporate-number-shared", _into(""), simple=False),
    Kind("cells missing", WHOLE_ROW, "too-few-cells", _into(""), simple=False),
    Kind("cells too many", WHOLE_ROW, "too-many-cells", _into(""), simple=False),
)  # fmt: skip

PARTNERED = {"key doubled": NUMBER, "corporate number shared": CORPORATE}
"""Faults that are two rows' together: a row takes what another has, and both are told."""

PAIRED = 12
"""One fault of so many goes into a row that has one already."""


@dataclass(frozen=True)
class Planted:
    kind: str
    tellings: tuple[Telling, ...]


class Register:
    """Rows of cells as they are written; ``texts`` are what the record of each row must say, dates as ISO."""

    def __init__(self, count: int, *, seed: int) -> None:
        chance = random.Random(seed)
        self.rows: list[list[str]] = []
        self.texts: list[Mapping[str, str]] = []
        for n in range(count):
            cells, days = _clean(n, chance)
            self.rows.append([cells[heading] for heading in HEADINGS])
            self.texts.append({**cells, **days})

    def lines(self) -> list[int]:
        """The physical line where each row begins, the heading being line 1."""
        found, line = [], 2
        for row in self.rows:
            found.append(line)
            line += 1 + sum(
                cell.count("\n") + cell.count("\r") - cell.count("\r\n")
                for cell in row
                if "\n" in cell or "\r" in cell
            )
        return found

    def write(self, path: Path, encoding: str) -> Path:
        with path.open("w", encoding=encoding, newline="") as stream:
            writer = csv.writer(stream, lineterminator="\r\n")
            writer.writerow(HEADINGS)
            writer.writerows(self.rows)
        return path


def _clean(n: int, chance: random.Random) -> tuple[Cells, Cells]:
    """The cells of a row without fault, and its days as ISO by heading."""
    cells = dict.fromkeys(HEADINGS, "") | {
        NUMBER: f"{n + 1:09d}" if n % 3 else f"{n + 1:08d}A",
        CORPORATE: "" if n % 10 == 0 else corporate_number(n),
        NAME: chance.choice(["（株）テスト商会{}", "㈱髙﨑工務店{}", "テスト塚晴神福都{}合同会社"]).format(n),
        KANA: chance.choice(["テストショウカイ", "ﾃｽﾄ ｼｮｳｶｲ", "タカサキ（カ）・Ａ", ""]),
        POSTCODE: chance.choice(["", *POSTCODES]),
        ADDRESS: f"山口県下関市南部町{n % 99}－{n}～２階",
        "代表者役職": chance.choice(["代表取締役", ""]),
        HEAD: f"下関　太郎{n}",
        PHONE: chance.choice(["083-231-3178", "0832313178", "090-1234-5678", ""]),
        FAX: chance.choice(["083-231-3179", ""]),
        MAIL: chance.choice([f"keiyaku{n}@example.jp", f"a.b-{n}@sub.example.co.jp", ""]),
        DELEGATE: chance.choice(["", "受任　次郎"]),
        SALE: chance.choice(["A", "Ｂ", "C", "D", "無し", "○", ""]),
        REMARKS: chance.choice(["", "", "", "一行目\r\n二行目", '引用"と,コンマ', "'=1+1"]),
        SIZE: chance.choice(["大", "中小"]),
    }
    days: dict[str, date] = {}
    if n % 5:
        days[FROM] = date(2020, 1, 1) + timedelta(days=chance.randint(0, 2000))
        days[TO] = days[FROM] + timedelta(days=chance.randint(0, 1000))
    if n % 50 == 7:
        days[SUSPENDED] = date(2024, 1, 1)
        days[RESUMED] = days[SUSPENDED] + timedelta(days=chance.randint(0, 90))
    cells |= {heading: _written(day, chance) for heading, day in days.items()}
    return cells, {heading: day.isoformat() for heading, day in days.items()}


def _written(day: date, chance: random.Random) -> str:
    year, reiwa = day.year, day.year - 2018
    return chance.choice(
        [
            f"{year}/{day.month}/{day.day}",
            f"令和{'元' if reiwa == 1 else reiwa}年{day.month}月{day.day}日",
            f"R{reiwa}.{day.month}.{day.day}",
            day.isoformat(),
            f"{year}{day.month:02d}{day.day:02d}",
        ]
    )


def plant(clean: Register, count: int, *, encoding: str, seed: int) -> tuple[Register, list[Planted]]:
    """A copy with so many faults, the kinds in turn; a kind whose sign the encoding does not have is left out."""
    chance = random.Random(seed)
    dirty = Register(0, seed=0)
    dirty.rows = [list(row) for row in clean.rows]
    kinds = [kind for kind in KINDS if not (kind.code == "replacement-character" and encoding == "cp932")]
    order = [kinds[n % len(kinds)] for n in range(count)]
    shuffled = chance.sample(range(len(dirty.rows)), len(dirty.rows))
    suspended = [n for n in shuffled if n % 50 == 7]
    dated = [n for n in shuffled if n % 5 and n % 50 != 7]
    planted: list[Planted] = []
    before: tuple[Kind, int] | None = None
    for n, kind in enumerate(order):
        if not kind.simple:
            row = (suspended if kind.heading == RESUMED else dated).pop()
            planted.append(_planted(dirty, kind, row, dated.pop(), chance))
            before = None
            continue
        again = before is not None and n % PAIRED == 0 and _together(before[0], kind)
        row = before[1] if before is not None and again else dated.pop()
        planted.append(_simple(dirty, kind, row, chance))
        before = (kind, row)
    return dirty, planted


def _together(first: Kind, second: Kind) -> bool:
    """Whether one row can have both, each told as if it were alone."""
    return first.heading != second.heading and {first.heading, second.heading} != {FROM, TO}


def _simple(dirty: Register, kind: Kind, row: int, chance: random.Random) -> Planted:
    cells = dict(zip(HEADINGS, dirty.rows[row], strict=True))
    dirty.rows[row][HEADINGS.index(kind.heading)] = kind.spoil(cells, chance)
    return Planted(kind.name, (Telling(row, kind.heading, kind.code),))


def _planted(dirty: Register, kind: Kind, row: int, other: int, chance: random.Random) -> Planted:
    cells = dirty.rows[row]
    if kind.name in PARTNERED:
        place = HEADINGS.index(PARTNERED[kind.name])
        if not dirty.rows[other][place]:
            dirty.rows[other][place] = corporate_number(5_000_000 + other)
        cells[place] = dirty.rows[other][place]
        return Planted(kind.name, tuple(Telling(one, kind.heading, kind.code) for one in (row, other)))
    if kind.heading == WHOLE_ROW:
        if kind.code == "too-few-cells":
            del cells[chance.randint(1, len(cells) - 1) :]
        else:
            cells.insert(chance.randint(1, len(cells)), chance.choice(["", "余り"]))
    else:
        cells[HEADINGS.index(kind.heading)] = kind.spoil({}, chance)
    return Planted(kind.name, (Telling(row, kind.heading, kind.code),))


def told(dirty: Register, planted: Sequence[Planted]) -> list[Told]:
    """Everything that must be told of the file, and nothing else may be."""
    lines = dirty.lines()
    return sorted(Told(lines[one.row], one.heading, one.code) for fault in planted for one in fault.tellings)


def repair(returned: Path, repaired: Path, clean: Register, encoding: str, columns: tuple[str, str]) -> int:
    """Put right what the two columns of a returned file name, cell by cell, and nothing else; how many cells that were."""
    with returned.open(encoding=encoding, newline="") as stream:
        heading, *rows = list(csv.reader(stream))
    assert tuple(heading) == (*HEADINGS, *columns)
    edited = 0
    for row, right in zip(rows, clean.rows, strict=True):
        label = row[-2]
        for named in label.split(" / ") if label else ():
            _severity, _, name = named.partition(" ")
            if name == WHOLE_ROW:
                row[:-2] = right
                edited += len(right)
            else:
                row[HEADINGS.index(name)] = right[HEADINGS.index(name)]
                edited += 1
    with repaired.open("w", encoding=encoding, newline="") as stream:
        csv.writer(stream, lineterminator="\r\n").writerows([heading, *rows])
    return edited
