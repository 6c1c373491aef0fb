"""GeoJSON out: RFC 7946, fast, and the same bytes for the same rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import orjson
import pandas as pd
import shapely

from geo.crs import WGS84, name_of, require_crs
from geo.errors import CrsError, InputError, ProblemKind
from geo.shapes.mending import oriented
from geo.types import Text, Told, nobody

NOT_DEGREES = ProblemKind(
    "geojson-needs-degrees",
    "error",
    Text(
        zh="GeoJSON 只写经纬度，这里是 {crs}",
        en="GeoJSON is written in longitude and latitude; this is {crs}",
    ),
    Text(zh="先转换为 EPSG:4326", en="Convert it to EPSG:4326 first"),
)
NOT_FINITE = ProblemKind(
    "geojson-not-finite",
    "error",
    Text(
        zh="有 {count} 个图形的坐标不是有限的数，不能写成 GeoJSON",
        en="{count} shapes have positions that are not finite: GeoJSON cannot hold them",
    ),
    Text(zh="先检查图形", en="Check the shapes first"),
)
KINDS = (NOT_DEGREES, NOT_FINITE)

#: WGS 84, and CGCS 2000 which agrees with it within decimetres.
_DEGREES = (WGS84, "EPSG:4490", "OGC:CRS84")
#: Features that are written at once.
_PIECE = 20_000
_OPTIONS = orjson.OPT_SERIALIZE_NUMPY
_POLYGONS = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)


def to_geojson(
    frame: gpd.GeoDataFrame,
    *,
    properties: Iterable[str] | None = None,
    decimals: int = 7,
    extra: Mapping[str, Any] | None = None,
) -> bytes:
    """Write a FeatureCollection of RFC 7946.

    Parameters
    ----------
    frame
        Longitude and latitude. The column ``id``, where there is one, is also the ``id`` of the
        feature.
    properties
        Columns to write, in this order; all of them when None.
    decimals
        Digits kept of a degree; 7 are 1 cm. Each position is rounded by itself, so that borders
        which were shared stay shared.
    extra
        Further members of the collection, e.g. ``{"huitu": {"version": "…"}}``.

    Raises
    ------
    CrsError
        The frame has no CRS, or another than longitude and latitude.
    InputError
        A position is not finite.
    """
    return b"".join(
        geojson_parts(frame, properties=properties, decimals=decimals, extra=extra, told=nobody)
    )


def geojson_parts(
    frame: gpd.GeoDataFrame,
    *,
    properties: Iterable[str] | None = None,
    decimals: int = 7,
    extra: Mapping[str, Any] | None = None,
    told: Told = nobody,
) -> Iterator[bytes]:
    """Write the same piece by piece; ``told`` hears how many features of how many are written.

    Raises
    ------
    CrsError, InputError
        As :func:`to_geojson`, before the first piece.
    """
    crs = require_crs(frame)
    if name_of(crs) not in _DEGREES:
        raise CrsError(NOT_DEGREES.at(crs=name_of(crs)))
    shapes = np.asarray(frame.geometry.values, dtype=object)
    pieces = [slice(start, start + _PIECE) for start in range(0, len(frame), _PIECE)]
    _refuse_infinite(shapes[some] for some in pieces)
    names, many = _names(frame, properties), len(pieces) > 1
    yield orjson.dumps({"type": "FeatureCollection", **(extra or {})})[:-1] + b',"features":[\n'
    for some in pieces:
        told(some.start, len(frame))
        written = _texts(shapes[some], decimals) if many else _texts_of_few(shapes[some], decimals)
        features = _features(frame.iloc[some], names, written)
        yield (b",\n" if some.start else b"") + b",\n".join(features)
    yield b"\n]}\n"


def _refuse_infinite(pieces: Iterable[np.ndarray]) -> None:
    spoiled = 0
    for shapes in pieces:
        where, owner = shapely.get_coordinates(shapes, return_index=True)
        x, y = where.T
        spoiled += len(np.unique(owner[~(np.isfinite(x) & np.isfinite(y))]))
    if spoiled:
        raise InputError(NOT_FINITE.at(count=spoiled))


def _names(frame: gpd.GeoDataFrame, properties: Iterable[str] | None) -> list[str]:
    if properties is not None:
        return list(properties)
    return [name for name in frame.columns if name != frame.geometry.name]


def _features(
    frame: gpd.GeoDataFrame, names: list[str], shapes: Sequence[bytes | None]
) -> list[bytes]:
    rows = _rows(frame, names)
    ids = plain(frame["id"]) if "id" in frame else [None] * len(frame)
    return [_feature(*parts) for parts in zip(ids, shapes, rows, strict=True)]


def _feature(name: Any, shape: bytes | None, properties: Mapping[str, Any]) -> bytes:
    start = b"{" if name is None else b'{"id":' + _json(name) + b","
    return b"".join(
        (
            start,
            b'"type":"Feature","geometry":',
            shape or b"null",
            b',"properties":',
            _json(properties),
            b"}",
        )
    )


def _rows(frame: gpd.GeoDataFrame, names: list[str]) -> list[dict[str, Any]]:
    columns = [plain(frame[name]) for name in names]
    if not columns:
        return [{} for _ in range(len(frame))]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def _texts(shapes: np.ndarray, decimals: int) -> list[bytes | None]:
    """Write many shapes in a compiled pass, and what that leaves out one by one."""
    from geo.files import shapetext

    written = shapetext.texts(shapes, decimals)
    left = [place for place, text in enumerate(written) if text is None]
    for place, text in zip(left, _texts_of_few(shapes[left], decimals), strict=True):
        written[place] = text
    return written


@np.errstate(invalid="ignore")
def _texts_of_few(shapes: np.ndarray, decimals: int) -> list[bytes | None]:
    plane = shapely.force_2d(shapes)
    rounded = shapely.transform(plane, lambda where: np.round(where, decimals))
    polygons = np.isin(shapely.get_type_id(rounded), _POLYGONS)
    rounded[polygons] = oriented(rounded[polygons])
    written: list[str | None] = shapely.to_geojson(rounded).tolist()
    for place in np.flatnonzero(shapely.is_empty(rounded)):
        name = rounded[place].geom_type
        member = "geometries" if name == "GeometryCollection" else "coordinates"
        written[place] = f'{{"type":"{name}","{member}":[]}}'
    return [None if text is None else text.encode() for text in written]


def plain(column: pd.Series) -> list[Any]:
    """Return a column as Python values, None for whatever pandas calls missing."""
    values: list[Any] = column.tolist()
    if isinstance(column.dtype, pd.api.extensions.ExtensionDtype):
        values = column.array.to_numpy(dtype=object, na_value=None).tolist()
    if set(map(type, values)) <= OWN:
        return values
    return [
        None if value is None or _is_missing(value) else value for value in column.astype(object)
    ]


#: Types of values that are never missing and need no second look, unlike a float; and None.
OWN = frozenset({str, int, bool, type(None)})


def _is_missing(value: Any) -> bool:
    return value is pd.NA or value is pd.NaT or (isinstance(value, float) and value != value)


def _json(value: Any) -> bytes:
    return orjson.dumps(value, default=_plain_value, option=_OPTIONS)


def _plain_value(value: Any) -> Any:
    """Turn what orjson does not know into what it knows."""
    if _is_missing(value):
        return None
    if isinstance(value, tuple | set | frozenset):
        return list(value)
    if isinstance(value, Mapping):
        return dict(value)
    return str(value)
