"""What a cell of a table says: a number, an angle, a geometry, or just a text."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from typing import Any

Cell = str | int | float | bool | None

_PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
#: 120°18′05″, 120度18分5秒, 120°18.5', with E, N, 东经, 北纬 before or behind.
_ANGLE = re.compile(
    r"(?P<before>[NSEW]|东经|西经|北纬|南纬)?\s*(?P<sign>[+-]?)(?P<degrees>\d{1,3}(\.\d+)?)\s*[°º度]\s*"
    r"((?P<minutes>\d{1,2}(\.\d+)?)\s*['’′分]\s*)?"
    r"((?P<seconds>\d{1,2}(\.\d+)?)\s*(\"|”|″|''|’’|′′|秒)\s*)?"
    r"(?P<behind>[NSEW])?",
    re.IGNORECASE,
)
_LONGEST_NUMBER = 100
_NEGATIVE = {"S", "W", "西经", "南纬"}
_GEOMETRY = re.compile(
    r"\s*(SRID=\d+;)?\s*(MULTI)?(POINT|LINESTRING|POLYGON)\b|\s*GEOMETRYCOLLECTION\b"
    r"|\s*\{\s*\"",
    re.IGNORECASE,
)
#: Numbers of more digits than a double holds are codes, and so are those with leading zeros.
_WHOLE = re.compile(r"-?(0|[1-9]\d{0,14})")
_REAL = re.compile(r"-?(0|[1-9]\d{0,14})\.\d+")


def is_blank(cell: Cell) -> bool:
    """Tell whether nothing stands in a cell."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def number(cell: Cell) -> float | None:
    """Read a coordinate: a number, with or without thousands separators, or an angle."""
    if isinstance(cell, bool) or cell is None:
        return None
    if isinstance(cell, int | float):
        return float(cell)
    if len(cell) > _LONGEST_NUMBER:
        return None
    # Full-width digits and signs become plain ones.
    text = unicodedata.normalize("NFKC", cell).strip()
    if _PLAIN.fullmatch(text):
        return _finite(float(text))
    if _THOUSANDS.fullmatch(text):
        return _finite(float(text.replace(",", "")))
    return _angle(text)


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _angle(text: str) -> float | None:
    found = _ANGLE.fullmatch(text)
    if found is None:
        return None
    minutes, seconds = (float(found[name] or 0) for name in ("minutes", "seconds"))
    if minutes >= 60 or seconds >= 60:
        return None
    size = float(found["degrees"]) + minutes / 60 + seconds / 3600
    marks = {(found[name] or "").upper() for name in ("before", "behind")}
    return -size if found["sign"] == "-" or marks & _NEGATIVE else size


def is_geometry(cell: Cell) -> bool:
    """Tell whether a cell begins like WKT or a GeoJSON geometry."""
    return isinstance(cell, str) and _GEOMETRY.match(cell) is not None


def is_word(cell: Cell) -> bool:
    """Tell whether a cell may be the name of a column: a text that is no number or geometry."""
    return isinstance(cell, str) and number(cell) is None and not is_geometry(cell)


def typed(values: Sequence[Cell]) -> list[Any]:
    """Give the texts of a column the type that all of them have.

    Whole numbers and numbers become such; codes with leading zeros or more than 15 digits, and
    anything in a column with another text, stay texts.
    """
    texts = [None if is_blank(value) else str(value).strip() for value in values]
    filled = [text for text in texts if text is not None]
    if filled and all(_WHOLE.fullmatch(text) for text in filled):
        return [None if text is None else int(text) for text in texts]
    if filled and all(_WHOLE.fullmatch(text) or _REAL.fullmatch(text) for text in filled):
        return [None if text is None else float(text) for text in texts]
    return texts
