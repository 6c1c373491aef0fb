"""Lengths, areas and stated figures of many pieces, row by row."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, fields

import geopandas as gpd
import numpy as np
import pyproj
import shapely

from geo import ellipsoid
from geo.measure import geodesic_length_m
from geo.overlay import dissolve, overlapping
from geo.splitting import pairs_of_parts
from layers.projects import Project

_LINES = (shapely.GeometryType.LINESTRING, shapely.GeometryType.MULTILINESTRING)
_POLYGONS = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)


@dataclass(frozen=True, eq=False)
class Meeting:
    """Shapes with the pairs that overlap: found once, used for every row.

    Attributes
    ----------
    shapes
        Geometries in the metric CRS; None for those that are not measured.
    is_line, is_polygon
        Which may be measured how.
    first, second
        Positions of each pair of polygons that share ground.
    """

    shapes: np.ndarray
    is_line: np.ndarray
    is_polygon: np.ndarray
    first: np.ndarray
    second: np.ndarray

    @property
    def measurable(self) -> np.ndarray:
        """Which shapes have a figure: a point has none."""
        either: np.ndarray = self.is_line | self.is_polygon
        return either


@dataclass(frozen=True)
class Figures:
    """What was measured; None where there was nothing of the kind to measure."""

    length_m: float | None
    gross_m2: float | None
    net_m2: float | None
    overlap_m2: float | None
    geodesic_length_m: float | None
    geodesic_m2: float | None
    on_grid: bool


@dataclass(frozen=True)
class Stated:
    """Sums of what the plan states, by kind: land and floor in m², and a number of places.

    The kinds are never added to each other, and floor is never compared with drawn land.
    """

    land: float | None
    floor: float | None
    count: float | None

    @property
    def known(self) -> bool:
        """Whether anything is stated."""
        return any(getattr(self, kind.name) is not None for kind in fields(self))


def meeting(shapes: np.ndarray) -> Meeting:
    """Find which shapes can be measured and which of them share ground."""
    is_line, is_polygon = _kinds(shapes)
    polygons = shapes.copy()
    polygons[~is_polygon] = None
    return Meeting(shapes, is_line, is_polygon, *overlapping(polygons))


def meeting_of_parts(
    wholes: Meeting, shapes: np.ndarray, owner: np.ndarray, place: np.ndarray
) -> Meeting:
    """Carry what is known of wholes over to their parts.

    Parameters
    ----------
    wholes
        What the parts were cut from.
    shapes
        The parts.
    owner
        Position of each part's whole.
    place
        The district of each part; a whole has one part in each.
    """
    return Meeting(
        shapes, *_kinds(shapes), *pairs_of_parts(owner, place, wholes.first, wholes.second)
    )


def _kinds(shapes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Which shapes are lines and which polygons, and can be measured as such."""
    types = shapely.get_type_id(shapes)
    usable = shapely.is_valid(shapes) & ~shapely.is_empty(shapes)
    return usable & np.isin(types, _LINES), usable & np.isin(types, _POLYGONS)


def measure(found: Meeting, members: np.ndarray, crs: pyproj.CRS) -> Figures:
    """Measure some of the shapes together.

    Parameters
    ----------
    found
        All shapes.
    members
        Positions of those to measure, each once, in ascending order.
    crs
        The metric CRS that the shapes are in.
    """
    lines = found.shapes[members[found.is_line[members]]]
    polygons = members[found.is_polygon[members]]
    length_m, geodesic_m = _lengths(lines, crs)
    if not len(polygons):
        return Figures(length_m, None, None, None, geodesic_m, None, on_grid=False)
    inside = dissolve(found.shapes[polygons], *_among(found, polygons))
    gross_m2 = _total(shapely.area(found.shapes[polygons]))
    net_m2 = min(_total(shapely.area(inside.shapes)), gross_m2)
    geodesic_m2 = _total(ellipsoid.areas_m2(inside.shapes, crs))
    return Figures(
        length_m, gross_m2, net_m2, gross_m2 - net_m2, geodesic_m, geodesic_m2, inside.on_grid
    )


def _lengths(lines: np.ndarray, crs: pyproj.CRS) -> tuple[float | None, float | None]:
    if not len(lines):
        return None, None
    on_ellipsoid = geodesic_length_m(gpd.GeoSeries(lines, crs=crs))
    return _total(shapely.length(lines)), _total(on_ellipsoid.to_numpy())


def _among(found: Meeting, members: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The overlapping pairs with both shapes among the members, as positions in these."""
    place = np.full(len(found.shapes), -1)
    place[members] = np.arange(len(members))
    first, second = place[found.first], place[found.second]
    both = (first >= 0) & (second >= 0)
    return first[both], second[both]


def _total(values: np.ndarray) -> float:
    """Add exactly, so that the order of the rows changes no figure."""
    return math.fsum(values.tolist())


def stated(projects: Iterable[Project]) -> Stated:
    """Add what the plan states of projects, each kind apart."""
    found: dict[str, list[float]] = {kind.name: [] for kind in fields(Stated)}
    for project in projects:
        kind = project.properties.get("stated_kind")
        value = project.properties.get("stated_value")
        if kind in found and value is not None:
            found[kind].append(float(value))
    return Stated(**{kind: math.fsum(values) if values else None for kind, values in found.items()})
