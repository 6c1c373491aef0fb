"""Lengths, areas and stated figures of many pieces, row by row."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
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
        shapes,
        wholes.is_line[owner],
        wholes.is_polygon[owner],
        *pairs_of_parts(owner, place, wholes.first, wholes.second),
    )


def _kinds(shapes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Which shapes are lines and which polygons, and can be measured as such."""
    types = shapely.get_type_id(shapes)
    usable = shapely.is_valid(shapes) & ~shapely.is_empty(shapes)
    return usable & np.isin(types, _LINES), usable & np.isin(types, _POLYGONS)


def measure_each(
    found: Meeting, rows: Sequence[np.ndarray], crs: pyproj.CRS
) -> tuple[Figures, ...]:
    """Measure the shapes of each row together; all rows at once, for one by one takes longer.

    Parameters
    ----------
    found
        All shapes.
    rows
        Positions of those to measure, each once in a row; one may be in several rows.
    crs
        The metric CRS that the shapes are in.
    """
    member = np.concatenate([np.empty(0, dtype=int), *rows])
    row = np.repeat(np.arange(len(rows)), [len(members) for members in rows])
    is_line, is_polygon = found.is_line[member], found.is_polygon[member]
    lengths = _lengths(found.shapes[member[is_line]], _Rows(row[is_line], len(rows)), crs)
    areas = _areas(found, member[is_polygon], _Rows(row[is_polygon], len(rows)), crs)
    return tuple(_figures(*each) for each in zip(*lengths, *areas, strict=True))


@dataclass(frozen=True, eq=False)
class _Rows:
    """The row of each of many values, and how many rows there are."""

    row: np.ndarray
    number: int

    def totals(self, values: np.ndarray) -> np.ndarray:
        """Add up the values of each row, exactly, so that their order changes no figure.

        NaN for a row without any.
        """
        order = np.argsort(self.row, kind="stable")
        ends = np.searchsorted(self.row[order], np.arange(self.number + 1)).tolist()
        listed = values[order].tolist()
        of_rows = (listed[start:end] for start, end in itertools.pairwise(ends))
        return np.array([math.fsum(each) if each else np.nan for each in of_rows])


def _lengths(lines: np.ndarray, rows: _Rows, crs: pyproj.CRS) -> tuple[np.ndarray, np.ndarray]:
    """Length of each row in the plane and on the ellipsoid."""
    geodesic = geodesic_length_m(gpd.GeoSeries(lines, crs=crs)).to_numpy()
    return rows.totals(shapely.length(lines)), rows.totals(geodesic)


def _areas(
    found: Meeting, polygons: np.ndarray, rows: _Rows, crs: pyproj.CRS
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Gross and net area of each row, net on the ellipsoid, and whether a grid was needed."""
    shapes = found.shapes[polygons]
    inside = dissolve(shapes, *pairs_of_parts(polygons, rows.row, found.first, found.second))
    of_inside = _Rows(rows.row[inside.member], rows.number)
    gross = rows.totals(shapely.area(shapes))
    net = np.minimum(of_inside.totals(shapely.area(inside.shapes)), gross)
    geodesic = of_inside.totals(ellipsoid.areas_m2(inside.shapes, crs))
    gridded = np.bincount(of_inside.row[inside.gridded], minlength=rows.number) > 0
    return gross, net, geodesic, gridded


def _figures(
    length: float, geodesic_length: float, gross: float, net: float, geodesic: float, gridded: bool
) -> Figures:
    return Figures(
        length_m=_known(length),
        gross_m2=_known(gross),
        net_m2=_known(net),
        overlap_m2=_known(gross - net),
        geodesic_length_m=_known(geodesic_length),
        geodesic_m2=_known(geodesic),
        on_grid=bool(gridded),
    )


def _known(value: float) -> float | None:
    return None if math.isnan(value) else float(value)


def stated(projects: Iterable[Project]) -> Stated:
    """Add what the plan states of projects, each kind apart."""
    found: dict[str, list[float]] = {kind.name: [] for kind in fields(Stated)}
    for project in projects:
        kind = project.properties.get("stated_kind")
        value = project.properties.get("stated_value")
        if kind in found and value is not None:
            found[kind].append(float(value))
    return Stated(**{kind: math.fsum(values) if values else None for kind, values in found.items()})
