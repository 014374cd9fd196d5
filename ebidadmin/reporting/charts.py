"""Charts that can be read in black and white: letters as outlines, so that no font is needed where they are looked at."""

from __future__ import annotations

import re
from collections.abc import Sequence
from io import StringIO
from typing import Any

_GREY, _DARK, _HATCH = "#d0d0d0", "#404040", "///"
_ROOM = 6
"""Bars that there is room for at least: a single one is not as broad as the page."""

_COMMENT = re.compile("<!--.*?-->", re.DOTALL)


def stacked_bars(
    labels: Sequence[str],
    lower: Sequence[int],
    upper: Sequence[int],
    *,
    names: tuple[str, str],
    x_title: str,
    y_title: str,
) -> str:
    """Bars of two parts (SVG): the lower ones light, the upper ones hatched, each whole bar with its number. Empty where there is none."""
    if not any((*lower, *upper)):
        return ""
    import matplotlib_fontja
    from matplotlib import rc_context
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    matplotlib_fontja.japanize()
    with rc_context({"svg.fonttype": "path", "svg.hashsalt": "ebidadmin", "hatch.linewidth": 1.2}):
        figure = Figure(figsize=(9, 3.4), layout="constrained")
        FigureCanvasSVG(figure)
        axes = figure.add_subplot()
        places = range(len(labels))
        axes.bar(places, lower, color=_GREY, edgecolor="black", label=names[0])
        axes.bar(places, upper, bottom=lower, color="white", edgecolor=_DARK, hatch=_HATCH, label=names[1])
        axes.set_xlim(-0.5, max(len(labels), _ROOM) - 0.5)
        _write_counts(axes, [below + above for below, above in zip(lower, upper, strict=True)])
        axes.set_xticks(list(places), list(labels))
        axes.set_xlabel(x_title)
        axes.set_ylabel(y_title)
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
        axes.spines[["top", "right"]].set_visible(False)
        # Above the bars, where it covers none and leaves them the whole width.
        axes.legend(frameon=False, loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=2)
        out = StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None})
    # The words that were drawn stand in comments too; nobody reads them there.
    return _COMMENT.sub("", out.getvalue())


def _write_counts(axes: Any, counts: Sequence[int]) -> None:
    """Each bar that there is gets its number, and room above for it."""
    for place, count in enumerate(counts):
        if count:
            axes.annotate(
                f"{count}",
                (place, count),
                ha="center",
                va="bottom",
                xytext=(0, 2),
                textcoords="offset points",
            )
    axes.set_ylim(0, max([*counts, 1]) * 1.15)
