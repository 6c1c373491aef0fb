"""The attribute table of a Shapefile (dBASE III), read by ourselves.

Whole numbers stay whole beside missing ones, codes with leading zeros stay texts, and nothing is
decoded that does not decode.
"""

from __future__ import annotations

import codecs
import math
import re
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from geo.errors import Problem, ProblemKind
from geo.files import kinds
from geo.files.strictjson import NotANumber, TooBig
from geo.types import Text

CUT_TEXT = ProblemKind(
    "text-cut",
    "warning",
    Text(
        zh="“{name}”的文字在字段宽度处被截断：{value}",
        en="The text of “{name}” was cut at the width of its field: {value}",
    ),
    Text(
        zh="Shapefile 的文字字段容不下，请改用 GeoJSON 或 GeoPackage",
        en="It does not fit into a Shapefile: use GeoJSON or GeoPackage",
    ),
)
BAD_VALUE = ProblemKind(
    "value-unreadable",
    "error",
    Text(
        zh="“{name}”的值 {value} 不是这个字段该有的类型",
        en="“{name}” has the value {value}, which is not of the field's type",
    ),
    Text(zh="在源文件中改正", en="Correct it in the source file"),
)
KINDS = (CUT_TEXT, BAD_VALUE)

_HEADER, _FIELD, _END_OF_FIELDS = 32, 32, 0x0D
_DELETED = b"*"
_INTEGER = re.compile(rb"[+-]?\d+")
_NUMBER = re.compile(rb"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_NO_NUMBER = re.compile(rb"[*\x00-]*")
_CUT = Text(zh="属性表（.dbf）被截断", en="its table (.dbf) is cut short")
_UNSOUND = Text(zh="属性表（.dbf）结构有错", en="its table (.dbf) is not sound")
_MOST_DIGITS = 19
_INT64 = range(-(2**63), 2**63)


@dataclass(frozen=True, slots=True)
class Field:
    """A column of the table: its name as bytes, type, width and decimals."""

    name: bytes
    kind: str
    width: int
    decimals: int


class Unreadable:
    """A value that is not of the type of its field."""

    __slots__ = ("raw",)

    def __init__(self, raw: bytes) -> None:
        self.raw = raw


class CutText(str):
    """A text that ended in the middle of a character."""

    __slots__ = ()


@dataclass(frozen=True)
class Table:
    """The rows of a table as bytes, field by field; deleted rows are None."""

    fields: tuple[Field, ...]
    rows: tuple[tuple[bytes, ...] | None, ...]

    def texts(self) -> list[bytes]:
        """Return every name and text that is not plain ASCII, in the order of the file."""
        found = [field.name for field in self.fields]
        places = [place for place, field in enumerate(self.fields) if field.kind == "C"]
        found += [row[place] for row in self.rows if row is not None for place in places]
        return [text for text in found if not text.isascii()]

    def decodes(self, encoding: str) -> bool:
        """Tell whether every name and text decodes, but for what its field's width cut off."""
        columns = [(place, field) for place, field in enumerate(self.fields) if field.kind == "C"]
        try:
            for field in self.fields:
                field.name.decode(encoding)
            for row in filter(None, self.rows):
                for place, field in columns:
                    _text(field, row[place], encoding)
        except UnicodeDecodeError:
            return False
        return True


def parse(content: bytes) -> Table | Problem:
    """Take a table apart without decoding anything."""
    try:
        return _parse(content)
    except (struct.error, IndexError):
        return kinds.DAMAGED.at(what=_CUT)


def _parse(content: bytes) -> Table | Problem:
    count, header, width = struct.unpack_from("<IHH", content, 4)
    fields = _fields(content, header)
    if not fields or sum(field.width for field in fields) + 1 != width:
        return kinds.DAMAGED.at(what=_UNSOUND)
    if header + count * width > len(content):
        return kinds.DAMAGED.at(what=_CUT)
    rows = (_row(content, header + number * width, fields) for number in range(count))
    return Table(fields, tuple(rows))


def _fields(content: bytes, header: int) -> tuple[Field, ...]:
    found = []
    at = _HEADER
    while at + _FIELD <= header and content[at] != _END_OF_FIELDS:
        name, kind, width, decimals = struct.unpack_from("<11sc4xBB", content, at)
        if kind == b"C":
            width, decimals = width + 256 * decimals, 0
        text = name.split(b"\0", 1)[0].rstrip()
        found.append(Field(text, kind.decode("latin-1"), width, decimals))
        at += _FIELD
    return tuple(found)


def _row(content: bytes, at: int, fields: tuple[Field, ...]) -> tuple[bytes, ...] | None:
    if content[at : at + 1] == _DELETED:
        return None
    at += 1
    values = []
    for field in fields:
        values.append(content[at : at + field.width])
        at += field.width
    return tuple(values)


def value(field: Field, raw: bytes, encoding: str) -> Any:
    """Return what a cell holds; None when it is empty, a marker when it holds no such thing."""
    read = _VALUES.get(field.kind)
    return None if read is None else read(field, raw, encoding)


def _text(field: Field, raw: bytes, encoding: str) -> str | None:
    stripped = raw.rstrip(b" \0")
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    text = decoder.decode(stripped, final=len(stripped) < field.width)
    if decoder.getstate()[0]:
        return CutText(text)
    return text or None


def _number(field: Field, raw: bytes, encoding: str) -> Any:  # noqa: ARG001 - one signature
    text = raw.strip(b" \0")
    if _NO_NUMBER.fullmatch(text):
        return None
    if field.decimals == 0 and _INTEGER.fullmatch(text):
        whole = int(text[: _MOST_DIGITS + 2])
        fits = len(text) <= _MOST_DIGITS + 1 and whole in _INT64
        return whole if fits else TooBig(text.decode("ascii"))
    if not _NUMBER.fullmatch(text):
        return Unreadable(raw)
    number = float(text)
    return number if math.isfinite(number) else NotANumber(text.decode("ascii"))


def _truth(field: Field, raw: bytes, encoding: str) -> Any:  # noqa: ARG001 - one signature
    mark = raw.strip(b" \0").upper()
    if mark in {b"", b"?"}:
        return None
    return {b"T": True, b"Y": True, b"F": False, b"N": False}.get(mark, Unreadable(raw))


def _date(field: Field, raw: bytes, encoding: str) -> Any:  # noqa: ARG001 - one signature
    text = raw.strip(b" \0")
    if not text.strip(b"0"):
        return None
    if len(text) != 8 or not text.isdigit():
        return Unreadable(raw)
    digits = text.decode("ascii")
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"


_VALUES: Mapping[str, Callable[[Field, bytes, str], Any]] = MappingProxyType(
    {"C": _text, "N": _number, "F": _number, "L": _truth, "D": _date}
)
#: Types of fields that are read: texts, numbers, truth values, dates.
KINDS_READ = frozenset(_VALUES)
