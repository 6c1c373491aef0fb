"""Which polygons of a layer share much ground, looked at neighbourhood by neighbourhood.

In the metric plane a layer exists a second time. Of a million parcels that would be as much memory
again, so that only some thousands are there at once.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from geo.crs import metric_crs as usable_crs
from geo.crs import to_metric
from geo.tiles.index import hilbert_order

_POLYGONS = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)
#: Polygons of one neighbourhood.
_AT_ONCE = 20_000
#: By this share of its size a box is made wider. An edge that is straight in degrees is bent in a
#: plane, by its length over eight times the radius of the Earth: less than this up to 500 km.
_MARGIN = 0.01


def sizeable(
    frame: gpd.GeoDataFrame, metric_crs: str | pyproj.CRS, least_m2: float
) -> gpd.GeoDataFrame:
    """List every pair of polygons that share at least so much ground, each pair once.

    Parameters
    ----------
    frame
        Any CRS. Rows that are no polygon, and invalid ones, share nothing.
    metric_crs
        A projected CRS in metres, not Web Mercator.
    least_m2
        Square metres, more than 0.

    Returns
    -------
    geopandas.GeoDataFrame
        ``left`` and ``right`` (index labels), ``area_m2``, both areas (``left_m2``, ``right_m2``)
        and the shared ground in the metric CRS, in the order of the rows.

    Raises
    ------
    CrsError
        The frame has no CRS or the metric one cannot be measured in.
    """
    search = _Search(frame.geometry, _wide_boxes(frame), usable_crs(metric_crs), least_m2)
    there = np.flatnonzero(np.isfinite(search.boxes).all(axis=1))
    order = there[hilbert_order(search.boxes[there])]
    pieces = np.array_split(order, max(1, -(-len(order) // _AT_ONCE)))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = pd.concat(pool.map(search.pairs, pieces), ignore_index=True)
    found = found.sort_values(["first", "second"], ignore_index=True)
    labels = frame.index.to_numpy()
    found.insert(0, "left", labels[found.pop("first").to_numpy()])
    found.insert(1, "right", labels[found.pop("second").to_numpy()])
    return gpd.GeoDataFrame(found, geometry="geometry", crs=search.metric_crs)


def _wide_boxes(frame: gpd.GeoDataFrame) -> np.ndarray:
    """The box of each polygon, a little wider; NaN for all else."""
    shapes = np.asarray(frame.geometry.values, dtype=object)
    boxes = shapely.bounds(shapes)
    boxes[~np.isin(shapely.get_type_id(shapes), _POLYGONS)] = np.nan
    margin = _MARGIN * (boxes[:, 2:] - boxes[:, :2]).sum(axis=1, keepdims=True)
    boxes[:, :2] -= margin
    boxes[:, 2:] += margin
    return boxes


@dataclass(frozen=True, eq=False)
class _Search:
    """Shapes in their own CRS with their boxes, and what is looked for."""

    shapes: gpd.GeoSeries
    boxes: np.ndarray
    metric_crs: pyproj.CRS
    least_m2: float

    def pairs(self, some: np.ndarray) -> pd.DataFrame:
        """The pairs whose first polygon is among some; positions in all shapes."""
        near = self._near(some)
        some_near = gpd.GeoSeries(self.shapes.iloc[near])
        shapes = np.asarray(to_metric(some_near, self.metric_crs).values, dtype=object).copy()
        shapes[~shapely.is_valid(shapes)] = None
        mine = np.flatnonzero(np.isin(near, some))
        place, second = shapely.STRtree(shapes).query(shapes[mine])
        first = mine[place]
        once = first < second
        first, second = _doubtful(shapes, first[once], second[once], self.least_m2)
        return pd.concat(self._measured(shapes, near, first, second))

    def _near(self, some: np.ndarray) -> np.ndarray:
        """Positions of all whose boxes meet the box around some, in ascending order."""
        low, high = self.boxes[some, :2].min(axis=0, initial=np.inf), self.boxes[some, 2:]
        high = high.max(axis=0, initial=-np.inf)
        meet = (self.boxes[:, :2] <= high).all(axis=1) & (self.boxes[:, 2:] >= low).all(axis=1)
        return np.flatnonzero(meet)

    def _measured(
        self, shapes: np.ndarray, near: np.ndarray, first: np.ndarray, second: np.ndarray
    ) -> Iterator[pd.DataFrame]:
        """Intersect pairs, some at a time, and keep what shares enough."""
        for start in range(0, max(1, len(first)), _AT_ONCE):
            one, two = (pairs[start : start + _AT_ONCE] for pairs in (first, second))
            ground = shapely.intersection(shapes[one], shapes[two])
            area = shapely.area(ground)
            enough = area >= self.least_m2
            one, two = one[enough], two[enough]
            yield pd.DataFrame(
                {
                    "first": near[one],
                    "second": near[two],
                    "area_m2": area[enough],
                    "left_m2": shapely.area(shapes[one]),
                    "right_m2": shapely.area(shapes[two]),
                    "geometry": ground[enough],
                }
            )


def _doubtful(
    shapes: np.ndarray, first: np.ndarray, second: np.ndarray, least_m2: float
) -> tuple[np.ndarray, np.ndarray]:
    """The pairs whose boxes share so much; two polygons share no more than their boxes.

    Neighbours in a street that runs askew have upright boxes that share ground, and boxes along
    their own edges that do not: those spare nearly every intersection.
    """
    boxes = shapely.bounds(shapes)
    share = _areas(boxes[first], boxes[second]) >= least_m2
    first, second = first[share], second[share]
    outlines = _Outlines.of(shapes)
    for turn in (0, 1):
        along = outlines.longest_edges()[(first, second)[turn]]
        boxes_of = (outlines.boxes(one, along) for one in (first, second))
        share = _areas(*boxes_of) >= least_m2
        first, second = first[share], second[share]
    return first, second


def _areas(one: np.ndarray, two: np.ndarray) -> np.ndarray:
    """What pairs of boxes share: least and greatest of two coordinates each."""
    sides = np.minimum(one[:, 2:], two[:, 2:]) - np.maximum(one[:, :2], two[:, :2])
    shared: np.ndarray = np.prod(np.maximum(sides, 0), axis=1)
    return shared


@dataclass(frozen=True, eq=False)
class _Outlines:
    """The vertices of polygons in a row, where those of each begin, and how many they are."""

    xy: np.ndarray
    starts: np.ndarray
    counts: np.ndarray

    @classmethod
    def of(cls, shapes: np.ndarray) -> _Outlines:
        xy, owner = shapely.get_coordinates(shapes, return_index=True)
        counts = np.bincount(owner, minlength=len(shapes))
        return cls(xy, np.cumsum(counts) - counts, counts)

    def longest_edges(self) -> np.ndarray:
        """The direction of the longest edge of each polygon, of length 1; (1, 0) where none is."""
        edges = np.diff(self.xy, axis=0, append=self.xy[-1:])
        edges[(self.starts + self.counts - 1)[self.counts > 0]] = 0
        lengths = np.hypot(*edges.T)
        there = np.flatnonzero(self.counts)
        longest = np.maximum.reduceat(lengths, self.starts[there])
        ends = np.flatnonzero(lengths == np.repeat(longest, self.counts[there]))
        found = np.tile([1.0, 0.0], (len(self.counts), 1))
        owner = np.repeat(there, self.counts[there])[ends]
        some = lengths[ends] > 0
        found[owner[some]] = edges[ends[some]] / lengths[ends[some], None]
        return found

    def boxes(self, which: np.ndarray, along: np.ndarray) -> np.ndarray:
        """The box of each of some polygons whose sides run along and across a direction."""
        counts = self.counts[which]
        first = np.cumsum(counts) - counts
        at = np.arange(int(counts.sum())) + np.repeat(self.starts[which] - first, counts)
        (x, y), (dx, dy) = self.xy[at].T, np.repeat(along, counts, axis=0).T
        turned = np.column_stack([x * dx + y * dy, y * dx - x * dy])
        if not len(turned):
            return np.empty((0, 4))
        low, high = (extreme.reduceat(turned, first) for extreme in (np.minimum, np.maximum))
        return np.hstack([low, high])
