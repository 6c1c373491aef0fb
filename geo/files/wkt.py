"""Well-known text of strangers: depth and size are looked at before a shape is built.

It becomes the coordinates of a GeoJSON geometry, which :mod:`geo.files.positions` looks at as at
any other: a text nested 100,000 deep ends the process inside GEOS.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from geo import limits

_NAMES = {
    "POINT": "Point",
    "LINESTRING": "LineString",
    "POLYGON": "Polygon",
    "MULTIPOINT": "MultiPoint",
    "MULTILINESTRING": "MultiLineString",
    "MULTIPOLYGON": "MultiPolygon",
}
_COLLECTION = "GEOMETRYCOLLECTION"
_TOKEN = re.compile(r"\s*([A-Za-z]+|[-+.\d][-+.\deE]*|[(),])")
_DEEPEST = 4
#: Levels of brackets between the outermost pair and a position.
_LEVELS = {
    "POINT": 0,
    "LINESTRING": 1,
    "MULTIPOINT": 1,
    "POLYGON": 2,
    "MULTILINESTRING": 2,
    "MULTIPOLYGON": 3,
}


class WktError(ValueError):
    """The text is no geometry of a plain type."""


def geometry_of(text: str) -> dict[str, Any]:
    """Return the GeoJSON geometry that a WKT stands for.

    Raises
    ------
    WktError
        It is none, is nested too deeply, is too long, or has measures (M).
    """
    if len(text) > limits.WKT_CHARACTERS:
        raise WktError("too long")
    parser = _Parser(list(_tokens(text)))
    found = parser.geometry(inner=False)
    if parser.at != len(parser.tokens):
        raise WktError("something follows")
    return found


def _tokens(text: str) -> Iterator[str]:
    at, depth, end = 0, 0, len(text.rstrip())
    while at < end:
        found = _TOKEN.match(text, at)
        if found is None:
            raise WktError("a character that is none of WKT's")
        token = found.group(1)
        depth += {"(": 1, ")": -1}.get(token, 0)
        if depth > _DEEPEST or depth < 0:
            raise WktError("brackets")
        yield token
        at = found.end()


class _Parser:
    """Goes through the tokens once; the depth is bounded already."""

    def __init__(self, tokens: list[str]) -> None:
        self.tokens, self.at = tokens, 0

    def next(self) -> str:
        if self.at == len(self.tokens):
            raise WktError("cut short")
        self.at += 1
        return self.tokens[self.at - 1]

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def expect(self, token: str) -> None:
        if self.next() != token:
            raise WktError(f"{token} is missing")

    def geometry(self, *, inner: bool) -> dict[str, Any]:
        name = self.next().upper()
        if self.peek().upper() in {"Z", "M", "ZM"} and self.next().upper() != "Z":
            raise WktError("measures")
        if name == _COLLECTION and not inner:
            return {"type": "GeometryCollection", "geometries": self.members()}
        if name not in _NAMES:
            raise WktError("a type that is not plain")
        if self.peek().upper() == "EMPTY":
            self.next()
            return {"type": _NAMES[name], "coordinates": []}
        if name == "POINT":
            self.expect("(")
            position = self.position()
            self.expect(")")
            return {"type": "Point", "coordinates": position}
        return {"type": _NAMES[name], "coordinates": self.levels(_LEVELS[name], name)}

    def members(self) -> list[dict[str, Any]]:
        if self.peek().upper() == "EMPTY":
            self.next()
            return []
        return self.separated(lambda: self.geometry(inner=True))

    def levels(self, level: int, name: str) -> list[Any]:
        if level > 1:
            return self.separated(lambda: self.levels(level - 1, name))
        if name == "MULTIPOINT":
            return self.separated(self.bracketed_position)
        return self.separated(self.position)

    def separated(self, one: Any) -> list[Any]:
        self.expect("(")
        found = [one()]
        while (mark := self.next()) == ",":
            found.append(one())
        if mark != ")":
            raise WktError(") is missing")
        return found

    def bracketed_position(self) -> list[float]:
        """Read a position of a multipoint, whose brackets may be left out."""
        if self.peek() != "(":
            return self.position()
        self.expect("(")
        found = self.position()
        self.expect(")")
        return found

    def position(self) -> list[float]:
        numbers = []
        while self.peek() not in {",", ")", ""}:
            numbers.append(self.next())
        try:
            return [float(number) for number in numbers]
        except ValueError:
            raise WktError("no number") from None
