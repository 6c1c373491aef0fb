"""The attributes of a layer as numbers: each distinct value is kept once, as it stands in tiles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.tiles import encoding

#: Groups are numbers of one byte.
_MOST_GROUPS = 256
#: Values that are encoded at once.
_AT_ONCE = 50_000


def groups(frame: gpd.GeoDataFrame, names: Sequence[str]) -> np.ndarray:
    """Number the ways in which rows may be drawn, by as many attributes as bytes can number."""
    groups = np.zeros(len(frame), np.int64)
    for name in names:
        numbers, distinct = pd.factorize(frame[name], use_na_sentinel=True)
        _, finer = np.unique(groups * (len(distinct) + 1) + numbers + 1, return_inverse=True)
        if finer.max(initial=0) >= _MOST_GROUPS:
            break
        groups = finer
    return groups.astype(np.uint8)


def numbers(column: pd.Series) -> np.ndarray:
    """A column as numbers; what is missing is less than any."""
    return column.astype("Float64").fillna(-np.inf).to_numpy(np.float64)


def coded(
    columns: Sequence[pd.Series], order: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Codes of the values of columns, and the distinct values as they stand in tiles."""
    codes = np.full((len(order), len(columns)), -1, np.int32)
    tables: list[bytes] = []
    lengths: list[np.ndarray] = []
    known = 0
    for number, column in enumerate(columns):
        places, distinct = _factorized(column.iloc[order])
        codes[:, number] = np.where(places < 0, -1, places + known)
        for start in range(0, len(distinct), _AT_ONCE):
            some = distinct[start : start + _AT_ONCE]
            table, starts = _table(some)
            tables.append(table)
            lengths.append(np.diff(starts))
        known += len(distinct)
    starts_of_all = np.concatenate([np.zeros(1, np.int64), *lengths]).cumsum(dtype=np.int64)
    return codes, starts_of_all, np.frombuffer(b"".join(tables), np.uint8).copy()


def _factorized(column: pd.Series) -> tuple[np.ndarray, Sequence[Any]]:
    """Number the values of a column; lists, which have no hash, by their JSON."""
    if column.dtype == object and not set(map(type, column)) <= _PLAIN:
        column = column.map(encoding.plain, na_action="ignore")
    places, distinct = pd.factorize(column, use_na_sentinel=True)
    return places, distinct.tolist()


#: Types of values that stand in tiles as they are.
_PLAIN = frozenset({str, bool, int, float, type(None)})


def _table(distinct: Sequence[Any]) -> tuple[bytes, list[int]]:
    """Values as they stand in tiles, one after another, and where each begins."""
    if set(map(type, distinct)) == {str}:
        return encoding.concatenated(encoding.texts(distinct))
    return encoding.concatenated(encoding.value(encoding.plain(one)) for one in distinct)
