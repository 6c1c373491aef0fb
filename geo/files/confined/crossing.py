"""What crosses between the two processes: JSON, then well-known binary, and nothing that runs.

The child has seen a stranger's bytes; its answer is parsed as theirs would be.
"""

from __future__ import annotations

import importlib
import pkgutil
import struct
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
import orjson
import pyproj
import shapely
from pyproj.exceptions import ProjError

from geo.crs import known_crs, name_of
from geo.errors import MORE, CrsError, HuituError, Problem, ProblemKind, more_of
from geo.files import wkb
from geo.files.reading import Content, Layer, Preview, Table
from geo.types import Text

_MARK = b"HUITU-1\n"
_LENGTH = struct.Struct("<Q")
_LONGEST_WKT = 20_000
#: Shapes that are looked at together.
_AT_ONCE = 20_000


class AnswerError(ValueError):
    """The answer is not one that our own code gives."""


def packed(content: Content, **more: Any) -> list[bytes]:
    """Write what was read as pieces of bytes, beside other JSON values."""
    table, blobs = content.table, b""
    found: dict[str, Any] = dict(more)
    if table is not None:
        shapes = np.fromiter(table.shapes, dtype=object, count=len(table.shapes))
        written = [blob or b"" for blob in shapely.to_wkb(shapes, flavor="iso").tolist()]
        blobs = b"".join(written)
        found["table"] = {
            "numbers": list(table.numbers),
            "columns": dict(table.columns),
            "lengths": list(map(len, written)),
            "crs": None if table.crs is None else _crs_written(table.crs),
        }
    found |= {
        "problems": [problem_written(problem) for problem in content.problems],
        "rows": content.rows,
        "layers": [[one.name, one.rows] for one in content.layers],
        "layer": content.layer,
        "previews": [[one.encoding, one.reads, one.names] for one in content.previews],
        "encoding": content.encoding,
        "columns": content.columns,
    }
    return [*_head(found), blobs]


def raised(error: HuituError) -> list[bytes]:
    """Write what was raised for people."""
    problems = [problem_written(problem) for problem in error.problems]
    return _head({"raised": type(error).__name__, "problems": problems})


def _head(found: Mapping[str, Any]) -> list[bytes]:
    told = orjson.dumps(found, option=orjson.OPT_SERIALIZE_NUMPY)
    return [_MARK, _LENGTH.pack(len(told)), told]


def unpacked(answer: bytes) -> tuple[Mapping[str, Any], memoryview]:
    """Take an answer apart into its JSON and its binary."""
    start = len(_MARK) + _LENGTH.size
    if not answer.startswith(_MARK) or len(answer) < start:
        raise AnswerError("no answer")
    (length,) = _LENGTH.unpack_from(answer, len(_MARK))
    view = memoryview(answer)
    try:
        told = orjson.loads(view[start : start + length])
    except orjson.JSONDecodeError:
        raise AnswerError("no JSON") from None
    if not isinstance(told, dict):
        raise AnswerError("no object")
    return told, view[start + length :]


def known_of(told: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return size, hash and type of the file that was read."""
    try:
        size, texts = int(told["size_bytes"]), (told["sha256"], told["driver"])
    except (KeyError, TypeError, ValueError) as error:
        raise AnswerError("not of our form") from error
    return {"size_bytes": size, "sha256": str(texts[0]), "driver": str(texts[1])}


def problems_of(told: Mapping[str, Any]) -> list[Problem]:
    """Build the problems that were raised."""
    try:
        return [problem_of(one) for one in told["problems"]]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise AnswerError("not of our form") from error


def content_of(told: Mapping[str, Any], blobs: memoryview) -> Content:
    """Build what was read."""
    try:
        table = told.get("table")
        return Content(
            table=None if table is None else _table(table, blobs),
            problems=[problem_of(one) for one in told["problems"]],
            rows=int(told["rows"]),
            layers=tuple(Layer(str(name), rows) for name, rows in told["layers"]),
            layer=told["layer"],
            previews=tuple(
                Preview(str(name), bool(reads), tuple(map(str, names)))
                for name, reads, names in told["previews"]
            ),
            encoding=told["encoding"],
            columns=tuple(map(str, told["columns"])),
        )
    except (KeyError, TypeError, ValueError, AttributeError, CrsError, ProjError) as error:
        raise AnswerError("not of our form") from error


def _table(written: Mapping[str, Any], blobs: memoryview) -> Table:
    numbers, columns = [int(number) for number in written["numbers"]], written["columns"]
    shapes = _shapes(written["lengths"], blobs)
    if {len(numbers), len(shapes), *map(len, columns.values())} != {len(numbers)}:
        raise AnswerError("columns differ in length")
    crs = written["crs"]
    return Table(numbers, columns, shapes, None if crs is None else _crs_of(str(crs)))


def _shapes(lengths: Sequence[int], blobs: memoryview) -> np.ndarray:
    """The shapes, None where nothing was sent; their binary is looked at as a stranger's."""
    ends = np.cumsum([0, *lengths]).tolist()
    if min(lengths, default=0) < 0 or ends[-1] != len(blobs):
        raise AnswerError("binary left over")
    shapes = np.full(len(lengths), None, dtype=object)
    for first in range(0, len(lengths), _AT_ONCE):
        places = [at for at in range(first, min(first + _AT_ONCE, len(lengths))) if lengths[at]]
        shapes[places] = wkb.shapes_of([bytes(blobs[ends[at] : ends[at + 1]]) for at in places])
        if shapely.is_missing(shapes[places]).any():
            raise AnswerError("no shape")
    return shapes


def _crs_written(crs: pyproj.CRS) -> str:
    return name_of(crs) if crs.to_authority(min_confidence=100) else crs.to_wkt()


def _crs_of(written: str) -> pyproj.CRS:
    if written.startswith("EPSG:"):
        return known_crs(written)
    return pyproj.CRS.from_wkt(written[:_LONGEST_WKT])


def problem_written(problem: Problem) -> dict[str, Any]:
    """Write a problem: its kind by its code, its values as what they are."""
    values = {name: _value_written(value) for name, value in problem.values.items()}
    told = {
        "code": problem.kind.code,
        "more": problem.kind.message == MORE,
        "values": values,
    }
    places = ("row", "feature", "field", "vertex", "position")
    return told | {name: getattr(problem, name) for name in places}


def problem_of(written: Mapping[str, Any]) -> Problem:
    """Build a problem; its words are ours, only its values may be a stranger's."""
    kind = _kinds().get(written["code"])
    if kind is None:
        raise AnswerError("no such problem")
    position = written["position"]
    return Problem(
        kind=more_of(kind) if written["more"] else kind,
        row=written["row"],
        feature=written["feature"],
        field=written["field"],
        vertex=written["vertex"],
        position=None if position is None else (float(position[0]), float(position[1])),
        values={str(name): _value_of(value) for name, value in written["values"].items()},
    )


def _value_written(value: Any) -> Any:
    if isinstance(value, Text):
        return {"zh": value.zh, "en": value.en}
    return value if isinstance(value, int | float | str) else str(value)


def _value_of(value: Any) -> Any:
    if isinstance(value, dict):
        return Text(zh=str(value["zh"]), en=str(value["en"]))
    return value


@cache
def _kinds() -> Mapping[str, ProblemKind]:
    """Every kind of problem that a reader tells, by its code."""
    from geo import files

    names = [module.name for module in pkgutil.walk_packages(files.__path__, "geo.files.")]
    found: dict[str, ProblemKind] = {}
    for name in ("geo.crs", "geo.shapes.finding", *names):
        if not name.endswith("__main__"):
            kinds = getattr(importlib.import_module(name), "KINDS", ())
            found |= {kind.code: kind for kind in kinds}
    return found
