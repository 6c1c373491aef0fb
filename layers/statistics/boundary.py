"""A boundary that somebody drew or uploaded: read once, and checked before anything is measured."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import orjson
import shapely
from shapely.geometry.base import BaseGeometry

from geo.errors import InputError, Problem, ProblemKind
from geo.types import Text
from layers.spec import Zone

#: The most vertices a boundary may have, wherever it comes from.
MOST_VERTICES = 100_000
#: A boundary below this many square degrees (about 100 cm² here) encloses nothing.
_LEAST_DEG2 = 1e-12

_POLYGONS = ("Polygon", "MultiPolygon")

UNREADABLE = ProblemKind(
    "boundary-unreadable",
    "error",
    Text(zh="读不懂边界", en="The boundary cannot be read"),
    Text(
        zh="给出 GeoJSON 的 Polygon 或 MultiPolygon，经度在前，纬度在后",
        en="Give a GeoJSON Polygon or MultiPolygon, longitude before latitude",
    ),
)
NOT_POLYGON = ProblemKind(
    "boundary-not-polygon",
    "error",
    Text(zh="边界不是面，而是 {type}", en="The boundary is a {type}, not a polygon"),
    Text(zh="画一个闭合的面", en="Draw a closed polygon"),
)
NO_AREA = ProblemKind(
    "boundary-no-area",
    "error",
    Text(zh="边界的面积为零", en="The boundary encloses no area"),
    Text(zh="至少画三个不在一条直线上的点", en="Draw at least three points not in one line"),
)
CROSSING = ProblemKind(
    "boundary-crossing",
    "error",
    Text(zh="边界自相交：{why}", en="The boundary crosses itself: {why}"),
    Text(
        zh="移动顶点，使边界线不相交，也不重复经过同一处",
        en="Move its points so that the line neither crosses nor runs over itself",
    ),
)
OUTSIDE_ZONE = ProblemKind(
    "boundary-outside",
    "error",
    Text(
        zh="边界有一部分在规划范围（{bounds}）以外",
        en="The boundary reaches beyond the zone ({bounds})",
    ),
    Text(
        zh="边界用经纬度，经度在前，且全部在规划范围内",
        en="Give longitude and latitude, longitude first, all within the zone",
    ),
)
TOO_MANY = ProblemKind(
    "boundary-vertices",
    "error",
    Text(
        zh="边界有 {count} 个顶点，超过 {most} 个",
        en="The boundary has {count} points, more than {most}",
    ),
    Text(zh="先简化边界", en="Simplify it first"),
)
KINDS = (UNREADABLE, NOT_POLYGON, NO_AREA, CROSSING, OUTSIDE_ZONE, TOO_MANY)


def read_boundary(geojson: str | bytes) -> shapely.Polygon | shapely.MultiPolygon:
    """Read a boundary from GeoJSON: a geometry, a feature or a collection of features.

    Several polygons become one boundary. Nothing is mended; :func:`boundary_problems` says what is
    wrong with the shape.

    Parameters
    ----------
    geojson
        Text in UTF-8, positions in degrees, longitude before latitude.

    Raises
    ------
    InputError
        It is no GeoJSON, or holds something else than polygons.
    """
    try:
        value = orjson.loads(geojson)
        shapes = [shapely.from_geojson(orjson.dumps(part)) for part in _geometries(value)]
    except (ValueError, TypeError, KeyError, AttributeError, shapely.GEOSException):
        raise InputError(UNREADABLE.at(field="boundary")) from None
    return one_boundary(shapes)


def _geometries(value: dict[str, object]) -> Iterator[object]:
    if value["type"] == "FeatureCollection":
        features = value["features"]
        for feature in features if isinstance(features, list) else []:
            yield from _geometries(feature)
    elif value["type"] == "Feature":
        yield value["geometry"]
    else:
        yield value


def one_boundary(
    shapes: Sequence[BaseGeometry | None],
) -> shapely.Polygon | shapely.MultiPolygon:
    """Make one boundary of several polygons; InputError for what is no polygon or for none."""
    for shape in shapes:
        if shape is None or shape.geom_type not in _POLYGONS:
            found = "null" if shape is None else shape.geom_type
            raise InputError(NOT_POLYGON.at(field="boundary", type=found))
    if not shapes:
        raise InputError(UNREADABLE.at(field="boundary"))
    valid = shapely.is_valid(shapes).all()
    parts = shapely.get_parts(shapely.union_all(shapes) if valid else shapes)
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(list(parts))


def boundary_problems(boundary: BaseGeometry, zone: Zone) -> Iterator[Problem]:
    """Say what is wrong with a boundary in degrees; the first problem, for the rest follow it."""
    vertices = int(shapely.get_num_coordinates(boundary))
    if boundary.geom_type not in _POLYGONS:
        yield NOT_POLYGON.at(field="boundary", type=boundary.geom_type)
    elif vertices > MOST_VERTICES:
        yield TOO_MANY.at(field="boundary", count=vertices, most=MOST_VERTICES)
    elif not _inside(boundary, zone):
        yield OUTSIDE_ZONE.at(field="boundary", bounds=zone.bounds)
    elif boundary.convex_hull.area < _LEAST_DEG2:
        yield NO_AREA.at(field="boundary")
    elif not boundary.is_valid:
        yield CROSSING.at(field="boundary", why=shapely.is_valid_reason(boundary))
    elif boundary.area < _LEAST_DEG2:
        yield NO_AREA.at(field="boundary")


def _inside(boundary: BaseGeometry, zone: Zone) -> bool:
    if boundary.is_empty:
        return True
    west, south, east, north = boundary.bounds
    if not all(map(math.isfinite, (west, south, east, north))):
        return False
    return zone.bounds.contains(west, south) and zone.bounds.contains(east, north)
