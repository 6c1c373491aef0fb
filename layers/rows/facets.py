"""What rows are counted by: the few combinations of stage, years and drawing that a layer has.

A million parcels have some hundred combinations. Each row knows the number of its own; a count of
rows is then a sum over combinations, whatever is asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from geo.tiles import LayerArrays
from layers.query import Criteria
from layers.spec import SCHEMATIC
from layers.style import Style

_STAGE, _QUALITY = "stage", "geometry_quality"
_FIRST, _LAST = "year_from", "year_to"


@dataclass(frozen=True, eq=False)
class Facets:
    """The combinations of a layer, k of them.

    Attributes
    ----------
    of_row
        The number of each row's combination, in the order of the version.
    stages
        The stage of each combination; None where it has none.
    first, last
        Its years, the one that is known standing for the other; NaN where it is undated.
    located
        Whether its rows have a geometry.
    groups
        What its rows are drawn by: values of the style's fields, and whether they are schematic.
    """

    of_row: np.ndarray
    stages: np.ndarray
    first: np.ndarray
    last: np.ndarray
    located: np.ndarray
    groups: tuple[Mapping[str, Any], ...]

    @classmethod
    def of(cls, arrays: LayerArrays, style: Style) -> Facets:
        """Find the combinations of a layer that is drawn in a style."""
        by = [name for name in (style.by, style.badge_by) if name in arrays.fields]
        names = [_STAGE, _FIRST, _LAST, _QUALITY, *by]
        there = [name for name in dict.fromkeys(names) if name in arrays.fields]
        numbers = _numbered([arrays.codes[:, arrays.fields.index(name)] for name in there], arrays)
        examples = np.unique(numbers, return_index=True)[1]
        known = [arrays.attributes(place) for place in examples.tolist()]
        located = arrays.kinds[examples] > 0
        first, last = (_years(known, *pair) for pair in ((_FIRST, _LAST), (_LAST, _FIRST)))
        of_row = np.empty(len(arrays), numbers.dtype)
        of_row[arrays.rows - 1] = numbers
        return cls(
            of_row=of_row,
            stages=np.array([row.get(_STAGE) for row in known], dtype=object),
            first=first,
            last=last,
            located=located,
            groups=tuple(map(_group, known, [by] * len(known), located.tolist())),
        )

    def counted(self, rows: np.ndarray | None) -> np.ndarray:
        """How many of some rows, or of all, each combination has."""
        if rows is None:
            return self._all
        return np.bincount(self.of_row[rows], minlength=len(self.groups))

    @cached_property
    def _all(self) -> np.ndarray:
        return np.bincount(self.of_row, minlength=len(self.groups))

    def staged(self, criteria: Criteria) -> np.ndarray:
        """Which combinations have a wanted stage."""
        if criteria.stages is None:
            return np.ones(len(self.groups), bool)
        return np.array([stage in criteria.stages for stage in self.stages], bool)

    def dated(self, criteria: Criteria) -> np.ndarray:
        """Which combinations are under way in the wanted years; those that are undated are."""
        if criteria.years is None:
            return np.ones(len(self.groups), bool)
        return np.asarray(self.undated | self.under_way(*criteria.years))

    @property
    def undated(self) -> np.ndarray:
        """Which combinations have no year."""
        return np.asarray(np.isnan(self.first))

    def under_way(self, first: int, last: int) -> np.ndarray:
        """Which combinations are dated and meet some years."""
        return np.asarray((self.first <= last) & (self.last >= first))


def _numbered(columns: Iterable[np.ndarray], arrays: LayerArrays) -> np.ndarray:
    """Number the rows so that those which agree in all columns have one number."""
    numbers = (arrays.kinds > 0).astype(np.int64)
    for codes in columns:
        places, distinct = pd.factorize(codes)
        numbers, _ = pd.factorize(numbers * len(distinct) + places)
    numbers, distinct = pd.factorize(numbers)
    return numbers.astype(np.min_scalar_type(max(len(distinct) - 1, 0)))


def _years(known: Iterable[Mapping[str, Any]], name: str, other: str) -> np.ndarray:
    return np.array([row.get(name, row.get(other, np.nan)) for row in known], dtype=float)


def _group(row: Mapping[str, Any], by: Iterable[str], located: bool) -> dict[str, Any]:
    return {
        "properties": {name: row.get(name) for name in by},
        "schematic": row.get(_QUALITY) in SCHEMATIC,
        "located": located,
    }
