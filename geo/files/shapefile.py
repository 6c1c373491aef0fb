"""Shapefile: all its parts together, or none of it.

GDAL fills in what is missing, drops what is too much and guesses the encoding, without a word. So
the parts are looked at first, the table is read by ourselves, and GDAL gets the shapes alone.
"""

from __future__ import annotations

import struct
import tempfile
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

import numpy as np
import pyogrio
import pyproj
import shapely
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, GeometryError
from shapely.errors import GEOSException

from geo import limits
from geo.errors import Problem, ProblemKind, listed
from geo.files import dbf, declared, encodings, kinds, shapeparts, strictjson
from geo.files.reading import Asked, Content, Preview, Table, refused, safe_names
from geo.types import Text, listing

MISSING_PARTS = ProblemKind(
    "shapefile-parts",
    "error",
    Text(zh="Shapefile 缺少 {parts}", en="The Shapefile lacks {parts}"),
    Text(
        zh="把 .shp、.shx、.dbf、.prj（和 .cpg）放在一起，文件名相同",
        en="Keep .shp, .shx, .dbf, .prj (and .cpg) together under one name",
    ),
)
COUNTS_DIFFER = ProblemKind(
    "shapefile-counts",
    "error",
    Text(
        zh="各部分的行数不同：图形 {shapes}，索引 {index}，属性 {table}",
        en="Its parts differ in rows: shapes {shapes}, index {index}, table {table}",
    ),
    Text(
        zh="某一部分被单独改动过，请重新导出",
        en="One part was changed without the others: export it again",
    ),
)
NOT_PLAIN = ProblemKind(
    "shapefile-type",
    "error",
    Text(zh="不支持的图形类型（代码 {code}）", en="Shapes of type {code} are not read"),
    Text(zh="转为普通的点、线、面", en="Turn them into plain points, lines or polygons"),
)
DELETED_ROWS = ProblemKind(
    "rows-deleted",
    "note",
    Text(
        zh="属性表中标记为已删除的行没有读取（{count} 行）",
        en="Rows marked as deleted in the table were not read ({count})",
    ),
    Text(zh="无需处理", en="Nothing to do"),
)
KINDS = (MISSING_PARTS, COUNTS_DIFFER, NOT_PLAIN, DELETED_ROWS)

#: Encodings that can be told from each other; Latin 1 decodes anything and so says nothing.
_ENCODINGS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("utf-8", "utf8", "65001", "cp65001"), "utf-8"),
        **dict.fromkeys(("gbk", "gb2312", "936", "cp936", "ansi 936", "gb18030"), "gb18030"),
        **dict.fromkeys(("big5", "950", "cp950"), "big5"),
    }
)
_CHOICES = "utf-8, gbk, gb18030, big5"
_LIKELY = ("utf-8", "gb18030", "big5")
_PREVIEWED = 100
_PLAIN_TYPES = {0, 1, 3, 5, 8, 11, 13, 15, 18, 21, 23, 25, 28}
_NULL_TYPE = 0
_HEADER, _RECORD_HEADER, _MAGIC = 100, 8, 9994
_PREVIEW_BYTES, _PREVIEW_TEXTS = 60, 3
_CUT = Text(zh="图形文件（.shp）被截断或与文件头不符", en="its shapes (.shp) are cut short")
_UNSOUND = Text(zh="图形文件（.shp）结构有错", en="its shapes (.shp) are not sound")
_OTHER_INDEX = Text(zh="索引（.shx）与图形不符", en="its index (.shx) points elsewhere")
_NO_CPG = Text(zh="没有 .cpg 文件说明", en="there is no .cpg that names it")
_BAD_CPG = Text(zh=".cpg 写的编码读不通", en="the encoding of its .cpg does not read")

Parts = Mapping[str, bytes]
T = TypeVar("T")


def read(parts: Parts, asked: Asked) -> Content:
    """Read a Shapefile from its parts.

    Parameters
    ----------
    parts
        Bytes by suffix, ``.shp`` among them.
    asked
        The CRS where there is no ``.prj``, the encoding where there is no true ``.cpg``.
    """
    missing = [suffix for suffix in shapeparts.NEEDED if not parts.get(suffix)]
    if missing:
        return refused(MISSING_PARTS.at(parts=listing(missing)))
    if max(map(len, parts.values())) > limits.FILE_BYTES:
        limit = limits.FILE_BYTES // 1_000_000
        return refused(kinds.TOO_LARGE.at(size=f">{limit}", limit=limit))
    faults: list[Problem] = []
    table = _kept(dbf.parse(parts[".dbf"]), faults)
    notes: list[Problem] = []
    target = _kept(_crs(parts, asked, notes), faults)
    records = _kept(_records(parts[".shp"]), faults)
    codec = None if table is None else _kept(_encoding(parts, table, asked), faults)
    if table is not None and records is not None:
        faults += _index_faults(records, parts[".shx"], len(table.rows))
    shapes = None if faults else _kept(_shapes(parts, len(records or ())), faults)
    if faults or table is None or records is None or codec is None or shapes is None:
        return refused(*faults, rows=0 if table is None else len(table.rows))
    rows = list(_decoded(table, records, asked.turned(shapes), codec.name))
    content = _content(rows, table, target, codec.name)
    told = [*notes, *content.problems]
    return replace(content, problems=told, encoding=codec.asked, previews=codec.previews)


def _kept(found: T | Problem, faults: list[Problem]) -> T | None:
    """Put a problem to the faults; give back what is none."""
    if isinstance(found, Problem):
        faults.append(found)
        return None
    return found


def _crs(parts: Parts, asked: Asked, notes: list[Problem]) -> pyproj.CRS | Problem | None:
    wkt = parts.get(".prj", b"").decode("utf-8-sig", "replace").strip()
    return declared.by_wkt(wkt, asked.crs, notes) if wkt else declared.given(asked)


def _index_faults(records: Sequence[_Record], shx: bytes, rows: int) -> Iterator[Problem]:
    """Compare the index with the records: GDAL would follow it wherever it points."""
    count = (len(shx) - _HEADER) / _RECORD_HEADER
    if not len(records) == count == rows:
        yield COUNTS_DIFFER.at(shapes=len(records), index=f"{count:g}", table=rows)
        return
    words = [record.at // 2 for record in records]
    if [word for word, _ in struct.iter_unpack(">ii", shx[_HEADER:])] != words:
        yield kinds.DAMAGED.at(what=_OTHER_INDEX)


class _Record(NamedTuple):
    """Where a shape begins in the file, and its type."""

    at: int
    code: int


def _records(content: bytes) -> list[_Record] | Problem:
    """Step from record to record to the end that the header names."""
    try:
        magic, words = struct.unpack_from(">i20xi", content)
        (code,) = struct.unpack_from("<i", content, 32)
        if magic != _MAGIC or 2 * words != len(content):
            return kinds.DAMAGED.at(what=_CUT)
        if code not in _PLAIN_TYPES:
            return NOT_PLAIN.at(code=code)
        return list(_step(content))
    except struct.error:
        return kinds.DAMAGED.at(what=_CUT)


def _step(content: bytes) -> Iterator[_Record]:
    at = _HEADER
    while at < len(content):
        start = at
        (words,) = struct.unpack_from(">i", content, at + 4)
        (code,) = struct.unpack_from("<i", content, at + _RECORD_HEADER)
        at += _RECORD_HEADER + 2 * words
        if words < 2 or at > len(content):
            raise struct.error
        yield _Record(start, code)


@dataclass(frozen=True)
class _Codec:
    """The encoding of a table; what to show a person who may doubt it."""

    name: str
    asked: str | None = None
    previews: tuple[Preview, ...] = ()


def _encoding(parts: Parts, table: dbf.Table, asked: Asked) -> _Codec | Problem:
    """Choose the encoding: a person's word, else the .cpg's if it is true, else ask."""
    texts = table.texts()
    previews = encodings.previews(texts[:_PREVIEWED]) if asked.looking and texts else ()
    if asked.encoding is not None:
        codec = _ENCODINGS.get(asked.encoding.lower())
        if codec is None or not table.decodes(codec):
            return kinds.BAD_ENCODING.at(encoding=asked.encoding, choices=_CHOICES)
        return _Codec(codec, codec, previews)
    label = parts.get(".cpg", b"").decode("ascii", "replace").strip().lower()
    codec = _ENCODINGS.get(label)
    if not texts or (codec is not None and table.decodes(codec)):
        return _Codec(codec or "utf-8")
    likeliest = next((one for one in _LIKELY if table.decodes(one)), None)
    if asked.looking and likeliest:
        return _Codec(likeliest, likeliest, previews)
    preview = [text.rstrip(b" \0")[:_PREVIEW_BYTES] for text in texts[:_PREVIEW_TEXTS]]
    return encodings.ask(preview, _BAD_CPG if label else _NO_CPG)


def _shapes(parts: Parts, count: int) -> np.ndarray | Problem:
    """Let GDAL read the shapes, under a name of ours, with nothing else to look at."""
    with tempfile.TemporaryDirectory(prefix="huitu-") as folder:
        path = Path(folder) / "layer.shp"
        for suffix in (".shp", ".shx"):
            path.with_suffix(suffix).write_bytes(parts[suffix])
        try:
            shapes = _read_shapes(path)
        except (DataSourceError, DataLayerError, FeatureError, GeometryError, GEOSException):
            shapes = None
    if shapes is None or len(shapes) != count:
        return kinds.DAMAGED.at(what=_UNSOUND)
    return shapes


@np.errstate(invalid="ignore")
def _read_shapes(path: Path) -> np.ndarray | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        if pyogrio.read_info(path)["driver"] != "ESRI Shapefile":
            return None
        _, _, binary, _ = pyogrio.raw.read(path, columns=[])
    return np.asarray(shapely.from_wkb(binary, on_invalid="ignore"), dtype=object)


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    shape: Any
    values: Sequence[Any]
    problems: Sequence[Problem]

    @property
    def is_whole(self) -> bool:
        return all(problem.kind.severity != "error" for problem in self.problems)


def _decoded(
    table: dbf.Table, records: Sequence[_Record], shapes: np.ndarray, codec: str
) -> Iterator[_Row]:
    """Decode the rows; those that are marked as deleted are left out."""
    names = [field.name.decode(codec) for field in table.fields]
    for number, (raw, record, shape) in enumerate(zip(table.rows, records, shapes, strict=True), 1):
        if raw is None:
            continue
        cells = zip(table.fields, raw, strict=True)
        values = [dbf.value(field, cell, codec) for field, cell in cells]
        found = [
            problem
            for name, value in zip(names, values, strict=True)
            for problem in _value_faults(name, value)
        ]
        if record.code != _NULL_TYPE and shape is None:
            found.append(kinds.BAD_SHAPE.at())
        yield _Row(number, shape, values, [replace(problem, row=number) for problem in found])


def _content(
    rows: Sequence[_Row], table: dbf.Table, target: pyproj.CRS | None, codec: str
) -> Content:
    names = [field.name.decode(codec) for field in table.fields]
    places = [place for place, field in enumerate(table.fields) if field.kind in dbf.KINDS_READ]
    unread = [name for place, name in enumerate(names) if place not in places]
    told = [kinds.BINARY_FIELD.at(field=name, name=name) for name in unread]
    if len(rows) < len(table.rows):
        told.append(DELETED_ROWS.at(count=len(table.rows) - len(rows)))
    new, renamed = safe_names(names[place] for place in places)
    whole = [row for row in rows if row.is_whole]
    columns = {
        name: [row.values[place] for row in whole] for name, place in zip(new, places, strict=True)
    }
    numbers, shapes = [row.number for row in whole], [row.shape for row in whole]
    found = Table(numbers, columns, shapes, target)
    problems = listed(problem for row in rows for problem in row.problems)
    return Content(found, [*problems, *told, *renamed], len(rows))


def _value_faults(name: str, value: Any) -> Iterator[Problem]:
    if isinstance(value, dbf.Unreadable):
        shown = value.raw.decode("ascii", "replace").strip()
        yield dbf.BAD_VALUE.at(field=name, name=name, value=shown)
    elif isinstance(value, dbf.CutText):
        yield dbf.CUT_TEXT.at(field=name, name=name, value=str(value))
    else:
        yield from strictjson.faults(name, value)
