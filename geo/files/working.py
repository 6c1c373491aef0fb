"""The exact working copy of a frame: a GeoPackage that gives back what was put in.

Any GIS opens it: texts, integers and numbers are plain columns, lists and mixed columns are JSON
texts. How each column was kept stands as JSON in the metadata of the layer.
"""

from __future__ import annotations

import html
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import orjson
import pandas as pd
import pyogrio
import pyproj
import shapely
from pyogrio.errors import DataLayerError, DataSourceError
from shapely.errors import GEOSException

from geo.crs import name_of, require_crs
from geo.durable import require_room
from geo.errors import InputError
from geo.files import kinds
from geo.files.geopackage import connect, quoted, wkb_of
from geo.files.writing import OWN, plain
from geo.types import Text

_LAYER = "features"
_GEOMETRY = "geometry"
_FID = "fid"
_INDEX = "row"
_METADATA_KEY = "huitu"
#: Rows that are written at once.
_AT_ONCE = 50_000
_METADATA = re.compile(rf'<MDI key="{_METADATA_KEY}">(.*?)</MDI>', re.DOTALL)
_KINDS: Mapping[str, frozenset[type]] = {
    "text": frozenset({str}),
    "integer": frozenset({int}),
    "real": frozenset({float}),
    "boolean": frozenset({bool}),
}
_STORED = {"text": "object", "integer": "Int64", "real": "Float64", "boolean": "boolean"}
_NOT_OURS = Text(zh="不是由惠图保存的工作副本", en="it is no working copy made by Huitu")


@dataclass(frozen=True)
class _Column:
    """How one column was kept: its name in the file, what stands in it, its dtype before."""

    name: str
    stored: str
    kind: str
    dtype: str


def save(frame: gpd.GeoDataFrame, path: Path) -> None:
    """Write the working copy; :func:`load` gives back the same frame.

    Kept are exact positions, missing geometry, integers beside missing values, lists and other
    JSON values, the order and the dtype of the columns, the index and the CRS. Writing it beside
    the old file and renaming it is the caller's business.

    Raises
    ------
    CrsError
        The frame has no CRS.
    OSError
        The disk is full.
    """
    crs = require_crs(frame)
    series = [(str(name), frame[name]) for name in frame.columns if name != frame.geometry.name]
    series.append((_INDEX, frame.index.to_series()))
    kept_columns = list(_kept(series))
    columns = [column for column, _ in kept_columns]
    data = {column.stored: values for column, values in kept_columns}
    kept = gpd.GeoDataFrame(
        data, geometry=frame.geometry.values, crs=crs, index=pd.RangeIndex(len(frame))
    )
    plan = {"crs": name_of(crs) if crs.to_authority(min_confidence=100) else crs.to_wkt()}
    _write(kept, path, {**plan, "columns": [asdict(column) for column in columns]})


def _write(frame: gpd.GeoDataFrame, path: Path, plan: Mapping[str, Any]) -> None:
    """Write some rows at a time: their binary forms, all at once, are as large as the file.

    Without a spatial index: rows are asked for by their number alone.
    """
    first = {
        "geometry_type": "Unknown",
        "layer_metadata": {_METADATA_KEY: orjson.dumps(plan).decode()},
        "layer_options": {"GEOMETRY_NAME": _GEOMETRY, "FID": _FID, "SPATIAL_INDEX": "NO"},
    }
    try:
        for start in range(0, max(1, len(frame)), _AT_ONCE):
            how = {"append": True} if start else first
            some = frame.iloc[start : start + _AT_ONCE]
            pyogrio.write_dataframe(some, path, driver="GPKG", layer=_LAYER, **how)
    except (DataSourceError, DataLayerError):
        require_room(path.parent)
        raise


def _kept(series: Iterable[tuple[str, pd.Series]]) -> Iterator[tuple[_Column, pd.Series]]:
    """How each column is kept, and what of it; one at a time, for a column may be large."""
    taken = {_FID, _GEOMETRY}
    for number, (name, column) in enumerate(series):
        stored = name if name and name.lower() not in taken else f"column_{number}"
        taken.add(stored.lower())
        values = _python(column)
        how = _Column(name, stored, _kind(values), str(column.dtype))
        yield how, _stored(how, values)


def _kind(values: Sequence[Any]) -> str:
    """Name the plain column that holds the values; ``json`` when none does."""
    found = set(map(type, values)) - {type(None)}
    return next((kind for kind, types in _KINDS.items() if found <= types), "json")


def _python(values: pd.Series) -> list[Any]:
    """Return Python's own values: what numpy calls int64 is an int."""
    found = plain(values)
    if set(map(type, found)) <= OWN:
        return found
    return [value.item() if isinstance(value, np.generic) else value for value in found]


def _stored(column: _Column, values: Sequence[Any]) -> pd.Series:
    if column.kind == "json":
        values = [None if value is None else _dumped(value) for value in values]
    return pd.Series(values, dtype=_STORED.get(column.kind, "object"))


def _dumped(value: Any) -> str:
    return orjson.dumps(value, default=str, option=orjson.OPT_SERIALIZE_NUMPY).decode()


def load(path: Path, rows: np.ndarray | None = None) -> gpd.GeoDataFrame:
    """Read a working copy of :func:`save`, all of it or the rows of some numbers from 0.

    Raises
    ------
    InputError
        There is no such file, it is damaged, or it is another kind of file.
    """
    if not path.is_file():
        raise InputError(kinds.NO_FILE.at(name=path.name))
    try:
        with closing(connect(path)) as database:
            return _loaded(database, rows)
    except (sqlite3.Error, ValueError, GEOSException):
        raise InputError(kinds.DAMAGED.at(what=path.name)) from None


def _loaded(database: sqlite3.Connection, some: np.ndarray | None) -> gpd.GeoDataFrame:
    plan = _read_plan(database)
    columns = [_Column(**column) for column in plan["columns"]]
    rows = _rows(database, [_GEOMETRY, *(column.stored for column in columns)], some)
    shapes, *values = zip(*rows, strict=True) if rows else [()] * (len(columns) + 1)
    *series, index = (_restored(*pair) for pair in zip(columns, values, strict=True))
    data = {column.name: one for column, one in zip(columns, series, strict=False)}
    binary = [None if blob is None else wkb_of(blob) for blob in shapes]
    geometry = np.asarray(shapely.from_wkb(binary), dtype=object)
    crs = pyproj.CRS.from_user_input(plan["crs"])
    frame = gpd.GeoDataFrame(data, geometry=geometry, crs=crs, index=range(len(rows)))
    return frame.set_axis(pd.Index(index), axis=0)


def _rows(
    database: sqlite3.Connection, names: Iterable[str], some: np.ndarray | None
) -> list[tuple[Any, ...]]:
    """Rows in their order; the first was written with number 1."""
    wanted = ", ".join(map(quoted, names))
    table, number = quoted(_LAYER), quoted(_FID)
    if some is None:
        return database.execute(f"SELECT {wanted} FROM {table} ORDER BY {number}").fetchall()  # noqa: S608 - quoted
    one = f"SELECT {wanted} FROM {table} WHERE {number} = ?"  # noqa: S608 - quoted
    found = [database.execute(one, (row + 1,)).fetchone() for row in np.sort(some).tolist()]
    return [row for row in found if row is not None]


def _read_plan(database: sqlite3.Connection) -> dict[str, Any]:
    for (text,) in database.execute("SELECT metadata FROM gpkg_metadata"):
        found = _METADATA.search(text)
        if found:
            plan: dict[str, Any] = orjson.loads(html.unescape(found.group(1)))
            return plan
    raise InputError(kinds.DAMAGED.at(what=_NOT_OURS))


def _restored(column: _Column, values: Iterable[Any]) -> pd.Series:
    found = list(values)
    if column.kind == "json":
        found = [None if value is None else orjson.loads(value) for value in found]
    elif column.kind == "boolean":
        found = [None if value is None else bool(value) for value in found]
    return pd.Series(found, dtype=column.dtype)
