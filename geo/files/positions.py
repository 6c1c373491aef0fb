"""From the coordinates of a GeoJSON geometry to a shape, every position looked at first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import chain
from types import MappingProxyType
from typing import Any

import numpy as np
import pyproj
import shapely
from shapely.geometry.base import BaseGeometry

from geo import limits
from geo.errors import Problem, ProblemKind
from geo.files.reading import Asked
from geo.files.strictjson import NotANumber, TooBig
from geo.guess import guess_crs
from geo.shapes.finding import IN_METRES, SURELY_METRES, SWAPPED, TOO_MANY_VERTICES
from geo.types import Text

NOT_A_POSITION = ProblemKind(
    "position-malformed",
    "error",
    Text(
        zh="第 {number} 个顶点不是由两个或三个数组成的坐标：{written}",
        en="Vertex {number} is not a position of two or three numbers: {written}",
    ),
    Text(zh="写成 [经度, 纬度]", en="Write [longitude, latitude]"),
)
NOT_FINITE = ProblemKind(
    "position-not-finite",
    "error",
    Text(
        zh="第 {number} 个顶点的坐标不是有限的数：{written}",
        en="The position of vertex {number} is not finite: {written}",
    ),
    Text(zh="改正或删去这个顶点", en="Correct or remove the vertex"),
)
OUT_OF_RANGE = ProblemKind(
    "position-out-of-range",
    "error",
    Text(
        zh="第 {number} 个顶点为 {x}, {y}，超出经纬度的范围",
        en="Vertex {number} is at {x}, {y}, beyond the range of longitude and latitude",
    ),
    Text(zh="改正这个顶点", en="Correct the vertex"),
)
COORDINATES = ProblemKind(
    "coordinates-malformed",
    "error",
    Text(
        zh="图形的坐标（coordinates）缺失或层次不对",
        en="The coordinates of the geometry are missing or nested wrongly",
    ),
    Text(zh="按 RFC 7946 第 3.1 节书写", en="Write them as RFC 7946, section 3.1, says"),
)
LINE_TOO_SHORT = ProblemKind(
    "line-too-short",
    "error",
    Text(zh="一条线只有 {count} 个顶点", en="A line is too short: it has {count} of two vertices"),
    Text(zh="线至少要有两个顶点", en="A line needs two at least"),
)
RING_TOO_SHORT = ProblemKind(
    "ring-too-short",
    "error",
    Text(
        zh="一条边界只有 {count} 个顶点", en="A ring is too short: it has {count} of four positions"
    ),
    Text(
        zh="边界至少要有四个顶点，且首尾相同",
        en="A ring needs four positions, the last equal to the first",
    ),
)
RING_CLOSED = ProblemKind(
    "ring-closed",
    "note",
    Text(
        zh="边界没有闭合，已补上与首点相同的末点",
        en="A ring was open and was closed by repeating its first position",
    ),
    Text(zh="无需处理", en="Nothing to do"),
)
HEIGHT_DROPPED = ProblemKind(
    "height-dropped",
    "note",
    Text(zh="高程（第三个数）未保留", en="Heights (the third number) were dropped"),
    Text(zh="无需处理", en="Nothing to do"),
)
SHAPE_TYPE = ProblemKind(
    "geometry-type-unknown",
    "error",
    Text(zh="不认识图形类型 {type}", en="{type} is not a type of geometry"),
    Text(
        zh="须为 Point、LineString、Polygon 或其 Multi 形式（注意大小写）",
        en="Write Point, LineString, Polygon or the Multi of one, in this spelling",
    ),
)
KINDS = (
    NOT_A_POSITION,
    NOT_FINITE,
    OUT_OF_RANGE,
    COORDINATES,
    LINE_TOO_SHORT,
    RING_TOO_SHORT,
    RING_CLOSED,
    HEIGHT_DROPPED,
    SHAPE_TYPE,
)

_NUMBERS = {int, float}
_WRITTEN_NUMBERS = 5
_LEAST_OF_RING = 4


class _MalformedError(Exception):
    """The geometry cannot be built; why stands among the problems already."""


@dataclass
class ShapeReader:
    """Builds the shape of one row and gathers what is wrong with it.

    Attributes
    ----------
    in_degrees
        Whether positions are longitude and latitude and must be in their range.
    swapped
        Whether the two numbers of each position are exchanged before that.
    problems
        What was found; a shape that was returned has notes only.
    """

    in_degrees: bool
    swapped: bool = False
    problems: list[Problem] = field(default_factory=list)
    _vertices: int = 0

    @classmethod
    def of(cls, crs: pyproj.CRS | None, asked: Asked) -> ShapeReader:
        """Return the reader for one row of a file in this CRS."""
        in_degrees = crs is not None and crs.is_geographic and not asked.looking
        return cls(in_degrees=in_degrees, swapped=asked.swapped)

    def shape(self, geometry: Mapping[str, Any]) -> BaseGeometry | None:
        """Build the shape of a GeoJSON geometry, or None when it has faults."""
        try:
            built = self._shape(geometry)
        except _MalformedError:
            return None
        faulty = any(problem.kind.severity == "error" for problem in self.problems)
        return None if faulty else built

    def _shape(self, geometry: Mapping[str, Any], *, inner: bool = False) -> BaseGeometry:
        name = geometry.get("type")
        if name == "GeometryCollection" and not inner:
            return self._collection(geometry.get("geometries"))
        build = _BUILD.get(name) if isinstance(name, str) else None
        if build is None:
            raise self._refusal(SHAPE_TYPE, type=name)
        coordinates = geometry.get("coordinates")
        if not isinstance(coordinates, list):
            raise self._refusal(COORDINATES)
        return build(self, coordinates)

    def _collection(self, members: Any) -> BaseGeometry:
        if not isinstance(members, list) or not all(isinstance(one, dict) for one in members):
            raise self._refusal(COORDINATES)
        return shapely.GeometryCollection([self._shape(one, inner=True) for one in members])

    def _refusal(self, kind: ProblemKind, **values: Any) -> _MalformedError:
        self._tell(kind.at(**values))
        return _MalformedError()

    def _tell(self, problem: Problem) -> None:
        """Keep one problem of each kind for a row: the first one's place says where to look."""
        if all(problem.kind is not known.kind for known in self.problems):
            self.problems.append(problem)

    def _point(self, coordinates: list[Any]) -> BaseGeometry:
        return shapely.Point(self._positions([coordinates])[0]) if coordinates else shapely.Point()

    def _points(self, coordinates: list[Any]) -> BaseGeometry:
        return shapely.MultiPoint(self._positions(coordinates))

    def _line(self, coordinates: list[Any]) -> shapely.LineString:
        if not coordinates:
            return shapely.LineString()
        where = self._positions(coordinates)
        if len(where) < 2:
            raise self._refusal(LINE_TOO_SHORT, count=len(where))
        return shapely.LineString(where)

    def _lines(self, coordinates: list[Any]) -> BaseGeometry:
        return shapely.MultiLineString([self._line(part) for part in self._lists(coordinates)])

    def _polygon(self, coordinates: list[Any]) -> shapely.Polygon:
        rings = [self._ring(part) for part in self._lists(coordinates)]
        return shapely.Polygon(rings[0], rings[1:]) if rings else shapely.Polygon()

    def _polygons(self, coordinates: list[Any]) -> BaseGeometry:
        return shapely.MultiPolygon([self._polygon(part) for part in self._lists(coordinates)])

    def _ring(self, coordinates: list[Any]) -> shapely.LinearRing:
        where = self._positions(coordinates)
        is_open = bool(len(where)) and bool((where[0] != where[-1]).any())
        if len(where) + is_open < _LEAST_OF_RING:
            raise self._refusal(RING_TOO_SHORT, count=len(where))
        if is_open:
            where = np.vstack([where, where[:1]])
            self._tell(RING_CLOSED.at())
        return shapely.LinearRing(where)

    def _lists(self, coordinates: list[Any]) -> list[list[Any]]:
        if len(coordinates) > limits.GEOMETRY_PARTS:
            raise self._refusal(
                TOO_MANY_VERTICES, count=len(coordinates), limit=limits.GEOMETRY_PARTS
            )
        if not all(isinstance(part, list) for part in coordinates):
            raise self._refusal(COORDINATES)
        return coordinates

    def _positions(self, coordinates: list[Any]) -> np.ndarray:
        """Return x and y of each position, shape (n, 2), all of them looked at."""
        if len(coordinates) > limits.RING_VERTICES:
            raise self._refusal(
                TOO_MANY_VERTICES, count=len(coordinates), limit=limits.RING_VERTICES
            )
        where = _plane(coordinates)
        if where is None:
            raise self._malformed_position(coordinates)
        if coordinates and any(len(position) == 3 for position in coordinates):
            self._tell(HEIGHT_DROPPED.at())
        if self.swapped:
            where = where[:, ::-1]
        if self.in_degrees:
            self._check_range(where)
        self._vertices += len(where)
        return where

    def _malformed_position(self, coordinates: list[Any]) -> _MalformedError:
        index = next(i for i, one in enumerate(coordinates) if _plane([one]) is None)
        position = coordinates[index]
        if isinstance(position, list) and any(isinstance(one, list) for one in position):
            return self._refusal(COORDINATES)
        number, written = self._vertices + index + 1, _written(position)
        kind = NOT_FINITE if _numbers_only(position) else NOT_A_POSITION
        self._tell(kind.at(vertex=number, number=number, written=written))
        return _MalformedError()

    def _check_range(self, where: np.ndarray) -> None:
        outside = (np.abs(where) > (180, 90)).any(axis=1)
        if not outside.any():
            return
        index = int(np.argmax(outside))
        x, y = (float(value) for value in where[index])
        number = self._vertices + index + 1
        words: dict[str, Any] = {"x": f"{x:.12g}", "y": f"{y:.12g}", "guess": guess_crs(x, y)}
        kind = _range_kind(x, y)
        self._tell(kind.at(vertex=number, position=(x, y), number=number, **words))


def _range_kind(x: float, y: float) -> ProblemKind:
    if max(abs(x), abs(y)) >= SURELY_METRES:
        return IN_METRES
    return SWAPPED if abs(x) <= 90 and abs(y) <= 180 else OUT_OF_RANGE


def _plane(coordinates: list[Any]) -> np.ndarray | None:
    """Return the first two numbers of each position, or None when one is not a position."""
    if not coordinates:
        return np.empty((0, 2))
    if set(map(type, coordinates)) != {list} or not set(map(len, coordinates)) <= {2, 3}:
        return None
    if not set(map(type, chain.from_iterable(coordinates))) <= _NUMBERS:
        return None
    if len(set(map(len, coordinates))) > 1:
        coordinates = [one if len(one) == 3 else [*one, 0.0] for one in coordinates]
    where = np.array(coordinates, dtype=np.float64)
    return where[:, :2] if np.isfinite(where).all() else None


def _numbers_only(position: Any) -> bool:
    """Tell whether a position has the right form and only its numbers are impossible."""
    if not isinstance(position, list) or len(position) not in {2, 3}:
        return False
    return all(type(one) in {int, float, NotANumber, TooBig} for one in position)


def _written(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_written, value[:_WRITTEN_NUMBERS]))}]"
    return value.written if isinstance(value, NotANumber | TooBig) else repr(value)


_BUILD: Mapping[str, Callable[[ShapeReader, list[Any]], BaseGeometry]] = MappingProxyType(
    {
        "Point": ShapeReader._point,
        "MultiPoint": ShapeReader._points,
        "LineString": ShapeReader._line,
        "MultiLineString": ShapeReader._lines,
        "Polygon": ShapeReader._polygon,
        "MultiPolygon": ShapeReader._polygons,
    }
)
