"""Rows of formats whose rows name their own fields: gathered, then made a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pyproj
from shapely.geometry.base import BaseGeometry

from geo import limits
from geo.errors import Problem, listed
from geo.files import cells, kinds, strictjson
from geo.files.positions import ShapeReader
from geo.files.reading import Asked, Content, Table, refused, safe_names


@dataclass
class Row:
    """One row under examination.

    Attributes
    ----------
    values
        By a key that starts with the name of the field; two fields of one name have two keys.
    """

    number: int
    values: Mapping[tuple[str, ...], Any] = field(default_factory=dict)
    shape: BaseGeometry | None = None
    problems: list[Problem] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Tell whether the row becomes a feature."""
        return all(problem.kind.severity != "error" for problem in self.problems)

    def read_shape(self, geometry: Mapping[str, Any], crs: pyproj.CRS | None, asked: Asked) -> None:
        """Build the shape of a GeoJSON geometry, telling what is wrong with it."""
        reader = ShapeReader.of(crs, asked)
        self.shape = reader.shape(geometry)
        self.problems += reader.problems


def content(
    rows: Sequence[Row],
    crs: pyproj.CRS | None,
    told: Sequence[Problem] = (),
    keys: Sequence[tuple[str, ...]] = (),
    inferred: Callable[[tuple[str, ...]], bool] = lambda _key: False,
) -> Content:
    """Make a table of rows.

    Parameters
    ----------
    rows, crs
        All of them, those that are refused included.
    told
        What else is to be told.
    keys
        Of the fields that a file declares, whether a row has a value or not.
    inferred
        Whether the texts of a field become numbers where all of them are.
    """
    keys = list(dict.fromkeys([*keys, *(key for row in rows for key in row.values)]))
    if len(keys) > limits.FIELDS:
        found = kinds.TOO_MANY_FIELDS.at(count=len(keys), limit=limits.FIELDS)
        return refused(found, rows=len(rows))
    for row in rows:
        for key, value in row.values.items():
            row.problems += strictjson.faults(key[0], value)
        row.problems = [replace(problem, row=row.number) for problem in row.problems]
    whole = [row for row in rows if row.is_whole]
    names, renamed = safe_names(key[0] for key in keys)
    columns = {}
    for name, key in zip(names, keys, strict=True):
        values = [row.values.get(key) for row in whole]
        columns[name] = cells.typed(values) if inferred(key) else values
    table = Table([row.number for row in whole], columns, [row.shape for row in whole], crs)
    problems = listed(problem for row in rows for problem in row.problems)
    return Content(table, [*problems, *told, *renamed], len(rows))
