"""Areas on the ellipsoid, of many polygons at once.

A projection says at every place how many square metres of its plane stand for one of the ellipsoid:
its areal scale. It changes so slowly (in a Gauss-Krüger zone by (x / R)², x being the distance from
the central meridian) that the scale at its centroid is that of a whole small polygon: what is left
out is a share of (its radius / R)². Over a zone the scale is smooth enough to be read at a few
places and to be a polynomial between them.

Wide polygons go through a Lambert azimuthal projection around them, which keeps every area, and
near whose middle a straight line is a geodesic.

Both agree to 1e-7 within 50 km with walking every ring along geodesics
(:func:`geo.measure.geodesic_area_m2`), which takes many times as long.

References
----------
J. P. Snyder, Map Projections: A Working Manual, USGS Professional Paper 1395 (1987): p. 61, the
scale k of the transverse Mercator, an areal scale of k²; p. 187, the azimuthal projection.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pyproj
import shapely
from numpy.polynomial.polynomial import polyval2d, polyvander2d
from pyproj.crs.coordinate_operation import LambertAzimuthalEqualAreaConversion

#: A polygon with a box of a longer diagonal is wide: its centroid does not speak for all of it.
_WIDE_M = 5_000
#: Terms of the polynomial in each direction, and places in each direction at which it is fitted.
_TERMS, _PLACES = 5, 9


def areas_m2(polygons: np.ndarray, crs: pyproj.CRS) -> np.ndarray:
    """Measure polygons on the ellipsoid of their CRS.

    Parameters
    ----------
    polygons
        Polygons within some 50 km of each other.
    crs
        The metric CRS they are in.

    Returns
    -------
    numpy.ndarray
        Square metres, in the order of the polygons; 0 for what is no polygon.

    Raises
    ------
    ValueError
        The CRS has no geographic base, which no CRS of :func:`geo.crs.known_crs` lacks.
    """
    if crs.geodetic_crs is None:
        raise ValueError("the CRS has no ellipsoid")
    areas: np.ndarray = np.nan_to_num(shapely.area(polygons))
    boxes = shapely.bounds(polygons)
    wide = np.hypot(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]) > _WIDE_M
    small, wide = (areas > 0) & ~wide, (areas > 0) & wide
    areas[small] /= _areal_scales(polygons[small], crs)
    areas[wide] = _equal_areas_m2(polygons[wide], crs)
    return areas


def _areal_scales(polygons: np.ndarray, crs: pyproj.CRS) -> np.ndarray:
    """The areal scale of a projection at the centroid of each polygon."""
    if not len(polygons):
        return np.ones(0)
    centroids = _centroids(polygons)
    low, high = centroids.min(axis=0), centroids.max(axis=0)
    middle, reach = (low + high) / 2, np.maximum((high - low) / 2, 1.0)
    steps = np.linspace(-1, 1, _PLACES)
    x, y = np.repeat(steps, _PLACES), np.tile(steps, _PLACES)
    known = _known_scales(np.column_stack([x, y]) * reach + middle, crs)
    powers = polyvander2d(x, y, [_TERMS - 1, _TERMS - 1])
    weights, *_ = np.linalg.lstsq(powers, known, rcond=None)
    across, up = ((centroids - middle) / reach).T
    scales: np.ndarray = polyval2d(across, up, weights.reshape(_TERMS, _TERMS))
    return scales


def _centroids(polygons: np.ndarray) -> np.ndarray:
    """A few at a time: many new objects at once set off a garbage collection, time and again."""
    some = np.array_split(polygons, len(polygons) // 500 + 1)
    return np.concatenate([shapely.get_coordinates(shapely.centroid(each)) for each in some])


def _known_scales(places: np.ndarray, crs: pyproj.CRS) -> np.ndarray:
    projection = pyproj.Proj(crs)
    lon, lat = projection(places[:, 0], places[:, 1], inverse=True)
    return np.asarray(projection.get_factors(lon, lat).areal_scale)


def _equal_areas_m2(polygons: np.ndarray, crs: pyproj.CRS) -> np.ndarray:
    """The areas of wide polygons, by way of a projection that keeps them."""
    if not len(polygons):
        return np.zeros(0)
    forward = _equal_area(crs.srs, *_middle(crs, shapely.total_bounds(polygons)))
    flat = shapely.transform(polygons, lambda xy: np.column_stack(forward.transform(*xy.T)))
    areas: np.ndarray = shapely.area(flat)
    return areas


def _middle(crs: pyproj.CRS, bounds: np.ndarray) -> tuple[float, float]:
    """Longitude and latitude in the middle of a box, to a tenth of a degree: few are kept."""
    west, south, east, north = bounds
    lon, lat = pyproj.Proj(crs)((west + east) / 2, (south + north) / 2, inverse=True)
    return round(lon, 1), round(lat, 1)


@lru_cache(maxsize=64)
def _equal_area(name: str, lon: float, lat: float) -> pyproj.Transformer:
    """To the equal-area projection around a place, on the datum of a CRS."""
    crs = pyproj.CRS.from_user_input(name)
    conversion = LambertAzimuthalEqualAreaConversion(lat, lon)
    equal_area = pyproj.crs.ProjectedCRS(conversion, geodetic_crs=crs.geodetic_crs)
    return pyproj.Transformer.from_crs(crs, equal_area, always_xy=True)
