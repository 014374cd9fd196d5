"""A report as one HTML file: nothing in it is fetched from anywhere, and it prints as it shows."""

from __future__ import annotations

import base64
from html import escape

from ebidadmin.reporting.sheet import Cell, Part, Sheet

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
_STYLE = """
:root { color-scheme: light; }
body { font-family: "Yu Gothic UI", "Hiragino Sans", "Noto Sans CJK JP", "IPAexGothic", sans-serif; color: #111; background: #fff;
  max-width: 72rem; margin: 0 auto; padding: 1.5rem; line-height: 1.6; }
h1 { font-size: 1.7rem; margin: 0; } h2 { font-size: 1.15rem; border-bottom: 2px solid #444; padding-bottom: .2rem; margin-top: 2rem; }
.head { display: flex; flex-wrap: wrap; gap: .3rem 2rem; margin: .8rem 0; } .head div span { color: #444; margin-right: .6rem; }
.actions { border: 3px solid #111; padding: .6rem 1.2rem; margin: 1rem 0; } .actions h2 { margin-top: 0; border: 0; }
.actions.none { border: 1px solid #777; } table { border-collapse: collapse; min-width: 24rem; font-size: .92rem; }
th, td { border: 1px solid #999; padding: .25rem .5rem; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
th { background: #eee; overflow-wrap: break-word; } td.number { text-align: right; font-variant-numeric: tabular-nums; }
td.code { white-space: nowrap; }
img { max-width: 100%; } .note { margin: .3rem 0; } footer { margin-top: 2.5rem; border-top: 1px solid #777; font-size: .8rem; color: #333;
  overflow-wrap: anywhere; } thead { display: table-header-group; } tr, img { break-inside: avoid; } h2 { break-after: avoid; }
"""


def html_page(sheet: Sheet) -> str:
    """The page."""
    head = "".join(f"<div><span>{_said(label)}</span>{_said(value)}</div>" for label, value in sheet.facts)
    foot = "".join(f"<div>{_said(label)} {_said(value)}</div>" for label, value in sheet.foot)
    return (
        '<!DOCTYPE html>\n<html lang="ja">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_said(sheet.title)} {_said(sheet.subtitle)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f'<header><h1>{_said(sheet.title)}</h1><p class="note">{_said(sheet.subtitle)}</p><div class="head">{head}</div></header>\n'
        f"{_actions(sheet)}\n{''.join(part_html(part, sheet) for part in sheet.parts)}<footer>{foot}</footer>\n</body>\n</html>\n"
    )


def part_html(part: Part, sheet: Sheet) -> str:
    """One part, as it also shows in a notebook."""
    pieces = [f"<section><h2>{_said(part.title)}</h2>"]
    if part.note:
        pieces.append(f'<p class="note">{_said(part.note)}</p>')
    if part.chart:
        picture = base64.b64encode(part.chart.encode()).decode()
        pieces.append(f'<img alt="{_said(part.chart_said)}" src="data:image/svg+xml;base64,{picture}">')
    if part.columns and part.rows:
        pieces.append(_table(part))
    elif part.columns:
        pieces.append(f'<p class="note">{_said(sheet.empty)}</p>')
    if part.hidden:
        pieces.append(f'<p class="note">{_said(sheet.more_rows.format(count=part.hidden))}</p>')
    return "".join((*pieces, "</section>\n"))


def actions_html(sheet: Sheet) -> str:
    """What needs action, as it also shows in a notebook."""
    return _actions(sheet)


def _actions(sheet: Sheet) -> str:
    title = f"<h2>{_said(sheet.actions_title)}</h2>"
    if not sheet.actions:
        return f'<section class="actions none">{title}<p>{_said(sheet.all_well)}</p></section>'
    lines = "".join(f"<li>{_said(line)}</li>" for line in sheet.actions)
    return f'<section class="actions">{title}<ul>{lines}</ul></section>'


def _table(part: Part) -> str:
    head = "".join(f'<th scope="col">{_said(name)}</th>' for name in part.columns)
    body = "".join(f"<tr>{''.join(_cell(cell) for cell in row)}</tr>" for row in part.rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(value: Cell) -> str:
    if isinstance(value, int | float):
        return f'<td class="number">{value:,}</td>'
    said = "" if value is None else value
    kind = ' class="code"' if said.isascii() and len(said) <= 20 else ""
    return f"<td{kind}>{_said(said)}</td>"


def _said(value: str) -> str:
    return escape(value).replace("\n", "<br>")
