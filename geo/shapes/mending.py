"""Mends of the geometry of a frame: those that change no figure, and the one that does."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np
import pyproj
import shapely
from shapely.errors import GEOSException
from shapely.geometry.base import BaseGeometry

from geo import limits
from geo.crs import to_metric
from geo.errors import Problem, ProblemKind
from geo.shapes.crossings import is_tangled
from geo.shapes.finding import are_valid, largest_part, names_of, rings_and_lines
from geo.types import Text

if TYPE_CHECKING:
    import geopandas as gpd

HEIGHT_DROPPED = ProblemKind(
    "height-dropped",
    "note",
    Text(
        zh="高程（Z 值）或量测值（M 值）未保留，只取平面位置",
        en="Heights (Z) or measures (M) were dropped: positions are plane",
    ),
    Text(zh="无需处理", en="Nothing to do"),
)
REPEATED_POINTS = ProblemKind(
    "points-repeated",
    "note",
    Text(
        zh="去掉了与前一个顶点重合的顶点（{count} 个）",
        en="Vertices equal to the one before were dropped ({count})",
    ),
    Text(zh="无需处理", en="Nothing to do"),
)
RINGS_TURNED = ProblemKind(
    "rings-turned",
    "note",
    Text(
        zh="边界方向已按 RFC 7946 调整（外边界逆时针）",
        en="Rings were turned as RFC 7946 asks (shells counter-clockwise)",
    ),
    Text(zh="无需处理", en="Nothing to do"),
)
MENDED = ProblemKind(
    "geometry-mended",
    "warning",
    Text(
        zh="无效图形已修复：按原边界计 {before} ㎡，修复后 {after} ㎡",
        en="An invalid shape was mended: {before} m² by its boundary before, {after} m² after",
    ),
    Text(
        zh="在地图上核对修复后的图形是否就是原意",
        en="Check on the map that the mended shape is what was meant",
    ),
)
NOT_MENDED = ProblemKind(
    "geometry-not-mended",
    "error",
    Text(zh="图形无法自动修复：{why}", en="The shape cannot be mended by the program: {why}"),
    Text(zh="在制图软件中重新绘制", en="Draw it anew in your drawing program"),
)
KINDS = (HEIGHT_DROPPED, REPEATED_POINTS, RINGS_TURNED, MENDED, NOT_MENDED)

_POLYGONS = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)
_POINTS = (shapely.GeometryType.POINT, shapely.GeometryType.MULTIPOINT)
_TANGLED = Text(zh="边界自相交的地方太多", en="its boundary crosses itself too often")
_STILL_INVALID = Text(zh="修复后仍然无效", en="it would still be invalid")
_NOTHING_LEFT = Text(zh="修复后不成为面", en="nothing would be left that is a polygon")

#: The new shapes, and what was done by place in the array: a kind and its values.
Mends = tuple[np.ndarray, dict[int, Problem]]
Mend = Callable[[np.ndarray], Mends]
#: Shapes that are mended at once: what is made beside them is then small.
_AT_ONCE = 20_000


def repair(frame: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, list[Problem]]:
    """Apply the mends that change no figure: plane positions, no repeated points, RFC 7946 rings.

    Returns
    -------
    frame
        A copy in the same CRS and order.
    problems
        A note for every mend of every row.
    """
    shapes = np.asarray(frame.geometry.values, dtype=object).copy()
    pieces = [slice(start, start + _AT_ONCE) for start in range(0, len(shapes), _AT_ONCE)]
    told: list[dict[int, Problem]] = [{} for _ in _MENDS]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        repaired = pool.map(_repaired, (shapes[some] for some in pieces))
        for some, (mended, found) in zip(pieces, repaired, strict=True):
            shapes[some] = mended
            for problems, of_some in zip(told, found, strict=True):
                problems.update((some.start + place, one) for place, one in of_some.items())
    problems_in_order = [_placed(frame, problems) for problems in told]
    return _with_shapes(frame, shapes), list(chain.from_iterable(problems_in_order))


@np.errstate(invalid="ignore")
def _repaired(shapes: np.ndarray) -> tuple[np.ndarray, list[dict[int, Problem]]]:
    """Shapes after every mend, and what each mend did, by place."""
    told = []
    for mend in _MENDS:
        shapes, found = mend(shapes)
        told.append(found)
    return shapes, told


@np.errstate(invalid="ignore")
def mend_invalid(
    frame: gpd.GeoDataFrame, metric_crs: str | pyproj.CRS
) -> tuple[gpd.GeoDataFrame, list[Problem]]:
    """Make invalid polygons valid. Only on demand: it changes what was drawn, and the area.

    GEOS's method "structure" is used: on a tangled ring it takes a hundredth of the time of the
    default method, and it keeps no lines and points of what collapsed.

    Parameters
    ----------
    frame
        Any CRS.
    metric_crs
        Where the areas before and after are measured, in square metres. "Before" is the signed sum
        along the boundary: an invalid polygon has no single area.

    Returns
    -------
    frame
        A copy in the same CRS and order; what cannot be mended is as it was.
    problems
        A warning with both areas for each mended row, an error for each that cannot be.

    Raises
    ------
    CrsError
        The frame has no CRS or the other one cannot be measured in.
    """
    shapes = np.asarray(frame.geometry.values, dtype=object).copy()
    told: dict[int, Problem] = {}
    for place in _invalid_polygons(shapes):
        mended = _mended(shapes[place])
        if isinstance(mended, Text):
            told[place] = NOT_MENDED.at(why=mended)
        else:
            told[place] = _both_areas(shapes[place], mended, frame.crs, metric_crs)
            shapes[place] = mended
    return _with_shapes(frame, shapes), _placed(frame, told)


def _placed(frame: gpd.GeoDataFrame, told: dict[int, Problem]) -> list[Problem]:
    names = names_of(frame) if told else []
    return [
        problem.kind.at(row=int(frame.index[place]), feature=names[place], **problem.values)
        for place, problem in sorted(told.items())
    ]


def _with_shapes(frame: gpd.GeoDataFrame, shapes: np.ndarray) -> gpd.GeoDataFrame:
    import geopandas as gpd

    return frame.set_geometry(gpd.GeoSeries(shapes, index=frame.index, crs=frame.crs))


def _without_height(shapes: np.ndarray) -> Mends:
    high = shapely.has_z(shapes) | shapely.has_m(shapes)
    told = {int(place): HEIGHT_DROPPED.at() for place in np.flatnonzero(high)}
    mended = shapes.copy()
    mended[high] = shapely.force_2d(shapes[high])
    return mended, told


def _without_repetition(shapes: np.ndarray) -> Mends:
    mended, told = shapes.copy(), {}
    for place in _with_repetition(shapes):
        fewer = _fewer_points(shapes[place])
        if fewer is not None:
            mended[place] = fewer
            count = len(shapely.get_coordinates(shapes[place])) - len(
                shapely.get_coordinates(fewer)
            )
            told[place] = REPEATED_POINTS.at(count=count)
    return mended, told


def _with_repetition(shapes: np.ndarray) -> list[int]:
    """List the lines and polygons in which a vertex equals the one before in the same part."""
    places = np.flatnonzero(~np.isin(shapely.get_type_id(shapes), [-1, *_POINTS]))
    # Few shapes repeat a vertex even where the end of one part and the start of the next count.
    places = places[_repeating(shapes[places])]
    lines, owner = rings_and_lines(shapes[places])
    return sorted({int(place) for place in places[owner[_repeating(lines)]]})


def _repeating(shapes: np.ndarray) -> np.ndarray:
    """The places of shapes in which a vertex equals the one before, be it of another part."""
    where, owner = shapely.get_coordinates(shapes, return_index=True)
    x, y = where.T
    same = (x[1:] == x[:-1]) & (y[1:] == y[:-1]) & (owner[1:] == owner[:-1])
    return np.unique(owner[1:][same])


def _fewer_points(shape: BaseGeometry) -> BaseGeometry | None:
    """Return the shape without repeated points, or None when nothing would be left of a part."""
    try:
        return shapely.remove_repeated_points(shape)
    except GEOSException:
        return None


def _turned(shapes: np.ndarray) -> Mends:
    """Only what is not as it should be is replaced: a second copy of a city would not be small."""
    polygons = np.flatnonzero(np.isin(shapely.get_type_id(shapes), _POLYGONS))
    turned = oriented(shapes[polygons])
    changed = ~shapely.equals_exact(turned, shapes[polygons], tolerance=0)
    mended = shapes.copy()
    mended[polygons[changed]] = turned[changed]
    return mended, {int(place): RINGS_TURNED.at() for place in polygons[changed]}


#: In this order.
_MENDS: tuple[Mend, ...] = (_without_height, _without_repetition, _turned)


def oriented(polygons: np.ndarray) -> np.ndarray:
    """Turn shells counter-clockwise and holes clockwise, as RFC 7946 asks (section 3.1.6).

    A polygon whose numbers are not finite, or too large to reckon with, stays as it is.
    """
    try:
        turned: np.ndarray = shapely.orient_polygons(polygons)
    except GEOSException:
        turned = polygons.copy()
        turned[:] = [_oriented(polygon) for polygon in polygons]
    return turned


def _oriented(polygon: BaseGeometry) -> BaseGeometry:
    try:
        return shapely.orient_polygons(polygon)
    except GEOSException:
        return polygon


def _invalid_polygons(shapes: np.ndarray) -> list[int]:
    polygons = np.isin(shapely.get_type_id(shapes), _POLYGONS)
    small = largest_part(shapes) <= limits.RING_VERTICES
    candidates = np.flatnonzero(polygons & small)
    return [int(place) for place in candidates[~are_valid(shapes[candidates])]]


def _mended(shape: BaseGeometry) -> BaseGeometry | Text:
    """Return the shape made valid, or why it cannot be."""
    try:
        if is_tangled(shape):
            return _TANGLED
        mended = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    except GEOSException:  # numbers that are not finite, or too large to reckon with
        return _STILL_INVALID
    if mended.is_empty or shapely.get_type_id(mended) not in _POLYGONS:
        return _NOTHING_LEFT
    return shapely.orient_polygons(mended) if mended.is_valid else _STILL_INVALID


def _both_areas(
    before: BaseGeometry,
    after: BaseGeometry,
    crs: pyproj.CRS | None,
    metric_crs: str | pyproj.CRS,
) -> Problem:
    import geopandas as gpd

    areas = to_metric(gpd.GeoSeries([before, after], crs=crs), metric_crs).area
    return MENDED.at(before=f"{areas.iloc[0]:,.1f}", after=f"{areas.iloc[1]:,.1f}")
