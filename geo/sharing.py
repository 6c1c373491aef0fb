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
from geo.crs import require_crs, to_metric
from geo.tiles.index import hilbert_order

_POLYGONS = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)
#: Polygons of one neighbourhood.
_AT_ONCE = 20_000
#: By this share of its size a box is made wider. An edge that is straight in degrees is bent in a
#: plane, by its length over eight times the radius of the Earth: less than this up to 500 km.
_MARGIN = 0.01
#: Edges up to these metres are bent by less than half a millimetre, which is no ground to speak of.
_SHORT_M = 150
#: Ground that is reckoned so much too large cannot be too small, whatever was bent or rounded.
_SAFELY = 2.0
#: In this part of a neighbourhood a plane is taken for straight.
_STEPS = 1000


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
    search = _Search(
        frame.geometry, np.asfortranarray(_wide_boxes(frame)), usable_crs(metric_crs), least_m2
    )
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
        first, second = self._candidates(near, np.flatnonzero(np.isin(near, some)))
        wanted, place = np.unique(np.concatenate([first, second]), return_inverse=True)
        first, second = np.split(place, 2)
        near = near[wanted]
        metric = to_metric(gpd.GeoSeries(self.shapes.iloc[near]), self.metric_crs)
        shapes = np.asarray(metric.values, dtype=object).copy()
        shapes[~shapely.is_valid(shapes)] = None
        outlines = _Outlines.of(shapes)
        first, second = _sharing_boxes(outlines.upright(), first, second, self.least_m2)
        first, second = _sharing_along_edges(outlines, first, second, self.least_m2)
        return pd.concat(self._measured(shapes, near, first, second))

    def _candidates(self, near: np.ndarray, mine: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Pairs that may share enough, each once; the first polygon is one of mine.

        They are told apart where the shapes are, by boxes in a plane that is nearly metric: of a
        million parcels few are then transformed and intersected.
        """
        shapes, wide = np.asarray(self.shapes.values)[near], self.boxes[near]
        plane = _NearlyMetric.of(wide, require_crs(self.shapes), self.metric_crs)
        outlines = _Outlines.of(shapes, plane)
        boxes, least_m2 = outlines.upright(), self.least_m2 / plane.stretch
        short = (boxes[:, 2:] - boxes[:, :2]).max(axis=1) <= _SHORT_M
        shapes[~short] = shapely.box(*wide[~short].T)
        place, second = shapely.STRtree(shapes).query(shapes[mine])
        first = mine[place]
        once = first < second
        first, second = first[once], second[once]
        both = short[first] & short[second]
        sure, open_ = (first[~both], second[~both]), (first[both], second[both])
        open_ = _sharing_boxes(boxes, *open_, least_m2)
        open_ = _sharing_along_edges(outlines, *open_, least_m2)
        first, second = (np.concatenate(pair) for pair in zip(sure, open_, strict=True))
        return first, second

    def _near(self, some: np.ndarray) -> np.ndarray:
        """Positions of all whose boxes meet the box around some, in ascending order."""
        west, south, east, north = self.boxes.T
        mine = self.boxes[some]
        low, high = (
            mine[:, :2].min(axis=0, initial=np.inf),
            mine[:, 2:].max(axis=0, initial=-np.inf),
        )
        meet = (west <= high[0]) & (east >= low[0])
        meet &= (south <= high[1]) & (north >= low[1])
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


def _sharing_boxes(
    boxes: np.ndarray, first: np.ndarray, second: np.ndarray, least_m2: float
) -> tuple[np.ndarray, np.ndarray]:
    """The pairs whose boxes share so much; two polygons share no more than their boxes."""
    share = _areas(boxes[first], boxes[second]) >= least_m2
    return first[share], second[share]


def _sharing_along_edges(
    outlines: _Outlines, first: np.ndarray, second: np.ndarray, least_m2: float
) -> tuple[np.ndarray, np.ndarray]:
    """The pairs whose boxes along their own longest edges share so much.

    Neighbours in a street that runs askew have upright boxes that share ground, and turned ones
    that do not: those spare nearly every intersection.
    """
    edges = outlines.longest_edges()
    for turn in (0, 1):
        along = edges[(first, second)[turn]]
        one, two = (outlines.boxes(some, along) for some in (first, second))
        share = _areas(one, two) >= least_m2
        first, second = first[share], second[share]
    return first, second


def _areas(one: np.ndarray, two: np.ndarray) -> np.ndarray:
    """What pairs of boxes share: least and greatest of two coordinates each."""
    sides = np.minimum(one[:, 2:], two[:, 2:]) - np.maximum(one[:, :2], two[:, :2])
    shared: np.ndarray = np.prod(np.maximum(sides, 0), axis=1)
    return shared


@dataclass(frozen=True, eq=False)
class _NearlyMetric:
    """The metric plane around a place, made straight: positions go there by one matrix.

    Attributes
    ----------
    matrix
        Metres east and north (rows) by units of the shapes' own CRS.
    stretch
        Ground that is 1 m² in the metric plane is at least 1 / stretch here.
    """

    matrix: np.ndarray
    stretch: float

    @classmethod
    def of(cls, boxes: np.ndarray, crs: pyproj.CRS, metric_crs: pyproj.CRS) -> _NearlyMetric:
        """The plane around boxes; an infinite stretch where it cannot be told."""
        if not len(boxes):
            return cls(np.eye(2), np.inf)
        low, high = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
        matrices = _matrices(low, high, crs, metric_crs)
        middle, grounds = matrices[len(matrices) // 2], np.abs(np.linalg.det(matrices))
        if not np.isfinite(grounds).all() or not grounds.min():
            return cls(np.eye(2), np.inf)
        return cls(middle, _SAFELY * float(grounds.max() / np.abs(np.linalg.det(middle))))


def _matrices(
    low: np.ndarray, high: np.ndarray, crs: pyproj.CRS, metric_crs: pyproj.CRS
) -> np.ndarray:
    """Metres by units at nine places of a box, the middle one in the middle."""
    x, y = (axis.ravel() for axis in np.meshgrid(*np.linspace(low, high, 3).T))
    step = float((high - low).max()) / _STEPS or 1.0
    x, y = np.concatenate([x, x + step, x]), np.concatenate([y, y, y + step])
    moved = gpd.GeoSeries.from_xy(x, y, crs=crs).to_crs(metric_crs)
    here, *beside = shapely.get_coordinates(moved.values).reshape(3, -1, 2)
    found: np.ndarray = np.stack([(there - here) / step for there in beside], axis=-1)
    return found


@dataclass(frozen=True, eq=False)
class _Outlines:
    """The vertices of polygons in a row, where those of each begin, and how many they are."""

    xy: np.ndarray
    starts: np.ndarray
    counts: np.ndarray

    @classmethod
    def of(cls, shapes: np.ndarray, plane: _NearlyMetric | None = None) -> _Outlines:
        """The outlines as they are, or in a plane that is nearly metric."""
        xy, owner = shapely.get_coordinates(shapes, return_index=True)
        counts = np.bincount(owner, minlength=len(shapes))
        if plane is not None:
            x, y = xy.T
            xy = np.column_stack([east * x + north * y for east, north in plane.matrix])
        return cls(xy, np.cumsum(counts) - counts, counts)

    def upright(self) -> np.ndarray:
        """The box of each polygon; of none, edges that share nothing."""
        boxes = np.tile([np.inf, np.inf, -np.inf, -np.inf], (len(self.counts), 1))
        there = np.flatnonzero(self.counts)
        if len(there):
            boxes[there, :2] = np.minimum.reduceat(self.xy, self.starts[there])
            boxes[there, 2:] = np.maximum.reduceat(self.xy, self.starts[there])
        return boxes

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
