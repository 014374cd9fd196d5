"""Made-up registers with the headings of the regional bureaus' registers: same seed, same bytes.

The companies, people and places are counted, not taken from anywhere.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

WORKS = (
    *("airconditioning", "asphalt", "bridge", "bridgemaintenance", "builiding", "cement", "civilengineering"),
    *(
        "communication",
        "dredging",
        "electricity",
        "grout",
        "landscaping",
        "machinery",
        "maintenance",
        "painting",
    ),
    *("prefab", "prestressed", "slope", "stakeout", "substation", "well", "woodenbuiliding"),
)
"""The registers' own spelling, mistakes included."""

SERVICES = ("surveying", "buildingConsulting", "civilEngineeringConsulting", "geologicalSurvey")

PARTS = ("exception", "financial_score", "qualification", "rank", "technical_score", "total_score")

Row = dict[str, str]


def headings() -> list[str]:
    """The 138 headings, in the alphabetic order of most editions; one of them is empty."""
    names = [f"{work}_{part}" for work in WORKS for part in PARTS]
    names[names.index("bridgemaintenance_total_score")] = "bridgemaintenance_score"
    return sorted(["", "ceo_name", "date", "firm_address", "firm_id", "firm_name", *names])


def consulting_headings() -> list[str]:
    """Those of a consulting register: no representative, no address."""
    ranks = [f"{service}_{part}" for service in SERVICES for part in ("rank", "exception")]
    return ["", "firm_name", "firm_id", "prefecture", "firm_size", *ranks, "date"]


def corporate_number(n: int) -> str:
    body = f"{100_000_000_000 + n:012d}"
    weighed = sum(int(digit) * (1 if place % 2 == 0 else 2) for place, digit in enumerate(reversed(body)))
    return f"{9 - weighed % 9}{body}"


@dataclass
class Edition:
    """A register as one fortnight has it; ``step`` makes the next one."""

    day: str
    rows: list[Row]

    def write(self, path: Path, order: Sequence[str] | None = None, *, encoding: str = "utf-8-sig") -> Path:
        with path.open("w", encoding=encoding, newline="") as stream:
            writer = csv.DictWriter(stream, order or headings(), lineterminator="\n")
            writer.writeheader()
            for number, row in enumerate(self.rows):
                writer.writerow(row | {"": str(number), "date": self.day})
        return path


def first_edition(count: int, *, seed: int = 20211101) -> Edition:
    """Every thirtieth has no corporate number: sole proprietors (blank or ``0``) and joint ventures (``JV``)."""
    chance = random.Random(seed)
    return Edition("20211101", [_row(n, chance) for n in range(1, count + 1)])


def consulting_edition(day: str, count: int, *, seed: int) -> Edition:
    """Every third company is one of the construction registers; those without a number are told apart by their names."""
    chance = random.Random(seed)
    rows = []
    for n in range(1, count + 1):
        firm = n if n % 3 == 0 else 500_000 + n
        row = dict.fromkeys(consulting_headings(), "") | {
            "firm_name": f"（株）テスト測量{firm:06d}" if n % 3 else f"（株）テスト建設{firm:05d}",
            "firm_id": corporate_number(firm) if n % 20 else ("", "0", "JV")[n // 20 % 3],
            "prefecture": chance.choice(["大阪府", "兵庫県"]),
            "firm_size": chance.choice(["大企業", "中小企業"]),
        }
        for service in chance.sample(SERVICES, 2):
            row |= {f"{service}_rank": f"{chance.randint(1, 999):4d}", f"{service}_exception": " "}
        rows.append(row)
    return Edition(day, rows)


def step(edition: Edition, day: str, *, seed: int, changed: int, added: int, vanished: int) -> Edition:
    """The next edition: some representatives, addresses and scores changed, some companies new, some gone, the order another."""
    chance = random.Random(seed)
    rows = [dict(row) for row in edition.rows]
    chance.shuffle(rows)
    rows = rows[vanished:]
    numbered = [row for row in rows if row["firm_id"] not in {"", "0", "JV"}]
    for n, row in enumerate(chance.sample(numbered, changed)):
        name = ("ceo_name", "firm_address", "bridge_total_score")[n % 3]
        row[name] = f"{row[name]}{n + 1}" if n % 3 else f"試験　後継{n + 1}"
    rows += [_row(len(edition.rows) + 10_000 + n, chance) for n in range(added)]
    return Edition(day, rows)


def _row(n: int, chance: random.Random) -> Row:
    row = dict.fromkeys(headings(), "")
    row |= {
        # Some names hold kanji that have variants.
        "firm_name": f"（株）テスト{'高崎' if n % 7 == 0 else ''}建設{n:05d}",
        "ceo_name": f"試験　太郎{n}",
        "firm_address": f"大阪府大阪市見本区架空町{n % 97}－{n}",
        "firm_id": corporate_number(n),
    }
    if n % 30 == 0:
        row["firm_id"] = ("", "0", "JV")[n // 30 % 3]
        row["firm_name"] = f"見本・架空{n}（共）" if row["firm_id"] == "JV" else f"テスト工務店{n}"
    for work in chance.sample([work for work in WORKS if work != "bridgemaintenance"], 5):
        score = str(chance.randint(400, 1600))
        row |= {
            f"{work}_exception": " ",
            f"{work}_financial_score": score,
            f"{work}_qualification": chance.choice(["A", "B", "C", "○"]),
            f"{work}_rank": f"{chance.randint(1, 9999):4d}",
            f"{work}_technical_score": "0",
            f"{work}_total_score": score,
        }
    return row
