"""Rows of a file gathered some thousands at a time, column by column.

A million rows are never there as rows: a tuple, its list of values and its problems would take more
memory and time than what is in them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyproj

from geo.errors import Problem, listed
from geo.files import kinds, strictjson
from geo.files.reading import Asked, Content, Table, safe_names

#: Rows that are looked at together: few enough to stay in a processor's cache.
AT_ONCE = 2_000
#: Different values up to which a column is thought to repeat them.
_FEW = 1_000


class Sharing:
    """Equal values of a column kept once: of "residential" a city has one and not ten thousand."""

    def __init__(self) -> None:
        self._known: dict[Any, Any] | None = {}

    def shared(self, values: Sequence[Any]) -> Sequence[Any]:
        """The same values; equal texts, or equal whole numbers, are one object."""
        if self._known is None or not set(map(type, values)) <= _SHARED:
            return values
        found = [self._known.setdefault(value, value) for value in values]
        if len(self._known) > _FEW:
            self._known = None
        return found


#: Not 1.0 and true: they are equal to 1 and are something else.
_SHARED = frozenset({str, int, type(None)})


@dataclass
class Gathered:
    """The columns of a table as they grow, without the rows that are refused.

    Attributes
    ----------
    names
        Of the columns, as in the file.
    rows
        How many were added, those that are refused included.
    """

    names: Sequence[str]
    rows: int = 0
    _values: list[list[Any]] = field(init=False)
    _sharing: list[Sharing] = field(init=False)
    _binary: set[int] = field(default_factory=set)
    _numbers: list[np.ndarray] = field(default_factory=list)
    _shapes: list[np.ndarray] = field(default_factory=list)
    _problems: list[Problem] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._values = [[] for _ in self.names]
        self._sharing = [Sharing() for _ in self.names]

    def add(
        self, shapes: np.ndarray, without_shape: Sequence[int], columns: Sequence[Sequence[Any]]
    ) -> None:
        """Add rows.

        Parameters
        ----------
        shapes
            One a row; None where there is none.
        without_shape
            Places of the rows whose shape cannot be read.
        columns
            The values of each column.
        """
        found = [(place, -1, kinds.BAD_SHAPE.at()) for place in without_shape]
        for number, (name, values) in enumerate(zip(self.names, columns, strict=True)):
            faults = strictjson.column_faults(name, values)
            found += [(place, number, fault) for place, fault in faults]
            if bytes in set(map(type, values)):
                self._binary.add(number)
        found.sort(key=lambda one: one[:2])
        first = self.rows + 1
        self._problems += [replace(fault, row=first + place) for place, _, fault in found]
        whole = np.ones(len(shapes), dtype=bool)
        whole[[place for place, _, _ in found]] = False
        self._keep(shapes, columns, whole)
        self.rows += len(shapes)

    def _keep(
        self, shapes: np.ndarray, columns: Sequence[Sequence[Any]], whole: np.ndarray
    ) -> None:
        self._numbers.append(self.rows + 1 + np.flatnonzero(whole))
        self._shapes.append(shapes[whole])
        kept = None if whole.all() else np.flatnonzero(whole).tolist()
        for before, sharing, values in zip(self._values, self._sharing, columns, strict=True):
            some = values if kept is None else [values[place] for place in kept]
            before.extend(sharing.shared(some))

    def content(self, crs: pyproj.CRS | None, asked: Asked) -> Content:
        """What was gathered, without the columns that hold binary values; those are told."""
        places = [place for place in range(len(self.names)) if place not in self._binary]
        unread = [self.names[place] for place in sorted(self._binary)]
        told = [kinds.BINARY_FIELD.at(field=name, name=name) for name in unread]
        new, renamed = safe_names(self.names[place] for place in places)
        columns = {name: self._values[place] for name, place in zip(new, places, strict=True)}
        shapes = np.concatenate([np.empty(0, dtype=object), *self._shapes])
        numbers = np.concatenate([np.empty(0, dtype=np.int64), *self._numbers])
        table = Table(numbers, columns, asked.turned(shapes), crs)
        return Content(table, [*listed(self._problems), *told, *renamed], self.rows)
