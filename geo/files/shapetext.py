"""Shapes as GeoJSON text in one compiled pass: what :mod:`geo.files.writing` does for many.

How shapes are made of parts and rings is read from their well-known binary, where the vertices are
from an array beside it. What is unusual is left to the caller: it is told which that is.
"""

from __future__ import annotations

import numpy as np
import shapely

from geo.compiled import compiled, inlined

_POINT, _LINE, _POLYGON, _POINTS, _LINES, _POLYGONS = range(1, 7)
#: In well-known binary: byte order and type, a count, and both.
_HEAD, _COUNT, _HEAD_AND_COUNT = 5, 4, 9
#: Numbers beyond are no degrees, and smaller ones than a ten thousandth are written with an
#: exponent: both are left to the caller.
_MOST, _LEAST = 1000.0, 1e-4
#: Characters around the digits after the point of a number, a ring, and a shape.
_AROUND_NUMBER, _AROUND_RING, _AROUND_SHAPE = 8, 3, 64
_OPEN, _SHUT, _COMMA, _MINUS, _DOT, _ZERO = (ord(character) for character in "[],-.0")
_END = ord("}")

_NAMES = ("Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon")
_STARTS = [f'{{"type":"{name}","coordinates":'.encode() for name in _NAMES]
#: What each type begins with, one after another, and where that begins.
_START_TEXT = np.frombuffer(b"".join(_STARTS), np.uint8)
_START_AT = np.cumsum([0, *map(len, _STARTS)])


def texts(shapes: np.ndarray, decimals: int) -> list[bytes | None]:
    """Write shapes as GeoJSON geometries, shells counter-clockwise and holes clockwise.

    Parameters
    ----------
    shapes
        Geometries of degrees; None where there is none.
    decimals
        Digits kept behind the point, at most 9. Each position is rounded by itself.

    Returns
    -------
    list of bytes or None
        One a shape: what :func:`shapely.to_geojson` writes of rounded positions, but that no number
        has more digits than it needs. None for each that is left to the caller: empty ones,
        collections, rings that run the other way or have no area, positions that are no usual
        degrees.
    """
    usual = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    usual &= shapely.get_type_id(shapes) != shapely.GeometryType.GEOMETRYCOLLECTION
    xy, owner = shapely.get_coordinates(shapes[usual], return_index=True)
    vertices = np.cumsum(np.bincount(owner, minlength=int(usual.sum())))
    blobs = shapely.to_wkb(shapes[usual], output_dimension=2, byte_order=1, flavor="iso").tolist()
    ends = np.cumsum(np.fromiter(map(len, blobs), np.int64, len(blobs)))
    content = np.frombuffer(b"".join(blobs), np.uint8)
    text, until = _written(content, ends, xy, vertices, decimals)
    whole, last = text.tobytes(), 0
    found: list[bytes | None] = [None] * len(shapes)
    for place, end in zip(np.flatnonzero(usual).tolist(), until.tolist(), strict=True):
        if end > last:
            found[place], last = whole[last:end], end
    return found


@compiled
def _written(
    content: np.ndarray, ends: np.ndarray, xy: np.ndarray, vertices: np.ndarray, decimals: int
) -> tuple[np.ndarray, np.ndarray]:
    """The text of all shapes, and where that of each ends: where it began, of one left out."""
    room = 2 * (decimals + _AROUND_NUMBER) * len(xy) + _AROUND_RING * len(content) // _COUNT
    text, until = np.empty(room + _AROUND_SHAPE * len(ends), np.uint8), np.empty_like(ends)
    at, start, vertex = 0, 0, 0
    for shape in range(len(ends)):
        end = _shape(text, at, content, start, xy, vertex, decimals)
        if end > 0:
            at = end
        until[shape], start, vertex = at, ends[shape], vertices[shape]
    return text[:at], until


@compiled
def _shape(
    text: np.ndarray,
    at: int,
    content: np.ndarray,
    place: int,
    xy: np.ndarray,
    vertex: int,
    decimals: int,
) -> int:
    """Write a shape; where its text ends, 0 where it is left out."""
    kind = _number_at(content, place + 1)
    for byte in _START_TEXT[_START_AT[kind - 1] : _START_AT[kind]]:
        text[at] = byte
        at += 1
    if kind == _POINT:
        at = _position(text, at, xy[vertex, 0], xy[vertex, 1], decimals)
    elif kind == _LINE:
        at = _path(text, at, xy, vertex, _number_at(content, place + _HEAD), decimals)
    elif kind == _POLYGON:
        at, _, _ = _polygon(text, at, content, place, xy, vertex, decimals)
    else:
        at = _parts(text, at, content, place, xy, vertex, decimals)
    if at > 0:
        text[at] = _END
        at += 1
    return at


@compiled
def _parts(
    text: np.ndarray,
    at: int,
    content: np.ndarray,
    place: int,
    xy: np.ndarray,
    vertex: int,
    decimals: int,
) -> int:
    """Write the parts of a multiple shape in brackets."""
    kind, count = _number_at(content, place + 1), _number_at(content, place + _HEAD)
    place += _HEAD_AND_COUNT
    text[at] = _OPEN
    at += 1
    for part in range(count):
        at = _comma(text, at, part)
        if kind == _POINTS:
            at = _position(text, at, xy[vertex, 0], xy[vertex, 1], decimals)
            vertex += 1
        elif kind == _LINES:
            length = _number_at(content, place + _HEAD)
            at = _path(text, at, xy, vertex, length, decimals)
            vertex += length
            place += _HEAD_AND_COUNT + 16 * length
        else:
            at, place, vertex = _polygon(text, at, content, place, xy, vertex, decimals)
        if at == 0:
            return 0
    text[at] = _SHUT
    return at + 1


@compiled
def _polygon(
    text: np.ndarray,
    at: int,
    content: np.ndarray,
    place: int,
    xy: np.ndarray,
    vertex: int,
    decimals: int,
) -> tuple[int, int, int]:
    """Write a polygon; where its text ends, where the next part begins, and its first vertex."""
    rings = _number_at(content, place + _HEAD)
    place += _HEAD_AND_COUNT
    text[at] = _OPEN
    at += 1
    for ring in range(rings):
        at = _comma(text, at, ring)
        length = _number_at(content, place)
        turned = _signed_area(xy, vertex, length, 10.0**decimals)
        if (turned <= 0) if ring == 0 else (turned >= 0):
            return 0, place, vertex
        at = _path(text, at, xy, vertex, length, decimals)
        if at == 0:
            return 0, place, vertex
        vertex += length
        place += _COUNT + 16 * length
    text[at] = _SHUT
    return at + 1, place, vertex


@compiled
def _signed_area(xy: np.ndarray, vertex: int, length: int, scale: float) -> float:
    """Twice the area of a ring of rounded positions; above 0 where it runs counter-clockwise."""
    x0, y0 = np.rint(xy[vertex, 0] * scale), np.rint(xy[vertex, 1] * scale)
    area, x, y = 0.0, 0.0, 0.0
    for one in range(vertex + 1, vertex + length):
        next_x, next_y = np.rint(xy[one, 0] * scale) - x0, np.rint(xy[one, 1] * scale) - y0
        area += x * next_y - next_x * y
        x, y = next_x, next_y
    return area


@compiled
def _path(
    text: np.ndarray, at: int, xy: np.ndarray, vertex: int, length: int, decimals: int
) -> int:
    """Write a line or ring; where its text ends, 0 where a position is not usual."""
    text[at] = _OPEN
    at += 1
    for one in range(length):
        at = _comma(text, at, one)
        at = _position(text, at, xy[vertex + one, 0], xy[vertex + one, 1], decimals)
        if at == 0:
            return 0
    text[at] = _SHUT
    return at + 1


@inlined
def _comma(text: np.ndarray, at: int, before: int) -> int:
    """Write a comma where something stands before."""
    if before > 0:
        text[at] = _COMMA
        at += 1
    return at


@compiled
def _position(text: np.ndarray, at: int, x: float, y: float, decimals: int) -> int:
    """Write a position; where its text ends, 0 where a number is not usual."""
    text[at] = _OPEN
    at = _number(text, at + 1, x, decimals)
    if at == 0:
        return 0
    text[at] = _COMMA
    at = _number(text, at + 1, y, decimals)
    if at == 0:
        return 0
    text[at] = _SHUT
    return at + 1


@compiled
def _number(text: np.ndarray, at: int, value: float, decimals: int) -> int:
    """Write a number to so many decimals without zeros at the end, but one behind the point."""
    scale = 10.0**decimals
    units = np.rint(value * scale)
    if not abs(value) < _MOST or (units != 0 and abs(units) < _LEAST * scale):
        return 0
    if np.signbit(units):
        text[at] = _MINUS
        at += 1
    rest, one = int(abs(units)), int(scale)
    at = _digits(text, at, rest // one)
    rest %= one
    text[at] = _DOT
    last = at + 1
    for place in range(at + decimals, at, -1):
        digit = rest % 10
        rest //= 10
        text[place] = _ZERO + digit
        if digit != 0 and place > last:
            last = place
    return last + 1


@inlined
def _digits(text: np.ndarray, at: int, whole: int) -> int:
    """Write a whole number below a thousand."""
    if whole >= 100:
        text[at] = _ZERO + whole // 100
        at += 1
    if whole >= 10:
        text[at] = _ZERO + whole // 10 % 10
        at += 1
    text[at] = _ZERO + whole % 10
    return at + 1


@inlined
def _number_at(content: np.ndarray, place: int) -> int:
    """Four bytes as a whole number, the lowest first."""
    found = 0
    for byte in range(_COUNT):
        found |= int(content[place + byte]) << (8 * byte)
    return found
