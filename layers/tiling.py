"""The arrays that tiles of a version are cut from: what they carry, and where they lie."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import geopandas as gpd

from geo import tiles
from geo.tiles import LayerArrays
from geo.types import Told, nobody
from layers.spec import LayerSpec

#: The folder of a version that holds its arrays.
ARRAYS = "arrays"
#: With more located features than this a layer goes out as tiles, unless the settings say else.
TILE_FEATURES = 5_000
#: Beyond the highest zoom of tiles they are drawn larger: a unit is 15 cm by then.
ZOOMS = range(17)

_ID = "id"
#: Fields that are drawn or searched though they are words: the names of a feature.
_NAMES = frozenset({"name_zh", "name_en", "name"})
_NUMBERS = frozenset({"integer", "number", "year"})


def fields(spec: LayerSpec) -> tuple[str, ...]:
    """The attributes that tiles of a layer carry: id, names, numbers, and what is one of several.

    They are what styles, labels and filters look at; the card of a feature asks for the rest.
    """
    return tuple(
        name
        for name, field in spec.fields.items()
        if name == _ID or name in _NAMES or field.values or field.type in _NUMBERS
    )


def groups(spec: LayerSpec) -> tuple[str, ...]:
    """The attributes by which features may be drawn differently."""
    return tuple(name for name, field in spec.fields.items() if field.values)


def build(frame: gpd.GeoDataFrame, spec: LayerSpec, told: Told = nobody) -> LayerArrays:
    """The arrays of a version's rows.

    Raises
    ------
    InputError
        A shape cannot be drawn in tiles; all such rows are told.
    """
    there = set(frame.columns)
    return tiles.build(
        frame,
        name=spec.id,
        fields=[name for name in fields(spec) if name in there],
        group_by=[name for name in groups(spec) if name in there],
        told=told,
    )


def write(frame: gpd.GeoDataFrame, spec: LayerSpec, version: Path) -> None:
    """Keep the arrays of a version's rows in its folder."""
    tiles.write(build(frame, spec), version / ARRAYS)


def opened(version: Path, spec: LayerSpec, rows: Callable[[], gpd.GeoDataFrame]) -> LayerArrays:
    """The arrays of a version: those kept in its folder, else made of its rows in memory.

    Raises
    ------
    Damaged
        They are kept and are not what was written.
    """
    if (version / ARRAYS).is_dir():
        return tiles.read(version / ARRAYS)
    return build(rows(), spec)
