"""GeoPackage, read as what it is: an SQLite database, looked at before any row is.

Python's sqlite3 reads it, and not GDAL: an integer beside a missing one stays the
integer that it is, and nothing a file may hold (views, virtual tables, triggers) is run.
"""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
from shapely.geometry.base import BaseGeometry

from geo.errors import Problem, ProblemKind
from geo.files import declared, kinds, strictjson, which, wkb
from geo.files.gathering import AT_ONCE, Gathered
from geo.files.reading import Asked, Content, Layer, refused
from geo.types import Text, listing

NOT_A_GEOPACKAGE = ProblemKind(
    "geopackage-none",
    "error",
    Text(
        zh="这是 SQLite 数据库，但不是 GeoPackage",
        en="This is an SQLite database but no GeoPackage",
    ),
    Text(zh="在制图软件中导出为 GeoPackage", en="Export it as GeoPackage"),
)
FOREIGN_PARTS = ProblemKind(
    "geopackage-parts",
    "error",
    Text(
        zh="数据库中有不属于 GeoPackage 的{what}：{names}",
        en="The database holds {what} that are none of GeoPackage's own: {names}",
    ),
    Text(
        zh="把所需图层单独导出为新的 GeoPackage",
        en="Export the layer alone into a new GeoPackage",
    ),
)
STILL_OPEN = ProblemKind(
    "geopackage-open",
    "error",
    Text(
        zh="文件还在别的软件中打开，有未合并的修改（-wal 文件）",
        en="The file is still open elsewhere and has changes beside it (its -wal file)",
    ),
    Text(zh="关闭那个软件后再读", en="Close the other program and read it again"),
)
BAD_INDEX = ProblemKind(
    "geopackage-index",
    "error",
    Text(
        zh="空间索引与图形不符（索引 {indexed} 条，图形 {shapes} 个）",
        en="The spatial index does not match ({indexed} entries, {shapes} shapes)",
    ),
    Text(zh="在制图软件中重新导出", en="Export it again from your drawing program"),
)
KINDS = (
    NOT_A_GEOPACKAGE,
    FOREIGN_PARTS,
    STILL_OPEN,
    BAD_INDEX,
)

#: Bytes of the envelope in the header of a geometry, by its code (GeoPackage 1.3, 2.1.3).
_ENVELOPES = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}
_HEADER = 8
#: Letters, version and flags, which say how long the envelope is and whether anything follows.
_MARKS = 4
_EMPTY_FLAG = 0b10000
#: Triggers of the standard, of its R-tree extension and of GDAL. None of them is ever run here.
_TRIGGERS = re.compile(
    r"gpkg_\w+|rtree_.+_(insert|update\d?|delete)|trigger_(insert|delete)_feature_count_.+"
    r"|fg(ti|tu|si|su)_.+",
    re.DOTALL,
)
_RTREE = re.compile(r'CREATE VIRTUAL TABLE\s+("([^"]|"")*"|\S+)\s+USING rtree\b', re.IGNORECASE)
_VIEWS = Text(zh="视图", en="views")
_TRIGGER_WORD = Text(zh="触发器", en="triggers")
_VIRTUAL = Text(zh="虚拟表", en="virtual tables")
_BAD_DATABASE = Text(zh="数据库结构有错", en="the database is not sound")
_CHANGED = Text(zh="读取期间文件被改动", en="it was changed while it was read")
#: Steps of SQLite's machine until a file is taken for a trap, and how often they are counted.
_MOST_CALLS, _STEPS_PER_CALL = 500, 1_000_000
_MOST_BYTES_OF_VALUE = 100_000_000


def connect(path: Path) -> sqlite3.Connection:
    """Open a database of our own that nobody writes any more, read-only."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)


def quoted(name: str) -> str:
    """Write a name for SQL."""
    return '"' + name.replace('"', '""') + '"'


def shape_of(blob: bytes) -> BaseGeometry:
    """Return the shape of a GeoPackage geometry; :class:`geo.files.wkb.WkbError` if it is none."""
    return wkb.shape_of(wkb_of(blob))


def wkb_of(blob: bytes) -> bytes:
    """Return the well-known binary after the header; WkbError when there is no header."""
    header = _header_length(blob[:_MARKS])
    if header is None or len(blob) < _HEADER:
        raise wkb.WkbError("no header")
    return blob[header:]


def _header_length(marks: bytes) -> int | None:
    """Bytes before the well-known binary, by the first of them; None where it is no geometry."""
    if len(marks) < _MARKS or marks[:2] != b"GP":
        return None
    envelope = _ENVELOPES.get((marks[3] >> 1) & 0b111)
    return None if envelope is None else _HEADER + envelope


def read(path: Path, asked: Asked, *, unmerged: bool = False) -> Content:
    """Read one feature layer of a GeoPackage.

    Parameters
    ----------
    path
        The file. It is read where it lies: a copy in memory would be as large once more.
    asked
        The layer where there are several, the CRS where the file leaves it undefined.
    unmerged
        Whether a write-ahead log that is not empty lies beside the file.
    """
    if unmerged:
        return refused(STILL_OPEN.at())
    before = _state(path)
    try:
        with closing(_careful(connect(path))) as database:
            content = _read(database, asked)
    except (sqlite3.Error, OverflowError, UnicodeError):
        return refused(kinds.DAMAGED.at(what=_BAD_DATABASE))
    return content if _state(path) == before else refused(kinds.DAMAGED.at(what=_CHANGED))


def _state(path: Path) -> tuple[int, int, int]:
    """What changes when somebody writes to a file."""
    stat = path.stat()
    return stat.st_ino, stat.st_size, stat.st_mtime_ns


def _careful(database: sqlite3.Connection) -> sqlite3.Connection:
    """Run nothing that the file holds, and nothing for ever."""
    database.execute("PRAGMA trusted_schema = OFF")
    database.execute("PRAGMA query_only = ON")
    database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MOST_BYTES_OF_VALUE)
    calls = iter(range(_MOST_CALLS))
    database.set_progress_handler(lambda: next(calls, None) is None, _STEPS_PER_CALL)
    database.text_factory = partial(str, encoding="utf-8", errors="surrogateescape")
    return database


def _read(database: sqlite3.Connection, asked: Asked) -> Content:
    found = list(_foreign_parts(database))
    if found:
        return refused(*found)
    if database.execute("PRAGMA integrity_check(1)").fetchone() != ("ok",):
        return refused(kinds.DAMAGED.at(what=_BAD_DATABASE))
    layers = _layers(database)
    if layers is None:
        return refused(NOT_A_GEOPACKAGE.at())
    known = tuple(Layer(layer.table, layer.rows(database)) for layer in layers)
    chosen = which.layer(known, asked)
    if isinstance(chosen, Problem):
        return refused(chosen, layers=known)
    layer = next(one for one in layers if one.table == chosen.name)
    notes: list[Problem] = []
    target = _crs(database, layer.srs_id, asked, notes)
    if isinstance(target, Problem):
        return refused(target, layers=known)
    content = layer.read(database, target, asked)
    told = [*notes, *content.problems]
    return replace(content, problems=told, layers=known, layer=chosen.name)


def _foreign_parts(database: sqlite3.Connection) -> Iterator[Problem]:
    parts = database.execute("SELECT type, name, coalesce(sql, '') FROM sqlite_master").fetchall()
    views = [name for kind, name, _ in parts if kind == "view"]
    triggers = [n for kind, n, _ in parts if kind == "trigger" and not _TRIGGERS.fullmatch(n)]
    virtual = [
        name
        for kind, name, sql in parts
        if kind == "table" and re.match(r"\s*CREATE\s+VIRTUAL", sql, re.I) and not _RTREE.match(sql)
    ]
    for what, names in ((_VIEWS, views), (_TRIGGER_WORD, triggers), (_VIRTUAL, virtual)):
        if names:
            yield FOREIGN_PARTS.at(what=what, names=listing(sorted(names)))


@dataclass(frozen=True)
class _Layer:
    """Where the features are, and in which CRS."""

    table: str
    geometry: str
    srs_id: int

    def rows(self, database: sqlite3.Connection) -> int:
        (count,) = database.execute(
            f"SELECT count(*) FROM {quoted(self.table)}"  # noqa: S608 - quoted
        ).fetchone()
        return int(count)

    def read(
        self, database: sqlite3.Connection, target: pyproj.CRS | None, asked: Asked
    ) -> Content:
        columns = list(self.columns(database))
        names = ", ".join(quoted(name) for name in [self.geometry, *(n for n, _ in columns)])
        sql = f"SELECT {names} FROM {quoted(self.table)} ORDER BY rowid"  # noqa: S608 - quoted
        gathered, types = Gathered([name for name, _ in columns]), [kind for _, kind in columns]
        rows, not_empty = database.execute(sql), 0
        while some := rows.fetchmany(AT_ONCE):
            blobs, *values = zip(*some, strict=True)
            gathered.add(*_shapes(blobs), [_values(*of) for of in zip(types, values, strict=True)])
            not_empty += _not_empty(blobs)
        faults = list(self.index_faults(database, not_empty))
        return refused(*faults) if faults else gathered.content(target, asked)

    def columns(self, database: sqlite3.Connection) -> Iterator[tuple[str, str]]:
        """List name and declared type of the attributes; the number of the row is none."""
        json_columns = _json_columns(database, self.table)
        info = database.execute(f"PRAGMA table_info({quoted(self.table)})").fetchall()
        for _, name, kind, _, _, key in info:
            if name != self.geometry and not key:
                yield name, "JSON" if name in json_columns else kind.upper()

    def index_faults(self, database: sqlite3.Connection, shapes: int) -> Iterator[Problem]:
        """Compare the R-tree, where there is one, with the number of shapes it should hold."""
        index = f"rtree_{self.table}_{self.geometry}"
        if not _has_table(database, index):
            return
        count = f"SELECT count(*) FROM {quoted(index)}"  # noqa: S608 - quoted
        (indexed,) = database.execute(count).fetchone()
        if indexed != shapes:
            yield BAD_INDEX.at(indexed=indexed, shapes=shapes)


def _layers(database: sqlite3.Connection) -> list[_Layer] | None:
    needed = ("gpkg_contents", "gpkg_geometry_columns", "gpkg_spatial_ref_sys")
    if not all(_has_table(database, name) for name in needed):
        return None
    rows = database.execute(
        "SELECT c.table_name, g.column_name, g.srs_id FROM gpkg_contents AS c"
        " JOIN gpkg_geometry_columns AS g ON lower(g.table_name) = lower(c.table_name)"
        " WHERE c.data_type = 'features' ORDER BY 1"
    )
    return [_Layer(*row) for row in rows if _has_table(database, row[0])]


def _has_table(database: sqlite3.Connection, name: str) -> bool:
    sql = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND lower(name) = lower(?)"
    return database.execute(sql, (name,)).fetchone() is not None


def _json_columns(database: sqlite3.Connection, table: str) -> set[str]:
    if not _has_table(database, "gpkg_data_columns"):
        return set()
    sql = (
        "SELECT column_name FROM gpkg_data_columns"
        " WHERE lower(table_name) = lower(?) AND mime_type = 'application/json'"
    )
    return {name for (name,) in database.execute(sql, (table,))}


def _crs(
    database: sqlite3.Connection, srs_id: int, asked: Asked, notes: list[Problem]
) -> pyproj.CRS | Problem | None:
    """Return the layer's CRS; 0 and -1 mean that it is undefined (GeoPackage 1.3, 1.1.2.1.2)."""
    sql = (
        "SELECT organization, organization_coordsys_id, definition"
        " FROM gpkg_spatial_ref_sys WHERE srs_id = ?"
    )
    row = database.execute(sql, (srs_id,)).fetchone() if srs_id > 0 else None
    if row is None:
        return declared.given(asked)
    organization, code, definition = row
    if str(organization).upper() == "EPSG":
        return declared.by_code(f"EPSG:{code}", asked.crs, notes)
    return declared.by_wkt(str(definition), asked.crs, notes)


def _shapes(blobs: Sequence[Any]) -> tuple[np.ndarray, list[int]]:
    """The shapes of geometries as they stand in the column, and the places of those that are none.

    Where nothing stands there is no shape, and that is no fault.
    """
    there = [place for place, blob in enumerate(blobs) if blob is not None]
    shapes = np.full(len(blobs), None, dtype=object)
    shapes[there] = wkb.shapes_of(_bodies([blobs[place] for place in there]))
    return shapes, [place for place in there if shapes[place] is None]


def _bodies(blobs: Sequence[Any]) -> list[bytes]:
    """The well-known binary of each; of what is no geometry, nothing.

    Most files write one header for all: then it is looked at once.
    """
    if set(map(type, blobs)) != {bytes}:
        return [_body(blob) for blob in blobs]
    marks = {blob[:_MARKS] for blob in blobs}
    header = _header_length(next(iter(marks)))
    if len(marks) > 1 or header is None or min(map(len, blobs)) < _HEADER:
        return [_body(blob) for blob in blobs]
    return [blob[header:] for blob in blobs]


def _not_empty(blobs: Sequence[Any]) -> int:
    """How many geometries say that they are not empty."""
    heads = Counter(blob[:_MARKS] for blob in blobs if isinstance(blob, bytes))
    return sum(
        count for head, count in heads.items() if len(head) == _MARKS and not head[-1] & _EMPTY_FLAG
    )


def _body(blob: Any) -> bytes:
    """The well-known binary of a geometry; of what is none, nothing."""
    try:
        return wkb_of(blob) if isinstance(blob, bytes) else b""
    except wkb.WkbError:
        return b""


def _values(kind: str, values: Sequence[Any]) -> Sequence[Any]:
    return [_value(kind, value) for value in values] if kind in _OWN_VALUES else values


#: Declared types whose values are something else than what SQLite keeps.
_OWN_VALUES = ("JSON", "BOOLEAN")


def _value(kind: str, value: Any) -> Any:
    if kind == "JSON" and isinstance(value, str):
        parsed = strictjson.parse(value)
        return value if isinstance(parsed, Problem) else parsed
    if kind == "BOOLEAN" and value in {0, 1}:
        return bool(value)
    return value
