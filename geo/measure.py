"""Areas and lengths: in the plane of a metric CRS, and on the ellipsoid beside them.

A figure that is not known is NaN, never 0: a missing or empty geometry, a polygon asked for its
length, a point, and an invalid polygon, which has no single area.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from geo.crs import require_crs, to_metric

_LINES = (shapely.GeometryType.LINESTRING, shapely.GeometryType.MULTILINESTRING)
_POLYGONS = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)

Frame = gpd.GeoDataFrame | gpd.GeoSeries


def area_m2(frame: Frame, metric_crs: str | pyproj.CRS) -> pd.Series:
    """Measure polygons in the plane of a metric CRS.

    Parameters
    ----------
    frame
        Any CRS; it is brought to the metric one.
    metric_crs
        A projected CRS in metres, not Web Mercator.

    Returns
    -------
    pandas.Series
        Square metres, by the frame's index.

    Raises
    ------
    CrsError
        The frame has no CRS, or the metric one is in degrees, unknown or Web Mercator.
    """
    return _measured(to_metric(frame.geometry, metric_crs), _POLYGONS, shapely.area)


def length_m(frame: Frame, metric_crs: str | pyproj.CRS) -> pd.Series:
    """Measure lines in the plane of a metric CRS: metres, otherwise as :func:`area_m2`."""
    return _measured(to_metric(frame.geometry, metric_crs), _LINES, shapely.length)


def geodesic_area_m2(frame: Frame) -> pd.Series:
    """Measure polygons on the ellipsoid of the frame's CRS, their edges being geodesics.

    Returns
    -------
    pandas.Series
        Square metres, by the frame's index.

    Raises
    ------
    CrsError
        The frame has no CRS.
    """
    geod = _geod(frame)
    return _measured(_in_degrees(frame), _POLYGONS, lambda shapes: _geodesic_areas(shapes, geod))


def geodesic_length_m(frame: Frame) -> pd.Series:
    """Measure lines on the ellipsoid: metres, otherwise as :func:`geodesic_area_m2`."""
    geod = _geod(frame)
    return _measured(_in_degrees(frame), _LINES, lambda shapes: _geodesic_lengths(shapes, geod))


def _measured(
    shapes: gpd.GeoSeries, types: Iterable[int], measure: Callable[[np.ndarray], np.ndarray]
) -> pd.Series:
    geometry = np.asarray(shapes.values, dtype=object)
    fit = np.isin(shapely.get_type_id(geometry), list(types))
    fit &= ~shapely.is_empty(geometry)
    fit[fit] = shapely.is_valid(geometry[fit])
    figures = np.full(len(geometry), np.nan)
    figures[fit] = measure(geometry[fit])
    return pd.Series(figures, index=shapes.index)


def _geod(frame: Frame) -> pyproj.Geod:
    geod = require_crs(frame).get_geod()
    if geod is None:  # pragma: no cover - every geographic or projected CRS has an ellipsoid
        raise ValueError("the CRS has no ellipsoid")
    return geod


def _in_degrees(frame: Frame) -> gpd.GeoSeries:
    degrees = require_crs(frame).geodetic_crs
    if degrees is None or frame.crs == degrees:
        return frame.geometry
    return frame.geometry.to_crs(degrees)


def _geodesic_lengths(lines: np.ndarray, geod: pyproj.Geod) -> np.ndarray:
    parts, owner_of_part = shapely.get_parts(lines, return_index=True)
    positions, part = shapely.get_coordinates(parts, return_index=True)
    same = part[1:] == part[:-1]
    start, end = positions[:-1][same], positions[1:][same]
    _, _, metres = geod.inv(start[:, 0], start[:, 1], end[:, 0], end[:, 1])
    owner = owner_of_part[part[1:][same]]
    return np.bincount(owner, weights=metres, minlength=len(lines))


def _geodesic_areas(polygons: np.ndarray, geod: pyproj.Geod) -> np.ndarray:
    parts, owner_of_part = shapely.get_parts(polygons, return_index=True)
    rings, part_of_ring = shapely.get_rings(parts, return_index=True)
    is_shell = np.ones(len(rings), dtype=bool)
    is_shell[1:] = part_of_ring[1:] != part_of_ring[:-1]
    sizes = np.array([_ring_area(ring, geod) for ring in rings])
    signed = np.where(is_shell, sizes, -sizes)
    return np.bincount(owner_of_part[part_of_ring], weights=signed, minlength=len(polygons))


def _ring_area(ring: shapely.LinearRing, geod: pyproj.Geod) -> float:
    positions = shapely.get_coordinates(ring)
    area, _ = geod.polygon_area_perimeter(positions[:, 0], positions[:, 1])
    return abs(float(area))
