"""What is wrong with the geometry of a frame, row by row, and the mends that change no figure.

The index of a frame is the number of the row in its file, from 1. Nothing here knows what a row
means: it sees shapes, allowed types and bounds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely.errors import GEOSException
from shapely.geometry.base import BaseGeometry

from geo import limits
from geo.crs import require_crs
from geo.errors import Problem, ProblemKind
from geo.guess import guess_crs
from geo.shapes.crossings import FEW_VERTICES, is_tangled
from geo.threads import in_threads
from geo.types import BBox, Text

if TYPE_CHECKING:
    import geopandas as gpd

NO_SHAPE = ProblemKind(
    "geometry-null",
    "note",
    Text(
        zh="没有图形：列入清单和统计，不上图",
        en="It has no geometry: it is listed and counted and is not on the map",
    ),
    Text(zh="位置确定后再补绘", en="Draw it when its place is known"),
)
EMPTY = ProblemKind(
    "geometry-empty",
    "error",
    Text(zh="图形是空的，一个顶点也没有", en="The geometry is empty: it has no vertex"),
    Text(
        zh="补绘图形；尚未定位的写 null",
        en="Draw it, or write null for what is not located",
    ),
)
WRONG_SHAPE = ProblemKind(
    "geometry-type",
    "error",
    Text(
        zh="图形类型是{found}，本图层只收{allowed}",
        en="The geometry is a {found}; this layer takes {allowed}",
    ),
    Text(zh="改绘，或放入另一图层", en="Draw it anew, or put it into another layer"),
)
TOO_MANY_VERTICES = ProblemKind(
    "geometry-too-large",
    "error",
    Text(
        zh="一条边界或线有 {count} 个顶点，超过上限 {limit}",
        en="One ring or line has {count} vertices, more than {limit}",
    ),
    Text(zh="先抽稀（简化）再导入", en="Simplify it first"),
)
NOT_FINITE = ProblemKind(
    "position-not-finite",
    "error",
    Text(
        zh="第 {number} 个顶点的坐标不是有限的数",
        en="The position of vertex {number} is not a finite number",
    ),
    Text(
        zh="核对坐标系是否写对，改正这个顶点",
        en="Check that the coordinate system is right, and correct the vertex",
    ),
)
SWAPPED = ProblemKind(
    "axes-swapped",
    "error",
    Text(
        zh="坐标疑似经纬度颠倒：第 {number} 个顶点为 {x}, {y}",
        en="The axes seem to be swapped: vertex {number} is at {x}, {y}",
    ),
    Text(
        zh="坐标应先写经度、后写纬度，对调后再导入",
        en="A position is longitude, then latitude: swap them",
    ),
)
IN_METRES = ProblemKind(
    "crs-wrong",
    "error",
    Text(
        zh="第 {number} 个顶点为 {x}, {y}，不是经纬度，像是以米为单位的平面坐标",
        en="Vertex {number} is at {x}, {y}: not degrees; it looks like plane positions in metres",
    ),
    Text(
        zh="疑为：{guess}。确认后用 --crs 指明，或转换为 EPSG:4326 再导入",
        en="It may be {guess}. Name it with --crs when you are sure, or convert to EPSG:4326",
    ),
)
OUTSIDE = ProblemKind(
    "out-of-bounds",
    "error",
    Text(
        zh="超出规划范围 {bounds}：第 {number} 个顶点为 {x}, {y}（范围外共 {count} 个顶点）",
        en="Outside the bounds {bounds}: vertex {number} is at {x}, {y} ({count} vertices outside)",
    ),
    Text(
        zh="核对坐标系与位置；范围本身在 catalog.toml 的 zone.bounds",
        en="Check the coordinate system and place; the bounds are zone.bounds of catalog.toml",
    ),
)
INVALID = ProblemKind(
    "geometry-invalid",
    "error",
    Text(
        zh="图形无效：{reason}（{x}, {y}）；这样的图形没有唯一的面积",
        en="The geometry is invalid: {reason} at {x}, {y}; such a shape has no single area",
    ),
    Text(
        zh="在制图软件中改正此处，或明确要求修复后再导入",
        en="Correct it there in your drawing program, or ask for a repair explicitly",
    ),
)
KINDS = (
    NO_SHAPE,
    EMPTY,
    WRONG_SHAPE,
    TOO_MANY_VERTICES,
    NOT_FINITE,
    SWAPPED,
    IN_METRES,
    OUTSIDE,
    INVALID,
)

#: GeoJSON's name of a type of geometry, in both languages.
TYPE_NAMES = {
    "Point": Text(zh="点", en="Point"),
    "MultiPoint": Text(zh="多点", en="MultiPoint"),
    "LineString": Text(zh="线", en="LineString"),
    "LinearRing": Text(zh="环", en="LinearRing"),
    "MultiLineString": Text(zh="多线", en="MultiLineString"),
    "Polygon": Text(zh="面", en="Polygon"),
    "MultiPolygon": Text(zh="多面", en="MultiPolygon"),
    "GeometryCollection": Text(zh="混合图形", en="GeometryCollection"),
}

_REASONS = (
    ("Ring Self-intersection", Text(zh="边界与自己相接", en="a ring touches itself")),
    ("Self-intersection", Text(zh="边界自相交", en="the boundary crosses itself")),
    ("Hole lies outside", Text(zh="洞在外边界之外", en="a hole lies outside its shell")),
    ("Holes are nested", Text(zh="洞中套洞", en="a hole lies inside a hole")),
    ("Nested holes", Text(zh="洞中套洞", en="a hole lies inside a hole")),
    ("Nested shells", Text(zh="面中套面", en="a part lies inside another part")),
    ("Interior is disconnected", Text(zh="内部被切断", en="the interior is cut apart")),
    ("Interior", Text(zh="内部被切断", en="the interior is cut apart")),
    ("Duplicate", Text(zh="边界重复", en="a ring stands there twice")),
    ("Too few", Text(zh="顶点太少或缩成一点", en="too few distinct vertices")),
    ("Ring is not closed", Text(zh="边界不闭合", en="a ring is not closed")),
)
#: From here on a number is no slip in a longitude: it is metres.
SURELY_METRES = 1000
_TANGLED = Text(
    zh=f"边界自相交超过 {limits.CROSSINGS} 处",
    en=f"the boundary crosses itself more than {limits.CROSSINGS} times",
)
_OTHER_REASON = Text(zh="图形不成立", en="the shape does not hold")
_REASON = re.compile(r"([^\[]*)(?:\[(\S+) (\S+)\])?")


@np.errstate(invalid="ignore")
def find(frame: gpd.GeoDataFrame, allowed: Iterable[str], bounds: BBox | None) -> list[Problem]:
    """List every problem of the geometry, each row for itself.

    Parameters
    ----------
    frame
        Rows with their numbers as index; longitude and latitude when ``bounds`` is given.
    allowed
        Single types, e.g. ``["Polygon"]``; the Multi of each is allowed too.
    bounds
        Where all positions must lie, in degrees; None: anywhere.

    Raises
    ------
    CrsError
        The frame has no CRS.
    """
    require_crs(frame)
    singles = tuple(allowed)
    shapes = np.asarray(frame.geometry.values, dtype=object)
    valid = are_valid(shapes)
    inside = in_threads(lambda some: _all_inside(some, bounds), shapes)
    sound = valid & _of_types(shapes, singles) & inside
    unsound = np.flatnonzero(~sound).tolist()
    names = names_of(frame) if unsound else []
    return [
        problem
        for place in unsound
        for problem in _Row(
            int(frame.index[place]), names[place], shapes[place], bool(valid[place])
        ).problems(singles, bounds)
    ]


def _of_types(shapes: np.ndarray, singles: tuple[str, ...]) -> np.ndarray:
    """Tell which shapes are there, not empty, and of an allowed type."""
    allowed = {name.upper() for name in singles} | {f"MULTI{name.upper()}" for name in singles}
    types = [kind.value for kind in shapely.GeometryType if kind.name in allowed]
    return np.isin(shapely.get_type_id(shapes), types) & ~shapely.is_empty(shapes)


@np.errstate(invalid="ignore")
def _all_inside(shapes: np.ndarray, bounds: BBox | None) -> np.ndarray:
    """Tell which shapes lie inside the bounds as a whole, and have no number that is NaN."""
    where, owner = shapely.get_coordinates(shapes, return_index=True)
    inside = np.ones(len(shapes), dtype=bool)
    x, y = where.T
    inside[owner[~(np.isfinite(x) & np.isfinite(y))]] = False
    if bounds is None:
        return inside
    west, south, east, north = shapely.bounds(shapes).T
    inside &= (west >= bounds.west) & (east <= bounds.east)
    inside &= (south >= bounds.south) & (north <= bounds.north)
    return inside


def names_of(frame: gpd.GeoDataFrame) -> list[str | None]:
    """Return the id of each row as text, None where it has none."""
    if "id" not in frame:
        return [None] * len(frame)
    return [value if isinstance(value, str) else None for value in frame["id"]]


def largest_part(shapes: np.ndarray) -> np.ndarray:
    """Count the vertices of the largest ring or line of each shape; 0 where there is none."""
    lines, owner = rings_and_lines(shapes)
    largest = np.zeros(len(shapes), dtype=np.int64)
    np.maximum.at(largest, owner, shapely.get_num_coordinates(lines))
    return largest


def rings_and_lines(shapes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Take shapes apart into rings, lines and points, each with the place of its owner."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    members, owner_of_member = shapely.get_parts(parts, return_index=True)
    is_polygon = shapely.get_type_id(members) == shapely.GeometryType.POLYGON
    rings, owner_of_ring = shapely.get_rings(members[is_polygon], return_index=True)
    others = np.flatnonzero(~is_polygon)
    lines = np.concatenate([rings, members[others]])
    members_of_lines = np.concatenate([np.flatnonzero(is_polygon)[owner_of_ring], others])
    return lines, owner[owner_of_member[members_of_lines]]


def are_valid(shapes: np.ndarray) -> np.ndarray:
    """Tell which shapes are valid; those too large or too tangled to be checked are not."""
    return in_threads(_are_valid, shapes)


@np.errstate(invalid="ignore")
def _are_valid(shapes: np.ndarray) -> np.ndarray:
    largest = shapely.get_num_coordinates(shapes).astype(np.int64)
    # A part is no larger than the whole: only of the few large shapes the parts are looked at.
    large = largest > FEW_VERTICES
    largest[large] = largest_part(shapes[large])
    valid: np.ndarray = largest <= limits.RING_VERTICES
    for place in np.flatnonzero(valid & (largest > FEW_VERTICES)):
        valid[place] = not _is_tangled(shapes[place])
    valid[valid] = shapely.is_valid(shapes[valid])
    return valid


def _is_tangled(shape: BaseGeometry) -> bool:
    try:
        return is_tangled(shape)
    except GEOSException:  # a position that is not finite; it is told by itself
        return True


def _too_many(shapes: np.ndarray) -> np.ndarray:
    """Return the vertices of the largest part where they are too many to check, else 0."""
    largest = largest_part(shapes)
    return np.where(largest > limits.RING_VERTICES, largest, 0)


@dataclass(frozen=True, slots=True)
class _Row:
    """One row under examination."""

    row: int
    feature: str | None
    shape: BaseGeometry | None
    valid: bool

    def problems(self, allowed: tuple[str, ...], bounds: BBox | None) -> Iterator[Problem]:
        if self.shape is None:
            yield self.at(NO_SHAPE)
        elif self.shape.is_empty:
            yield self.at(EMPTY)
        else:
            yield from self.wrong_type(allowed)
            yield from self.misplaced(bounds)
            yield from self.invalid()

    def at(self, kind: ProblemKind, **values: Any) -> Problem:
        return kind.at(row=self.row, feature=self.feature, **values)

    def vertex(self, kind: ProblemKind, number: int, where: np.ndarray, **values: Any) -> Problem:
        x, y = float(where[number, 0]), float(where[number, 1])
        finite = np.isfinite([x, y]).all()
        return kind.at(
            row=self.row,
            feature=self.feature,
            vertex=number + 1,
            position=(x, y) if finite else None,
            **{"number": number + 1, "x": _number(x), "y": _number(y), **values},
        )

    def wrong_type(self, allowed: tuple[str, ...]) -> Iterator[Problem]:
        found = self.shape.geom_type if self.shape is not None else ""
        if found.removeprefix("Multi") not in allowed:
            yield self.at(
                WRONG_SHAPE, found=TYPE_NAMES.get(found, found), allowed=_type_list(allowed)
            )

    def misplaced(self, bounds: BBox | None) -> Iterator[Problem]:
        where = shapely.get_coordinates(self.shape)
        finite = np.isfinite(where).all(axis=1)
        if not finite.all():
            yield self.vertex(NOT_FINITE, int(np.argmin(finite)), where)
        elif bounds is not None:
            yield from self.outside(where, bounds)

    def outside(self, where: np.ndarray, bounds: BBox) -> Iterator[Problem]:
        inside = _inside(where, bounds)
        if inside.all():
            return
        first = int(np.argmin(inside))
        if _inside(where[:, ::-1], bounds).all():
            yield self.vertex(SWAPPED, first, where)
        elif np.abs(where[first]).max() >= SURELY_METRES:
            yield self.vertex(IN_METRES, first, where, guess=guess_crs(*where[first].tolist()))
        else:
            count = int((~inside).sum())
            yield self.vertex(OUTSIDE, first, where, bounds=str(bounds), count=count)

    def invalid(self) -> Iterator[Problem]:
        if self.valid or self.shape is None:
            return
        count = int(_too_many(np.array([self.shape], dtype=object))[0])
        if count:
            yield self.at(TOO_MANY_VERTICES, count=count, limit=limits.RING_VERTICES)
        elif len(shapely.get_coordinates(self.shape)) > FEW_VERTICES and _is_tangled(self.shape):
            yield self.at(INVALID, reason=_TANGLED, x="—", y="—")
        else:
            yield self.reason(shapely.is_valid_reason(self.shape))

    def reason(self, told: str) -> Problem:
        match = _REASON.match(told)
        name, x, y = match.groups() if match else (told, None, None)
        reason = next((text for start, text in _REASONS if name.startswith(start)), _OTHER_REASON)
        position = None if x is None or y is None else (float(x), float(y))
        shown = ("—", "—") if position is None else tuple(_number(value) for value in position)
        return INVALID.at(
            row=self.row,
            feature=self.feature,
            position=position,
            reason=reason,
            x=shown[0],
            y=shown[1],
        )


def _inside(where: np.ndarray, bounds: BBox) -> np.ndarray:
    x, y = where.T
    inside: np.ndarray = (x >= bounds.west) & (x <= bounds.east)
    inside &= (y >= bounds.south) & (y <= bounds.north)
    return inside


def _number(value: float) -> str:
    return f"{value:.12g}"


def _type_list(allowed: Iterable[str]) -> Text:
    names = [TYPE_NAMES.get(name, Text(name, name)) for name in allowed]
    return Text(zh="、".join(n.zh for n in names), en=", ".join(n.en for n in names))
