"""The rows of a large version: counted, filtered, searched and paged without being read as JSON.

What the map's script does itself with the few features of a small layer the server does here for a
layer of which no browser could hold the features, and by the same rules as
:class:`layers.query.Criteria`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.geometry.base import BaseGeometry

from geo.types import BBox
from layers.query import Criteria, select
from layers.search import normalise
from layers.spec import SCHEMATIC
from layers.style import Style

_ID, _STAGE, _QUALITY = "id", "stage", "geometry_quality"
_FIRST, _LAST = "year_from", "year_to"
#: A degree of latitude is nowhere shorter on the ellipsoid (at the equator 110,574 m).
LEAST_DEGREE_M = 110_500.0
#: Between words and between rows; `normalise` keeps both, and no word has them.
_WORD_END, _ROW_END = "\x01", "\x00"


@dataclass(frozen=True)
class Told:
    """What is told of the rows that pass a filter.

    Attributes
    ----------
    located, unlocated
        How many pass, with and without geometry.
    stages
        How many pass with each stage, everything else as it is.
    years
        How many dated ones are under way in each year, everything else as it is.
    undated
        How many have no year, everything else as it is; they pass every range of years.
    groups
        What is drawn alike, with its number: what a legend counts.
    rows
        A page of them, with their shapes, in the order of the version.
    next
        Where the next page begins; None at the end.
    """

    located: int
    unlocated: int
    stages: Mapping[str, int]
    years: Mapping[int, int]
    undated: int
    groups: tuple[Mapping[str, Any], ...]
    rows: gpd.GeoDataFrame
    next: int | None

    def counts(self) -> dict[str, Any]:
        """All but the rows, as JSON has it."""
        return {
            "located": self.located,
            "unlocated": self.unlocated,
            "stages": dict(self.stages),
            "years": {str(year): count for year, count in self.years.items()},
            "undated": self.undated,
            "groups": list(self.groups),
            "next": self.next,
        }


class Rows:
    """The rows of one version of a layer.

    Parameters
    ----------
    frame
        The version in EPSG:4326, in its order.
    style
        By what its features are drawn.
    """

    def __init__(self, frame: gpd.GeoDataFrame, style: Style) -> None:
        self._frame = frame
        self._located = frame.geometry.notna().to_numpy()
        self._stage = _column(frame, _STAGE)
        self._first, self._last = _years(frame)
        self._undated = np.isnan(self._first)
        self._groups = _groups(frame, style, self._located)
        self._places = {str(name): place for place, name in enumerate(frame[_ID])}
        self._words, self._ends = _text(frame)

    def __len__(self) -> int:
        return len(self._frame)

    def told(self, criteria: Criteria, years: tuple[int, int], start: int, limit: int) -> Told:
        """Count what passes, and give a page of it.

        Parameters
        ----------
        criteria
            The filter; its layers are not asked.
        years
            The first and the last year that are counted.
        start, limit
            Where the page begins among those that pass, and how many rows it has.
        """
        named = self._named(criteria)
        staged, dated = self._staged(criteria), self._dated(criteria)
        passing = named & staged & dated
        places = np.flatnonzero(passing)
        page = places[start : start + limit]
        return Told(
            located=int((passing & self._located).sum()),
            unlocated=int((passing & ~self._located).sum()),
            stages=_counted(self._stage[named & dated]),
            years=self._under_way(named & staged, range(years[0], years[1] + 1)),
            undated=int((named & staged & self._undated).sum()),
            groups=_numbered(self._groups, places),
            rows=self._frame.iloc[page],
            next=start + limit if start + limit < len(places) else None,
        )

    def bits(self, q: str) -> bytes:
        """One bit for each row, as tiles number them (from 1), whether words find it.

        The lowest bit of the first byte is that of number 0, which no row has.
        """
        found = np.zeros(len(self) + 1, bool)
        found[1:] = self._found(q)
        return np.packbits(found, bitorder="little").tobytes()

    def one(self, row_id: str) -> gpd.GeoDataFrame | None:
        """The row of an id, alone in its frame; None when there is none."""
        place = self._places.get(row_id)
        return None if place is None else self._frame.iloc[place : place + 1]

    def within(self, box: BBox) -> gpd.GeoDataFrame:
        """The rows that touch a box, in the order of the version."""
        return select(self._frame, bbox=box)

    def _named(self, criteria: Criteria) -> np.ndarray:
        """Those that the words find and that are among the ids."""
        found = self._found(criteria.q)
        if criteria.ids is not None:
            among = np.zeros(len(self), bool)
            among[[self._places[name] for name in criteria.ids if name in self._places]] = True
            found = found & among
        return found

    def _staged(self, criteria: Criteria) -> np.ndarray:
        if criteria.stages is None:
            return np.ones(len(self), bool)
        found: np.ndarray = np.isin(self._stage, criteria.stages)
        return found

    def _dated(self, criteria: Criteria) -> np.ndarray:
        if criteria.years is None:
            return np.ones(len(self), bool)
        first, last = criteria.years
        dated: np.ndarray = self._undated | ((self._first <= last) & (self._last >= first))
        return dated

    def _under_way(self, among: np.ndarray, years: Iterable[int]) -> dict[int, int]:
        first, last = self._first[among], self._last[among]
        return {year: int(((first <= year) & (last >= year)).sum()) for year in years}

    def _found(self, q: str) -> np.ndarray:
        """Rows in whose words the query stands: one pass over one text, not a loop over rows."""
        wanted = normalise(q)
        if not wanted:
            return np.ones(len(self), bool)
        at = [match.start() for match in re.finditer(re.escape(wanted), self._words)]
        found = np.zeros(len(self), bool)
        found[np.searchsorted(self._ends, at, side="right")] = True
        return found


def around(shape: BaseGeometry, distance_m: float) -> BBox:
    """A box in degrees with everything within a distance of a shape in EPSG:4326, and more."""
    west, south, east, north = shape.bounds
    up = distance_m / LEAST_DEGREE_M
    across = up / math.cos(math.radians(min(max(abs(south), abs(north)) + up, 89)))
    return BBox(
        max(west - across, -180), max(south - up, -90), min(east + across, 180), min(north + up, 90)
    )


def _column(frame: gpd.GeoDataFrame, name: str) -> np.ndarray:
    """The values of a field as words; empty where there is none."""
    if name not in frame:
        return np.full(len(frame), "", dtype=object)
    return frame[name].astype(object).where(frame[name].notna(), "").to_numpy()


def _years(frame: gpd.GeoDataFrame) -> tuple[np.ndarray, np.ndarray]:
    """First and last year; the one that is known stands for the other."""
    first, last = (
        pd.to_numeric(frame[name], errors="coerce").to_numpy(float, na_value=np.nan)
        if name in frame
        else np.full(len(frame), np.nan)
        for name in (_FIRST, _LAST)
    )
    return np.where(np.isnan(first), last, first), np.where(np.isnan(last), first, last)


def _counted(values: np.ndarray) -> dict[str, int]:
    counts = pd.Series(values, dtype=object).value_counts()
    return {str(value): int(count) for value, count in counts.items() if value != ""}


def _groups(frame: gpd.GeoDataFrame, style: Style, located: np.ndarray) -> pd.DataFrame:
    """By what each row is drawn."""
    fields = [name for name in (style.by, style.badge_by) if name is not None and name in frame]
    by = {name: _column(frame, name) for name in fields}
    schematic = pd.Series(_column(frame, _QUALITY)).isin(SCHEMATIC).to_numpy()
    return pd.DataFrame({**by, "_schematic": schematic, "_located": located})


def _numbered(groups: pd.DataFrame, places: np.ndarray) -> tuple[dict[str, Any], ...]:
    counts = groups.iloc[places].groupby(list(groups.columns), sort=True).size()
    return tuple(
        _group(row, int(count))
        for row, count in zip(counts.index.to_frame().to_dict("records"), counts, strict=True)
    )


def _group(row: Mapping[Any, Any], count: int) -> dict[str, Any]:
    marks = {"schematic": bool(row["_schematic"]), "located": bool(row["_located"])}
    words = {name: value or None for name, value in row.items() if not name.startswith("_")}
    return {"properties": words, **marks, "count": count}


def _text(frame: gpd.GeoDataFrame) -> tuple[str, np.ndarray]:
    """All words of all rows as one text, and where each row ends in it.

    Pinyin is left out: of a million names it would take minutes, and parcels are asked for by
    number.
    """
    columns = [_column(frame, name) for name in (_ID, "name_zh", "name_en")]
    aliases = frame["aliases"] if "aliases" in frame else [None] * len(frame)
    rows = (
        _WORD_END.join([*map(str, words), *(also if isinstance(also, list | tuple) else ())])
        for *words, also in zip(*columns, aliases, strict=True)
    )
    text = normalise(_ROW_END.join(rows)) + _ROW_END
    return text, np.flatnonzero(np.fromiter((letter == _ROW_END for letter in text), bool))
