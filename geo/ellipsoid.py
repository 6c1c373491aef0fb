"""Areas on the ellipsoid, of many polygons at once.

A Lambert azimuthal projection of the ellipsoid keeps every area, and near its middle a straight
line is a geodesic. Centred on the shapes it gives their ellipsoidal areas by plain arithmetic,
where walking every ring along geodesics takes many times as long
(:func:`geo.measure.geodesic_area_m2`; the two agree to 1e-7 within 50 km of the middle).
"""

from __future__ import annotations

import numpy as np
import pyproj
import shapely


def areas_m2(polygons: np.ndarray, crs: pyproj.CRS) -> np.ndarray:
    """Measure polygons on the ellipsoid of their CRS.

    Parameters
    ----------
    polygons
        Polygons within some 50 km of each other.
    crs
        The CRS they are in.

    Returns
    -------
    numpy.ndarray
        Square metres, in the order of the polygons; 0 for what is no polygon.

    Raises
    ------
    ValueError
        The CRS has no geographic base, which no CRS of :func:`geo.crs.known_crs` lacks.
    """
    degrees = crs.geodetic_crs
    if degrees is None:
        raise ValueError("the CRS has no ellipsoid")
    if not len(polygons) or np.isnan(bounds := shapely.total_bounds(polygons)).any():
        return np.zeros(len(polygons))
    forward = pyproj.Transformer.from_crs(crs, _equal_area(crs, degrees, bounds), always_xy=True)
    flat = shapely.transform(polygons, lambda xy: np.column_stack(forward.transform(*xy.T)))
    return np.nan_to_num(shapely.area(flat))


def _equal_area(crs: pyproj.CRS, degrees: pyproj.CRS, bounds: np.ndarray) -> pyproj.CRS:
    """The equal-area projection around the middle of a box, on the datum of a CRS."""
    west, south, east, north = bounds
    back = pyproj.Transformer.from_crs(crs, degrees, always_xy=True)
    lon, lat = back.transform((west + east) / 2, (south + north) / 2)
    conversion = pyproj.crs.coordinate_operation.LambertAzimuthalEqualAreaConversion(lat, lon)
    return pyproj.crs.ProjectedCRS(conversion, geodetic_crs=degrees)
