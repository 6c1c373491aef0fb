"""What a first look at a file shows, before anybody has said anything about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from geo.crs import name_of
from geo.errors import Problem, shown
from geo.files.reading import Content, Layer, Preview, Table

#: Positions that a look gives at most; every n-th of them where there are more.
POSITIONS = 20_000
_SAMPLES = 5
_TYPES = {
    str: "text",
    bool: "boolean",
    int: "integer",
    float: "number",
    list: "list",
    dict: "object",
}


@dataclass(frozen=True)
class FieldLook:
    """One field of a file.

    Attributes
    ----------
    name
        As the reading will call it.
    types
        Of the values: ``text``, ``integer``, ``number``, ``boolean``, ``list``, ``object``.
    samples
        The first different values, five at most, written out and cut when long.
    filled
        How many rows have a value.
    """

    name: str
    types: tuple[str, ...]
    samples: tuple[str, ...]
    filled: int


@dataclass(frozen=True)
class Look:
    """What a file seems to hold; nothing is judged.

    Attributes
    ----------
    name, size_bytes, sha256, driver
        As in :class:`geo.files.reading.Reading`.
    layers, layer
        Where a file may hold several (sheets of a workbook, tables, layers of a drawing): all of
        them, and the one that the rest of this look is about.
    previews, encoding
        Where the encoding may be doubted: how the names read in each, the likeliest first, and the
        one that was taken here. ``encoding`` is None where there is nothing to ask.
    fields
        In the order of the file.
    columns
        Of a table: the columns that seem to hold x and y, or the geometry; empty when none does.
    crs
        The CRS that the file declares, as ``EPSG:4549`` where it has a code; else None.
    positions
        Raw positions as they stand in the file, shape (n, 2), at most :data:`POSITIONS`.
    rows
        Rows in the layer.
    problems
        What makes the file unreadable, whatever a person may answer.
    """

    name: str
    size_bytes: int
    sha256: str
    driver: str
    layers: tuple[Layer, ...]
    layer: str | None
    previews: tuple[Preview, ...]
    encoding: str | None
    fields: tuple[FieldLook, ...]
    columns: tuple[str, ...]
    crs: str | None
    positions: np.ndarray
    rows: int
    problems: tuple[Problem, ...]


def seen(content: Content, *, name: str, size_bytes: int, sha256: str, driver: str) -> Look:
    """Make a look of what a reader made of a file."""
    table = content.table
    return Look(
        name=name,
        size_bytes=size_bytes,
        sha256=sha256,
        driver=driver,
        layers=content.layers,
        layer=content.layer,
        previews=content.previews,
        encoding=content.encoding,
        fields=() if table is None else _fields(table),
        columns=content.columns,
        crs=None if table is None or table.crs is None else name_of(table.crs),
        positions=np.empty((0, 2)) if table is None else _positions(table),
        rows=content.rows,
        problems=tuple(content.problems) if table is None else (),
    )


def _fields(table: Table) -> tuple[FieldLook, ...]:
    return tuple(_field(name, values) for name, values in table.columns.items())


def _field(name: str, values: Sequence[Any]) -> FieldLook:
    found = [value for value in values if value is not None]
    types = dict.fromkeys(_TYPES.get(type(value), "text") for value in found)
    samples: dict[str, None] = {}
    for value in found:
        samples.setdefault(shown(value))
        if len(samples) == _SAMPLES:
            break
    return FieldLook(name, tuple(types), tuple(samples), len(found))


def _positions(table: Table) -> np.ndarray:
    found = shapely.get_coordinates(table.geometry())
    step = -(-len(found) // POSITIONS) or 1
    return found[::step]
