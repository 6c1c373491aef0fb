"""Cut shapes at the lines of zones, so that the parts sum to the whole.

Most shapes lie wholly in one zone. They are found with prepared ``covers`` and stay as they are;
only what an edge cuts is intersected. A line along the edge of two zones belongs to the first of
them, and ground that two zones claim to the first too: no part is counted twice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from shapely.geometry.base import BaseGeometry

from geo.crs import to_metric
from geo.overlay import GRID_M, LEAST_AREA_M2, LEAST_LENGTH_M, overlapping
from geo.threads import asked, in_threads

#: Position of the zone of what lies in none.
OUTSIDE = -1
#: A part below the least area or length is rounding when it is this small beside its whole.
ROUNDING = 1e-6

_COLLECTION = shapely.GeometryType.GEOMETRYCOLLECTION
#: Greater than the position of any zone.
_NOWHERE = np.iinfo(np.int64).max


@dataclass(frozen=True, eq=False)
class Parts:
    """What became of shapes that were cut.

    Attributes
    ----------
    owner
        Position of the shape that a part comes from.
    zone
        Position of the zone it lies in, or :data:`OUTSIDE`.
    shapes
        The parts.
    cut
        Whether the part is less than its whole.
    """

    owner: np.ndarray
    zone: np.ndarray
    shapes: np.ndarray
    cut: np.ndarray

    def where(self, wanted: np.ndarray) -> Parts:
        """The parts that a mask or an order chooses."""
        return Parts(self.owner[wanted], self.zone[wanted], self.shapes[wanted], self.cut[wanted])


def split(
    frame: gpd.GeoDataFrame | gpd.GeoSeries,
    zones: gpd.GeoDataFrame | gpd.GeoSeries,
    metric_crs: str | pyproj.CRS,
) -> gpd.GeoDataFrame:
    """Cut every row at the lines of the zones.

    Parameters
    ----------
    frame
        Points, lines and polygons in any CRS.
    zones
        Polygons in any CRS. Where two overlap, the first has the ground.
    metric_crs
        A projected CRS in metres, not Web Mercator.

    Returns
    -------
    geopandas.GeoDataFrame
        In ``metric_crs``: ``row`` (label of the frame's index), ``zone`` (label of the zones'
        index, None outside all), ``cut`` (whether the part is less than the row's whole) and the
        geometry. In the order of the frame, then of the zones. Rows without a valid geometry have
        no part.

    Raises
    ------
    CrsError
        A frame has no CRS or the metric one cannot be measured in.
    """
    plane = to_metric(frame.geometry, metric_crs)
    lines = to_metric(zones.geometry, metric_crs)
    parts = split_shapes(_array(plane), _array(lines))
    labels = np.array([*zones.index, None], dtype=object)
    return gpd.GeoDataFrame(
        {
            "row": frame.index.to_numpy()[parts.owner],
            "zone": pd.Series(labels[parts.zone], dtype=object),
            "cut": parts.cut,
        },
        geometry=parts.shapes,
        crs=plane.crs,
    )


def split_shapes(shapes: np.ndarray, zones: np.ndarray) -> Parts:
    """Cut shapes at the lines of zones, both in one plane in metres.

    As :func:`split`, on arrays of shapely geometries; an invalid shape has no part.
    """
    usable = in_threads(shapely.is_valid, shapes) & ~shapely.is_empty(shapes)
    zones = _apart(zones)
    candidates = shapes.copy()
    candidates[~usable] = None
    zone, shape = shapely.STRtree(candidates).query(zones)
    home = _home(shapes, zones, zone, shape)
    whole = np.flatnonzero(usable & (home != OUTSIDE))
    kept = Parts(whole, home[whole], shapes[whole], np.zeros(len(whole), dtype=bool))
    open_ = usable & (home == OUTSIDE)
    near = open_[shape]
    parts = _joined([kept, *_cut(shapes, zones, open_, zone[near], shape[near])])
    last = np.where(parts.zone == OUTSIDE, len(zones), parts.zone)
    return parts.where(np.lexsort((last, parts.owner)))


def pairs_of_parts(
    owner: np.ndarray, zone: np.ndarray, first: np.ndarray, second: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Find the parts in one zone whose wholes overlap: no others can.

    Parameters
    ----------
    owner, zone
        Of each part; a whole has one part in a zone.
    first, second
        The wholes that overlap, as :func:`geo.overlay.overlapping` finds them.

    Returns
    -------
    first, second
        Positions of the parts. Those of wholes that overlap elsewhere are among them.
    """
    parts = pd.DataFrame({"owner": owner, "zone": zone, "part": np.arange(len(owner))})
    wholes = pd.DataFrame({"first": first, "second": second})
    ones = parts.merge(wholes, left_on="owner", right_on="first")
    both = ones.merge(parts, left_on=["second", "zone"], right_on=["owner", "zone"])
    return both["part_x"].to_numpy(), both["part_y"].to_numpy()


def clip_shapes(shapes: np.ndarray, window: shapely.Geometry) -> Parts:
    """Keep what of each shape lies in a window; as :func:`split_shapes`, without the outside."""
    parts = split_shapes(shapes, np.array([window], dtype=object))
    return parts.where(parts.zone != OUTSIDE)


def _array(frame: gpd.GeoSeries) -> np.ndarray:
    return np.asarray(frame.values, dtype=object)


def _apart(zones: np.ndarray) -> np.ndarray:
    """Take from each zone the ground that one before it has; rounding at a border is none."""
    first, second = overlapping(zones)
    common = shapely.area(_exact_or_grid(shapely.intersection, zones[first], zones[second]))
    first, second = first[common > LEAST_AREA_M2], second[common > LEAST_AREA_M2]
    apart = zones.copy()
    for place in np.lexsort((first, second)):
        one, two = first[place], second[place]
        apart[two] = _exact_or_grid(shapely.difference, apart[two], zones[one])
    return apart


def _home(shapes: np.ndarray, zones: np.ndarray, zone: np.ndarray, shape: np.ndarray) -> np.ndarray:
    """The zone that covers each shape and no zone before it has a part of; else OUTSIDE.

    A polygon in one zone has no ground in another. A line may lie in one and yet run along the
    border of one before it, and a point may lie on it.
    """
    covered = asked(shapely.covers, zones, shapes, zone, shape)
    home = _first(zone[covered], shape[covered], len(shapes))
    thin = (shapely.get_dimensions(shapes) < 2)[shape] & (zone < home[shape])
    zone, shape = zone[thin], shape[thin]
    met = asked(shapely.intersects, zones, shapes, zone, shape)
    home[shape[met]] = _NOWHERE
    home[home == _NOWHERE] = OUTSIDE
    return home


def _first(zone: np.ndarray, shape: np.ndarray, number: int) -> np.ndarray:
    """The first zone of each shape, of pairs; :data:`_NOWHERE` of a shape in none."""
    first = np.full(number, _NOWHERE)
    np.minimum.at(first, shape, zone)
    return first


def _cut(
    shapes: np.ndarray, zones: np.ndarray, open_: np.ndarray, zone: np.ndarray, shape: np.ndarray
) -> list[Parts]:
    """Cut what no zone covers, given the pairs of zone and shape that may meet."""
    met = asked(shapely.intersects, zones, shapes, zone, shape)
    order = np.lexsort((zone[met], shape[met]))
    zone, owner = zone[met][order], shape[met][order]
    wide = (shapely.get_dimensions(shapes) == 2)[owner]
    nowhere = np.setdiff1d(np.flatnonzero(open_), owner)
    return [
        _parts(shapes, nowhere, np.full(len(nowhere), OUTSIDE), shapes[nowhere]),
        *_cut_polygons(shapes, zones, owner[wide], zone[wide]),
        *_cut_in_turn(shapes, zones, owner[~wide], zone[~wide]),
    ]


def _cut_polygons(
    shapes: np.ndarray, zones: np.ndarray, owner: np.ndarray, zone: np.ndarray
) -> list[Parts]:
    """Intersect each pair by itself; only where ground is left is the outside worked out."""
    inside = _exact_or_grid(shapely.intersection, shapes[owner], zones[zone])
    found = np.bincount(owner, weights=shapely.area(inside), minlength=len(shapes))
    size = shapely.area(shapes)
    left = size - found > np.minimum(LEAST_AREA_M2, ROUNDING * size)
    some = left[owner]
    *_, outside = _cut_in_turn(shapes, zones, owner[some], zone[some])
    return [_parts(shapes, owner, zone, inside), outside]


def _cut_in_turn(
    shapes: np.ndarray, zones: np.ndarray, owner: np.ndarray, zone: np.ndarray
) -> list[Parts]:
    """Let each zone take from what those before it left; what is left at last is outside."""
    turn = np.arange(len(owner)) - np.searchsorted(owner, owner)
    which = np.unique(owner)
    rest, found = shapes.copy(), []
    for now in range(int(turn.max(initial=-1)) + 1):
        at, number = owner[turn == now], zone[turn == now]
        inside = _exact_or_grid(shapely.intersection, rest[at], zones[number])
        rest[at] = _exact_or_grid(shapely.difference, rest[at], zones[number])
        found.append(_parts(shapes, at, number, inside))
    outside = np.full(len(which), OUTSIDE)
    return [*found, _parts(shapes, which, outside, rest[which])]


def _parts(shapes: np.ndarray, owner: np.ndarray, zone: np.ndarray, parts: np.ndarray) -> Parts:
    """The parts that are more than rounding, each of the kind of its whole."""
    parts = _of_dimension(parts, shapely.get_dimensions(shapes[owner]))
    whole = _size(shapes[owner])
    size = _size(parts)
    least = np.where(shapely.get_dimensions(parts) == 1, LEAST_LENGTH_M, LEAST_AREA_M2)
    real = ~shapely.is_empty(parts) & ((size > np.minimum(least, ROUNDING * whole)) | (whole == 0))
    cut = whole - size > np.minimum(least, ROUNDING * whole)
    return Parts(owner, zone, parts, cut).where(real)


def _size(shapes: np.ndarray) -> np.ndarray:
    """Square metres of polygons, metres of lines, 0 of points."""
    area: np.ndarray = shapely.area(shapes)
    return np.where(shapely.get_dimensions(shapes) == 1, shapely.length(shapes), area)


def _of_dimension(shapes: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Drop from each shape what is of another dimension: the point where a polygon is touched."""
    mixed = shapely.get_type_id(shapes) == _COLLECTION
    other = mixed | (shapely.get_dimensions(shapes) != wanted)
    kept = shapes.copy()
    for place in np.flatnonzero(other):
        parts = shapely.get_parts(shapes[place])
        kept[place] = shapely.union_all(parts[shapely.get_dimensions(parts) == wanted[place]])
    return kept


def _exact_or_grid(
    operation: Callable[..., np.ndarray], one: np.ndarray, two: np.ndarray
) -> np.ndarray:
    """Work out each pair; only those that fail are done again on a grid."""
    try:
        return in_threads(operation, one, two)
    except shapely.GEOSException:
        pairs = zip(one.tolist(), two.tolist(), strict=True)
        return np.array([_alone(operation, *pair) for pair in pairs], dtype=object)


def _alone(operation: Callable[..., Any], one: BaseGeometry, two: BaseGeometry) -> BaseGeometry:
    try:
        found: BaseGeometry = operation(one, two)
    except shapely.GEOSException:
        found = operation(one, two, grid_size=GRID_M)
    return found


def _joined(several: list[Parts]) -> Parts:
    return Parts(
        *(
            np.concatenate([getattr(parts, name) for parts in several])
            for name in ("owner", "zone", "shapes", "cut")
        )
    )
