"""Net areas: what several polygons cover together, and which pairs share ground.

gross is the sum of the parts, net the area of their union, and overlap is gross - net by
definition. With three layers over one spot the sum of the pairwise intersections is another figure:
pairs are listed, never subtracted.

Rows without a polygon count nothing. An invalid polygon has no single area and is left out of all
three figures and of the pairs; :func:`geo.shapes.find` lists it.

Two ways are fast because they leave alone what needs no work. :func:`dissolve` unites only what
overlaps, found with an index. :mod:`geo.splitting` intersects only what an edge of a zone cuts.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from shapely.geometry.base import BaseGeometry

from geo.crs import metric_crs as usable_crs
from geo.crs import to_metric
from geo.threads import asked, in_threads

Frame = gpd.GeoDataFrame | gpd.GeoSeries

_POLYGONS = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)
#: Rounding alone may let neighbours overlap by this much; it is not told.
LEAST_AREA_M2 = 0.01
LEAST_LENGTH_M = 0.01
#: Where an exact operation fails, it is done again with corners on a grid of this size.
GRID_M = 0.001

#: From so many polygons on it pays to try so few of them first.
_MANY, _SAMPLE = 5_000, 100
#: What adding up many areas may lose by rounding, as a share.
_EXACT = 1e-13


def gross_m2(frame: Frame, metric_crs: str | pyproj.CRS) -> float:
    """Add up the areas of all polygons: square metres, ground that is covered twice twice.

    Raises
    ------
    CrsError
        The frame has no CRS or the other one cannot be measured in.
    """
    return float(shapely.area(_polygons(frame, metric_crs)).sum())


def net_m2(frame: Frame, metric_crs: str | pyproj.CRS) -> float:
    """Measure what all polygons cover together: square metres; errors as :func:`gross_m2`."""
    shapes = _polygons(frame, metric_crs)
    return float(shapely.area(dissolve(shapes, *overlapping(shapes)).shapes).sum())


def overlap_m2(frame: Frame, metric_crs: str | pyproj.CRS) -> float:
    """Return gross - net: square metres; errors as :func:`gross_m2`."""
    return gross_m2(frame, metric_crs) - net_m2(frame, metric_crs)


def pairs(left: Frame, right: Frame | None, metric_crs: str | pyproj.CRS) -> pd.DataFrame:
    """List every pair of rows that share ground.

    Parameters
    ----------
    left, right
        Polygons and lines in any CRS. With ``right`` None the rows of ``left`` are paired with each
        other, each pair once.
    metric_crs
        A projected CRS in metres, not Web Mercator.

    Returns
    -------
    pandas.DataFrame
        ``left`` and ``right`` (index labels), ``area_m2`` of what two polygons share, ``length_m``
        of the line that is shared where one of them is a line; NaN for the other. Touching is not
        sharing. Ordered as the rows are.

    Raises
    ------
    CrsError
        A frame has no CRS or the metric one cannot be measured in.
    """
    return pd.DataFrame(shared(left, right, metric_crs).drop(columns="geometry"))


def shared(left: Frame, right: Frame | None, metric_crs: str | pyproj.CRS) -> gpd.GeoDataFrame:
    """List every pair of rows that share ground, with that ground as its geometry.

    As :func:`pairs`; the geometry is in the metric CRS and may be a collection where a line runs
    along the edge of what it meets.
    """
    one = _valid(left, metric_crs)
    two = one if right is None else _valid(right, metric_crs)
    first, second = _candidates(one, two, once=right is None)
    ground = shapely.intersection(one[first], two[second])
    both_polygons = _is_polygon(one[first]) & _is_polygon(two[second])
    found = gpd.GeoDataFrame(
        {
            "left": left.index.to_numpy()[first],
            "right": (left if right is None else right).index.to_numpy()[second],
            "area_m2": np.where(both_polygons, shapely.area(ground), np.nan),
            "length_m": np.where(both_polygons, np.nan, _line_length(ground)),
        },
        geometry=ground,
        crs=usable_crs(metric_crs),
    )
    enough = (found["area_m2"] >= LEAST_AREA_M2) | (found["length_m"] >= LEAST_LENGTH_M)
    return found[enough].reset_index(drop=True)


@dataclass(frozen=True, eq=False)
class Dissolved:
    """Polygons that share no ground, covering what the polygons they were made of cover.

    Attributes
    ----------
    shapes
        Each polygon that overlaps no other as it was, each heap of overlapping ones as its union.
    member
        Position of a polygon that each shape was made of.
    gridded
        Whether a union failed and was done again with corners rounded to :data:`GRID_M`.
    """

    shapes: np.ndarray
    member: np.ndarray
    gridded: np.ndarray

    @property
    def on_grid(self) -> bool:
        """Whether any union was done on the grid."""
        return bool(self.gridded.any())


def overlapping(polygons: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Find the pairs of polygons whose insides meet; neighbours that only touch are none.

    Parameters
    ----------
    polygons
        Valid polygons in one plane; None and empty ones meet nothing.

    Returns
    -------
    first, second
        Positions in the array, ``first < second``, each pair once.
    """
    tree = shapely.STRtree(polygons)
    if len(polygons) < _MANY or not _mostly_touch(polygons, tree):
        return _insides_meet(polygons, *_near(polygons, tree, np.arange(len(polygons))))
    if _lie_side_by_side(polygons):
        return np.empty(0, dtype=int), np.empty(0, dtype=int)
    return _insides_meet(polygons, *_near(polygons, tree, np.flatnonzero(_not_fitting(polygons))))


def _near(
    polygons: np.ndarray, tree: shapely.STRtree, some: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Find the pairs, one of which is among some, whose boxes share ground: ``first < second``."""
    place, other = tree.query(polygons[some])
    one = some[place]
    is_some = np.zeros(len(polygons), dtype=bool)
    is_some[some] = True
    once = (one < other) | ~is_some[other]
    one, other = one[once], other[once]
    first, second = np.minimum(one, other), np.maximum(one, other)
    boxes = shapely.bounds(polygons)
    low = np.maximum(boxes[first, :2], boxes[second, :2])
    high = np.minimum(boxes[first, 2:], boxes[second, 2:])
    meet = (low < high).all(axis=1)
    first, second = first[meet], second[meet]
    order = np.lexsort((second, first))
    return first[order], second[order]


def _insides_meet(
    polygons: np.ndarray, first: np.ndarray, second: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Keep the pairs that share ground, not only an edge or nothing.

    The one with more pairs is asked: a park under a thousand parcels is prepared once.
    """
    uses = np.bincount(np.concatenate([first, second]), minlength=len(polygons))
    one = np.where(uses[first] >= uses[second], first, second)
    order = np.argsort(one, kind="stable")
    one, two = one[order], (first + second - one)[order]
    meet = np.empty(len(order), dtype=bool)
    meet[order] = asked(_share_ground, polygons, polygons, one, two)
    return first[meet], second[meet]


def _share_ground(one: np.ndarray, two: np.ndarray) -> np.ndarray:
    meet: np.ndarray = shapely.intersects(one, two)
    meet[meet] = ~shapely.touches(one[meet], two[meet])
    return meet


def _mostly_touch(polygons: np.ndarray, tree: shapely.STRtree) -> bool:
    """Whether most that lie near each other only touch, as neighbours in a coverage do.

    They are many; looking at the coverage as a whole, once, leaves few pairs to look at one by one,
    or none.
    """
    few = np.linspace(0, len(polygons) - 1, _SAMPLE).astype(int)
    first, second = _near(polygons, tree, np.unique(few))
    touch = shapely.touches(polygons[first], polygons[second])
    return bool(touch.sum() * 2 > len(touch))


def _lie_side_by_side(polygons: np.ndarray) -> bool:
    """Whether polygons overlap nowhere, as far as striking out their common edges can tell.

    Edges that remain when equal ones are struck out in pairs bound the ground that an odd number
    of polygons covers. It is never more than gross, and as much only where none covers another.
    """
    try:
        odd = shapely.coverage_union_all(polygons)
    except shapely.GEOSException:
        return False
    gross = float(np.nansum(shapely.area(polygons)))
    return bool(shapely.is_valid(odd)) and math.isclose(odd.area, gross, rel_tol=_EXACT)


def _not_fitting(polygons: np.ndarray) -> np.ndarray:
    """Which polygons do not fit their neighbours as the parts of a coverage do.

    Of two polygons that share ground at least one has an edge within the other and does not fit.
    """
    edges = shapely.coverage_invalid_edges(polygons)
    unfit: np.ndarray = ~(shapely.is_missing(edges) | shapely.is_empty(edges))
    return unfit


def dissolve(polygons: np.ndarray, first: np.ndarray, second: np.ndarray) -> Dissolved:
    """Unite polygons that overlap; those that overlap no other stay as they are.

    Parameters
    ----------
    polygons
        Valid polygons in one plane.
    first, second
        The overlapping pairs, as :func:`overlapping` gives them.
    """
    if not len(first):
        untouched = np.zeros(len(polygons), dtype=bool)
        return Dissolved(polygons, np.arange(len(polygons)), untouched)
    labels = _heaps(len(polygons), first, second)
    size = np.bincount(labels, minlength=len(polygons))[labels]
    single, members = np.flatnonzero(size == 1), np.flatnonzero(size > 1)
    members = members[np.argsort(labels[members], kind="stable")]
    heap, number = np.unique(labels[members], return_inverse=True)
    heaps = np.asarray(shapely.geometrycollections(polygons[members], indices=number))
    united, gridded = _unions(heaps)
    return Dissolved(
        np.concatenate([polygons[single], united]),
        np.concatenate([single, heap]),
        np.concatenate([np.zeros(len(single), dtype=bool), gridded]),
    )


def _heaps(number: int, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Label what hangs together over pairs: each label is the smallest position of its heap."""
    labels = np.arange(number)
    while True:
        lower = labels.copy()
        np.minimum.at(lower, first, labels[second])
        np.minimum.at(lower, second, labels[first])
        lower = lower[lower]
        if np.array_equal(lower, labels):
            return labels
        labels = lower


def _unions(heaps: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The union of each heap, and which had to be made on a grid."""
    try:
        return in_threads(_each_united, heaps), np.zeros(len(heaps), dtype=bool)
    except shapely.GEOSException:
        both = [_united(heap) for heap in heaps]
        return np.array([one for one, _ in both]), np.array([gridded for _, gridded in both])


def _each_united(heaps: np.ndarray) -> np.ndarray:
    return np.asarray(shapely.union_all(heaps[:, np.newaxis], axis=1))


def _united(heap: BaseGeometry) -> tuple[BaseGeometry, bool]:
    try:
        return shapely.union_all(heap), False
    except shapely.GEOSException:
        return shapely.union_all(heap, grid_size=GRID_M), True


def _valid(frame: Frame, metric_crs: str | pyproj.CRS) -> np.ndarray:
    """Return the shapes in the metric CRS, None for what is not valid."""
    shapes = np.asarray(to_metric(frame.geometry, metric_crs).values, dtype=object).copy()
    shapes[~shapely.is_valid(shapes)] = None
    return shapes


def _polygons(frame: Frame, metric_crs: str | pyproj.CRS) -> np.ndarray:
    shapes = _valid(frame, metric_crs)
    polygons: np.ndarray = shapes[_is_polygon(shapes)]
    return polygons


def _is_polygon(shapes: np.ndarray) -> np.ndarray:
    return np.isin(shapely.get_type_id(shapes), _POLYGONS)


def _candidates(one: np.ndarray, two: np.ndarray, *, once: bool) -> tuple[np.ndarray, np.ndarray]:
    first, second = shapely.STRtree(two).query(one, predicate="intersects")
    if once:
        first, second = first[first < second], second[first < second]
    order = np.lexsort((second, first))
    return first[order], second[order]


def _line_length(shared: np.ndarray) -> np.ndarray:
    """Measure the lines of what is shared; the outline of a polygon is none."""
    parts, owner = shapely.get_parts(shared, return_index=True)
    is_line = shapely.get_type_id(parts) == shapely.GeometryType.LINESTRING
    lengths = shapely.length(parts[is_line])
    return np.bincount(owner[is_line], weights=lengths, minlength=len(shared))
