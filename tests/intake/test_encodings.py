"""Generated files in every encoding: what is read is what was written, or the file is refused; nothing between."""

from __future__ import annotations

import csv
import io
import random
from dataclasses import replace
from pathlib import Path

import pytest

from ebidadmin.domain.imports import ProblemSeverity
from ebidadmin.domain.layouts import MappedRow
from ebidadmin.domain.qualification_rows import check_row
from ebidadmin.errors import InputError
from ebidadmin.intake.csv import CsvSource
from tests.figures import Figure
from tests.imports.office import HEADINGS, LAYOUTS

OWN = LAYOUTS["ebidadmin"]
FEW = 150
MANY = 2000

ENCODINGS = ("cp932", "utf-8", "utf-8-sig", "utf-16-le", "utf-16-be")
MARKS = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}
SAID = ("trade_name", "kana", "address", "representative_name", "remarks")

NOTED = "㈱㈲①Ⅲ髙﨑濵德瀨彅煇塚晴神福都〜～－−‐―ー・｡｢｣､･ｦｧｰｱﾞﾊﾟﾝ　、。（）「」“”\"',:;/\\|~^`$%&"
KANJI = "".join(
    bytes([lead, trail]).decode("cp932", "ignore")
    for lead in range(0x88, 0xA0)
    for trail in range(0x9F, 0xFD)
)
RARE = "𠮷\U000e0100葛邊邉鄧骶嗉äéß€"


def word(chance: random.Random, encoding: str, most: int) -> str:
    sources = [NOTED, KANJI, "abcXYZ019 ", *([] if encoding == "cp932" else [RARE])]
    signs = [chance.choice(chance.choice(sources)) for _ in range(chance.randint(1, most))]
    return "".join(signs).encode(encoding, "ignore").decode(encoding)


def generated(seed: int) -> tuple[bytes, list[dict[str, str]], str]:
    """The bytes of a file, what its rows say, and its encoding."""
    chance = random.Random(seed)
    encoding = ENCODINGS[seed % len(ENCODINGS)]
    names = ["supplier_number", *SAID]
    rows = []
    for n in range(chance.randint(1, 100)):
        row = {"supplier_number": f"{n:09d}"} | {name: word(chance, encoding, 12) for name in SAID}
        row["trade_name"] += "㈱"
        rows.append(row)
    chance.shuffle(names)
    text = io.StringIO(newline="")
    form = {"delimiter": chance.choice(",\t"), "lineterminator": chance.choice(["\r\n", "\n"])}
    writer = csv.writer(text, delimiter=form["delimiter"], lineterminator=form["lineterminator"])
    writer.writerow(HEADINGS[name] for name in names)
    writer.writerows([row[name] for name in names] for row in rows)
    return MARKS.get(encoding, b"") + text.getvalue().encode(encoding), rows, encoding


def read(path: Path, data: bytes) -> list[MappedRow]:
    path.write_bytes(data)
    return list(CsvSource(path, replace(OWN, defused=False)).rows())


def all_come_back(folder: Path, seeds: range) -> int:
    """How many rows there were."""
    count = 0
    for seed in seeds:
        data, rows, encoding = generated(seed)
        found = read(folder / "f.csv", data)
        assert [dict(row.values) for row in found] == rows, (seed, encoding)
        assert not any(row.problems for row in found)
        count += len(found)
    return count


def test_generated_files_are_read_as_they_were_written(tmp_path: Path) -> None:
    all_come_back(tmp_path, range(FEW))


@pytest.mark.slow
def test_many_generated_files_are_read_as_they_were_written(tmp_path: Path, figure: Figure) -> None:
    rows = all_come_back(tmp_path, range(MANY))
    figure(f"{MANY:,} files of {len(ENCODINGS)} encodings, {rows:,} rows: all as written, none mis-decoded")


@pytest.mark.parametrize("count", [FEW, pytest.param(MANY, marks=pytest.mark.slow)])
def test_damaged_files_are_refused_or_listed_never_taken(tmp_path: Path, figure: Figure, count: int) -> None:
    """A byte that no program writes into such a file, put between two cells' characters: the file or its row is refused."""
    refused_files = refused_rows = 0
    for seed in range(0, count, 3):
        data, rows, encoding = generated(seed)
        if encoding.startswith("utf-16"):
            data = data[:-1]
        else:
            ends = data.index(b"\n") + 1
            place = data.index("㈱".encode(encoding.removesuffix("-sig")), ends)
            odd = random.Random(seed).choice([b"\xa0", b"\xfd", b"\xfe", b"\xff", b"\x80"])
            data = data[:place] + odd + data[place:]
        try:
            found = read(tmp_path / "f.csv", data)
        except InputError:
            refused_files += 1
            continue
        checked = [check_row(row, OWN, mail_ok=bool) for row in found]
        refused = [row for row in checked if row.record is None]
        assert len(refused) == 1, (seed, encoding)
        assert len(checked) == len(rows)
        refused_rows += 1
    figure(f"{refused_files} damaged files refused, of {refused_rows} the one damaged row; none taken")


@pytest.mark.parametrize(
    ("odd", "code"),
    [
        *((bytes([byte]), "private-use-character") for byte in (0xA0, 0xFD, 0xFE, 0xFF)),
        (b"\x80", "control-character"),
        (b"\xf0\x40", "private-use-character"),
        (b"\xf9\xfc", "private-use-character"),
    ],
)
def test_bytes_that_only_this_decoder_takes_are_problems_of_their_row(
    tmp_path: Path, odd: bytes, code: str
) -> None:
    head = "業者番号,商号又は名称,規模\r\n".encode("cp932")
    rows = read(
        tmp_path / "f.csv",
        head + b"190000092,A" + odd + b"B,\r\n190000093,C,\r\n190000094,D," + odd + b"\r\n",
    )
    checked = [check_row(row, OWN, mail_ok=bool) for row in rows]
    assert [[problem.code for problem in row.problems] for row in checked] == [[code], [], [code]]
    assert all(problem.severity is ProblemSeverity.ERROR for row in checked for problem in row.problems)
    heading = CsvSource(tmp_path / "g.csv", OWN)
    (tmp_path / "g.csv").write_bytes(head.replace(b"\r\n", odd + b"\r\n") + b"190000092,A,\r\n")
    assert code in {problem.code for problem in heading.heading_problems()}
    assert list(heading.rows()) == []
