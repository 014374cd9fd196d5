"""Making frames whose columns have a type, also where there is no row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd


def typed_frame(columns: Mapping[str, str], rows: Iterable[tuple[object, ...]]) -> pd.DataFrame:
    """A frame of those columns (name and pandas type; ``object`` for days and moments of Japan) and rows."""
    listed = list(rows)
    values = list(zip(*listed, strict=True)) if listed else [() for _ in columns]
    return pd.DataFrame(
        {
            name: pd.Series(list(one), dtype=dtype)
            for (name, dtype), one in zip(columns.items(), values, strict=True)
        }
    )
