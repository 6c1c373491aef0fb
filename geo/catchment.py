"""What lies within a distance: catchments of points, and distances to a shape."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from shapely.geometry.base import BaseGeometry

from geo.crs import require_crs, to_metric

#: Segments of a quarter circle: the polygon of a circle is 0.01 % smaller than the circle.
QUAD_SEGS = 64


def catchment(
    points: gpd.GeoDataFrame | gpd.GeoSeries, distance_m: float, metric_crs: str | pyproj.CRS
) -> BaseGeometry:
    """Return all that lies within a distance of any of the points, as one shape.

    Parameters
    ----------
    points
        Any CRS; rows without geometry have no catchment.
    distance_m
        Metres in the plane of ``metric_crs``, above 0.
    metric_crs
        A projected CRS in metres, not Web Mercator.

    Returns
    -------
    shapely Polygon or MultiPolygon
        In the CRS of the points; empty when there is no point.

    Raises
    ------
    CrsError
        One of the CRSs is missing or unfit.
    """
    plane = to_metric(points.geometry, metric_crs)
    circles = shapely.buffer(
        np.asarray(plane.values, dtype=object), distance_m, quad_segs=QUAD_SEGS
    )
    union = gpd.GeoSeries([shapely.union_all(circles)], crs=plane.crs)
    back: BaseGeometry = union.to_crs(require_crs(points)).iloc[0]
    return back


@np.errstate(invalid="ignore")
def distances_m(
    frame: gpd.GeoDataFrame | gpd.GeoSeries,
    geometry: BaseGeometry,
    metric_crs: str | pyproj.CRS,
) -> pd.Series:
    """Measure how far each row is from a shape, in the plane of a metric CRS.

    Parameters
    ----------
    frame
        Any CRS.
    geometry
        In the CRS of the frame.

    Returns
    -------
    pandas.Series
        Metres by the frame's index; 0 where they touch, NaN where a row has no geometry.

    Raises
    ------
    CrsError
        One of the CRSs is missing or unfit.
    """
    other = to_metric(gpd.GeoSeries([geometry], crs=require_crs(frame)), metric_crs).iloc[0]
    plane = np.asarray(to_metric(frame.geometry, metric_crs).values, dtype=object)
    return pd.Series(shapely.distance(plane, other), index=frame.index, dtype=np.float64)
