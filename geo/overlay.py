"""Net areas: what several polygons cover together, and which pairs share ground.

gross is the sum of the parts, net the area of their union, and overlap is gross - net by
definition. With three layers over one spot the sum of the pairwise intersections is another figure:
pairs are listed, never subtracted.

Rows without a polygon count nothing. An invalid polygon has no single area and is left out of all
three figures and of the pairs; :func:`geo.shapes.find` lists it.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from geo.crs import to_metric

Frame = gpd.GeoDataFrame | gpd.GeoSeries

_POLYGONS = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)
#: Rounding alone may let neighbours overlap by this much; it is not told.
LEAST_AREA_M2 = 0.01
LEAST_LENGTH_M = 0.01


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
    return float(shapely.area(shapely.union_all(_polygons(frame, metric_crs))))


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
    one = _valid(left, metric_crs)
    two = one if right is None else _valid(right, metric_crs)
    first, second = _candidates(one, two, once=right is None)
    shared = shapely.intersection(one[first], two[second])
    both_polygons = _is_polygon(one[first]) & _is_polygon(two[second])
    found = pd.DataFrame(
        {
            "left": left.index.to_numpy()[first],
            "right": (left if right is None else right).index.to_numpy()[second],
            "area_m2": np.where(both_polygons, shapely.area(shared), np.nan),
            "length_m": np.where(both_polygons, np.nan, _line_length(shared)),
        }
    )
    enough = (found["area_m2"] >= LEAST_AREA_M2) | (found["length_m"] >= LEAST_LENGTH_M)
    return found[enough].reset_index(drop=True)


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
