"""FlatGeobuf (version 3), read by ourselves: its sizes are compared with the bytes that are there.

GDAL believes the counts in the header; a cut file would be read as far as it goes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import pyproj

from geo import limits
from geo.errors import Problem
from geo.files import declared, kinds, rows, strictjson
from geo.files.flatbuffer import FlatBufferError, Record, number
from geo.files.positions import HEIGHT_DROPPED
from geo.files.reading import Asked, Content, refused
from geo.files.rows import Row
from geo.files.strictjson import TooBig
from geo.types import Text

_MAGIC, _NODE = 8, 40
_CUT = Text(
    zh="文件被截断，或各部分的大小与文件头不符",
    en="it is cut short, or its sizes do not agree",
)
#: Places of the fields in the tables of the format's schema.
_COLUMNS, _FEATURES_COUNT, _NODE_SIZE, _CRS, _TYPE = 7, 8, 9, 10, 2
_ORGANISATION, _CODE, _WKT = 0, 1, 4
_GEOMETRY, _PROPERTIES, _OWN_COLUMNS = 0, 1, 2
_ENDS, _XY, _Z, _OWN_TYPE, _PARTS = 0, 1, 2, 6, 7
_STANDARD_NODE = 16
_TYPES: Mapping[int, str] = MappingProxyType(
    {
        1: "Point",
        2: "LineString",
        3: "Polygon",
        4: "MultiPoint",
        5: "MultiLineString",
        6: "MultiPolygon",
        7: "GeometryCollection",
    }
)
#: Codes of numbers by the type of a column; others are a length and bytes.
_NUMBERS: Mapping[int, str] = MappingProxyType(
    {0: "b", 1: "B", 2: "B", 3: "h", 4: "H", 5: "i", 6: "I", 7: "q", 8: "Q", 9: "f", 10: "d"}
)
_SIZES = {"b": 1, "B": 1, "h": 2, "H": 2, "i": 4, "I": 4, "q": 8, "Q": 8, "f": 4, "d": 8}
_BOOLEAN, _UNSIGNED, _JSON, _BINARY = 2, 8, 12, 14
_KNOWN_TYPES = range(15)


@dataclass(frozen=True)
class _Column:
    name: str
    type: int


def read(content: bytes, asked: Asked) -> Content:
    """Read a FlatGeobuf file."""
    try:
        return _read(content, asked)
    except (FlatBufferError, UnicodeDecodeError):
        return refused(kinds.DAMAGED.at(what=_CUT))


def _read(content: bytes, asked: Asked) -> Content:
    size = int(number(content, "I", _MAGIC))
    start = _MAGIC + 4 + size
    if start > len(content):
        raise FlatBufferError("a header beyond the end")
    header = Record.root(content[_MAGIC + 4 : start])
    columns = _columns(header.records(_COLUMNS))
    if len(columns) > limits.FIELDS:
        return refused(kinds.TOO_MANY_FIELDS.at(count=len(columns), limit=limits.FIELDS))
    notes: list[Problem] = []
    crs = _crs(header, asked, notes)
    if isinstance(crs, Problem):
        return refused(crs)
    count = int(header.number(_FEATURES_COUNT, "Q"))
    reader = _Reader(columns, int(header.number(_TYPE, "B")), crs, asked)
    start += _index_size(count, int(header.number(_NODE_SIZE, "H", _STANDARD_NODE)))
    found = [reader.row(place, one) for place, one in enumerate(_features(content, start), 1)]
    if count and count != len(found):
        raise FlatBufferError("another count")
    told = [
        kinds.BINARY_FIELD.at(field=one.name, name=one.name)
        for one in columns
        if one.type == _BINARY
    ]
    keys = [
        (column.name, str(place)) for place, column in enumerate(columns) if column.type != _BINARY
    ]
    return rows.content(found, crs, [*notes, *told], keys=keys)


def _columns(records: Sequence[Record]) -> list[_Column]:
    found = [_Column(record.text(0) or "", int(record.number(1, "B"))) for record in records]
    if any(column.type not in _KNOWN_TYPES for column in found):
        raise FlatBufferError("a column of no type")
    return found


def _crs(header: Record, asked: Asked, notes: list[Problem]) -> pyproj.CRS | Problem | None:
    found = header.record(_CRS)
    if found is None:
        return declared.given(asked)
    code, wkt = int(found.number(_CODE, "i")), found.text(_WKT)
    if code > 0 and (found.text(_ORGANISATION) or "EPSG").upper() == "EPSG":
        return declared.by_code(f"EPSG:{code}", asked.crs, notes)
    return declared.by_wkt(wkt, asked.crs, notes) if wkt else declared.given(asked)


def _index_size(count: int, node_size: int) -> int:
    """Return the bytes of the packed R-tree between header and features; no node size, no tree."""
    if not count or not node_size:
        return 0
    nodes, level = count, -(-count // max(node_size, 2))
    while level > 1:
        nodes += level
        level = -(-level // max(node_size, 2))
    return _NODE * (nodes + 1)


def _features(content: bytes, at: int) -> Iterator[bytes]:
    if at > len(content):
        raise FlatBufferError("an index beyond the end")
    while at < len(content):
        size = int(number(content, "I", at))
        at += 4
        if size == 0 or at + size > len(content):
            raise FlatBufferError("a feature beyond the end")
        yield content[at : at + size]
        at += size


@dataclass(frozen=True)
class _Reader:
    """How the features of one file are read."""

    columns: Sequence[_Column]
    type: int
    crs: pyproj.CRS | None
    asked: Asked

    def row(self, place: int, content: bytes) -> Row:
        feature = Record.root(content)
        own = feature.records(_OWN_COLUMNS)
        columns = _columns(own) if own else self.columns
        row = Row(place, dict(_values(feature.bytes(_PROPERTIES), columns)))
        geometry = feature.record(_GEOMETRY)
        if geometry is not None:
            # Vectors may share their bytes: no feature has more positions than it has room for.
            budget = [len(content)]
            read = _geometry(geometry, self.type, budget, depth=0)
            if read is None:
                row.problems.append(kinds.BAD_SHAPE.at())
            else:
                row.read_shape(read, self.crs, self.asked)
                if len(geometry.numbers(_Z, "d")):
                    row.problems.append(HEIGHT_DROPPED.at())
        return row


def _geometry(
    record: Record, outer: int, budget: list[int], depth: int
) -> Mapping[str, Any] | None:
    """Return a GeoJSON geometry; None where it is of no plain type."""
    name = _TYPES.get(int(record.number(_OWN_TYPE, "B")) or outer)
    if name is None or depth > 1:
        return None
    if name in {"MultiPolygon", "GeometryCollection"}:
        inner = 3 if name == "MultiPolygon" else 0
        parts = [_geometry(part, inner, budget, depth + 1) for part in _paid(record, budget)]
        return _of_parts(name, parts)
    where = record.numbers(_XY, "d")
    _pay(budget, where.nbytes)
    if len(where) % 2:
        raise FlatBufferError("half a position")
    positions = where.reshape(-1, 2).tolist()
    return {"type": name, "coordinates": _nested(name, positions, record)}


def _paid(record: Record, budget: list[int]) -> list[Record]:
    parts = record.records(_PARTS)
    _pay(budget, 4 * len(parts))
    return parts


def _pay(budget: list[int], size: int) -> None:
    budget[0] -= size
    if budget[0] < 0:
        raise FlatBufferError("more positions than bytes")


def _of_parts(name: str, parts: Sequence[Mapping[str, Any] | None]) -> Mapping[str, Any] | None:
    if None in parts:
        return None
    whole = [part for part in parts if part is not None]
    if name == "GeometryCollection":
        return {"type": name, "geometries": whole}
    if any(part["type"] != "Polygon" for part in whole):
        return None
    return {"type": name, "coordinates": [part["coordinates"] for part in whole]}


def _nested(name: str, positions: list[Any], record: Record) -> Any:
    if name == "Point":
        if len(positions) > 1:
            raise FlatBufferError("a point of several positions")
        return positions[0] if positions else []
    if name in {"LineString", "MultiPoint"}:
        return positions
    ends = record.numbers(_ENDS, "I").tolist() or [len(positions)]
    if not positions:
        return []
    starts = [0, *ends[:-1]]
    if ends[-1] != len(positions) or any(a > b for a, b in zip(starts, ends, strict=True)):
        raise FlatBufferError("ends out of order")
    return [positions[a:b] for a, b in zip(starts, ends, strict=True)]


def _values(content: bytes, columns: Sequence[_Column]) -> Iterator[tuple[tuple[str, ...], Any]]:
    at = 0
    while at < len(content):
        place = int(number(content, "H", at))
        if place >= len(columns):
            raise FlatBufferError("a value of no column")
        column, at = columns[place], at + 2
        code = _NUMBERS.get(column.type)
        if code is None:
            size = int(number(content, "I", at))
            at += 4
            if at + size > len(content):
                raise FlatBufferError("a text beyond the end")
            value: Any = _written(column, content[at : at + size])
        else:
            size, value = _SIZES[code], _counted(column, number(content, code, at))
        at += size
        if column.type != _BINARY:
            yield (column.name, str(place)), value


def _counted(column: _Column, value: Any) -> Any:
    if column.type == _BOOLEAN:
        return bool(value)
    is_beyond = column.type == _UNSIGNED and value >= 2**63
    return TooBig(str(value)) if is_beyond else value


def _written(column: _Column, raw: bytes) -> Any:
    text = raw.decode("utf-8", "surrogateescape")
    if column.type != _JSON:
        return text or None
    parsed = strictjson.parse(text)
    return text if isinstance(parsed, Problem) else parsed
