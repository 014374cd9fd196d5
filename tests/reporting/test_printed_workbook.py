"""A workbook of a report as another program prints it: no column on a page of its own, headings on each page, nothing cut off."""

from __future__ import annotations

import subprocess
from io import BytesIO
from pathlib import Path

from pypdf import PdfReader

from ebidadmin.reporting.sheet import Cell, Part, Sheet
from ebidadmin.reporting.workbook import workbook
from tests.needs import require_component

LONG = "審査の目標を過ぎた申請が21件あります(最も古いもの: B00000019、B00000023、B00000032)。" * 4
HASH = "93954db762f04eb63f583774bd213874f16afa2825c04bfd0be8f015ecf2fe33"
MONTHS = tuple(f"25/{month:02}" for month in range(1, 13))
LISTED = ("業者番号", "商号又は名称", "状態", "経過日数")


def printed(made: bytes, folder: Path) -> list[str]:
    """The text of each page, without what separates words."""
    require_component("libreoffice")
    source = folder / "report.xlsx"
    source.write_bytes(made)
    profile = (folder / "profile").as_uri()
    command = [
        "soffice",
        f"-env:UserInstallation={profile}",
        "--headless",
        "--norestore",
        "--convert-to",
        "pdf",
    ]
    done = subprocess.run(
        [*command, "--outdir", str(folder), str(source)], capture_output=True, check=False, timeout=300
    )
    assert (folder / "report.pdf").exists(), done.stderr.decode(errors="replace")
    pages = PdfReader(BytesIO((folder / "report.pdf").read_bytes())).pages
    return ["".join(page.extract_text().split()) for page in pages]


def test_each_sheet_is_as_broad_as_one_page(tmp_path: Path) -> None:
    months: tuple[tuple[Cell, ...], ...] = ((f"項目{LONG}", *range(12), 66),)
    many: tuple[tuple[Cell, ...], ...] = tuple(
        (f"19000{place:04}", f"(株)テスト商会{place:04}", "審査中", place) for place in range(200)
    )
    sheet = Sheet(
        title="審査の日報",
        subtitle="令和8年10月7日(水)",
        facts=(("監査記録の検証", LONG),),
        actions=(LONG,),
        actions_title="対応が必要なもの",
        all_well="対応が必要なものはありません。",
        foot=(("木の頭:", f"12件 {HASH}"),),
        parts=(
            Part(key="part1", title="月ごと", columns=("項目", *MONTHS, "年度計"), rows=months),
            Part(key="part2", title="一覧", columns=LISTED, rows=many),
        ),
    )
    front, broad, *long = printed(workbook(sheet), tmp_path)
    # Twice four times; what is beyond the page is not printed.
    assert [front.count(number) for number in ("B00000019", "B00000023", "B00000032")] == [8, 8, 8]
    assert HASH in front
    assert all(month in broad for month in (*MONTHS, "項目", "年度計"))
    assert broad.count("B00000032") == 4
    assert len(long) > 1
    for number, page in enumerate(long, start=1):
        assert all(heading in page for heading in LISTED)
        assert f"一覧{number + 2}/{len(long) + 2}" in page
    assert sum(page.count("審査中") for page in long) == 200
