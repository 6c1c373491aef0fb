"""Positions of Chinese web maps: GCJ-02 (Amap, Tencent) and BD-09 (Baidu) to WGS 84 and back.

Both shift positions by some hundred metres and hardly change an area, so that a figure cannot
reveal a wrong datum; positions can. The formulas are those which the field has used since 2013
(first published as eviltransform and coordtransform): GCJ-02 is a shift by trigonometric series on
the ellipsoid of Krasovsky, BD-09 a further turn about an offset. Outside China GCJ-02 is WGS 84.

All functions take longitude and latitude in degrees, numbers or arrays alike, and return both as
arrays of the same shape.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Degrees: TypeAlias = npt.NDArray[np.float64]
LonLat: TypeAlias = tuple[Degrees, Degrees]

_KRASOVSKY_A_M = 6_378_245.0
_KRASOVSKY_E2 = 0.006_693_421_622_965_943
_BD_TURN = np.pi * 3000.0 / 180.0
_BD_LON, _BD_LAT = 0.0065, 0.006
#: The rectangle that the published formulas take for China.
_WEST, _SOUTH, _EAST, _NORTH = 72.004, 0.8293, 137.8347, 55.8271
#: The shift changes by less than 0.1 % over its own length, so that each round gains three digits.
_ROUNDS = 12


def wgs84_to_gcj02(lon: npt.ArrayLike, lat: npt.ArrayLike) -> LonLat:
    """Shift WGS 84 to GCJ-02."""
    x, y = _arrays(lon, lat)
    east, north = _shift(x, y)
    return x + east, y + north


def gcj02_to_wgs84(lon: npt.ArrayLike, lat: npt.ArrayLike) -> LonLat:
    """Undo :func:`wgs84_to_gcj02`, by iteration: exact to some 1e-9 m within China.

    Only at the meridian of 105 degrees, where the shift has a cusp, it is 1e-7 m.
    """
    return _inverse(wgs84_to_gcj02, *_arrays(lon, lat))


def gcj02_to_bd09(lon: npt.ArrayLike, lat: npt.ArrayLike) -> LonLat:
    """Shift GCJ-02 to BD-09."""
    x, y = _arrays(lon, lat)
    radius = np.hypot(x, y) + 0.000_02 * np.sin(y * _BD_TURN)
    angle = np.arctan2(y, x) + 0.000_003 * np.cos(x * _BD_TURN)
    return radius * np.cos(angle) + _BD_LON, radius * np.sin(angle) + _BD_LAT


def bd09_to_gcj02(lon: npt.ArrayLike, lat: npt.ArrayLike) -> LonLat:
    """Undo :func:`gcj02_to_bd09`, by iteration."""
    return _inverse(gcj02_to_bd09, *_arrays(lon, lat))


def wgs84_to_bd09(lon: npt.ArrayLike, lat: npt.ArrayLike) -> LonLat:
    """Shift WGS 84 to BD-09."""
    return gcj02_to_bd09(*wgs84_to_gcj02(lon, lat))


def bd09_to_wgs84(lon: npt.ArrayLike, lat: npt.ArrayLike) -> LonLat:
    """Undo :func:`wgs84_to_bd09`."""
    return gcj02_to_wgs84(*bd09_to_gcj02(lon, lat))


def _arrays(lon: npt.ArrayLike, lat: npt.ArrayLike) -> LonLat:
    return np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)


def _inverse(forward: Callable[[Degrees, Degrees], LonLat], lon: Degrees, lat: Degrees) -> LonLat:
    """Find what ``forward`` takes to the given position."""
    x, y = lon, lat
    for _ in range(_ROUNDS):
        found_x, found_y = forward(x, y)
        x, y = x + (lon - found_x), y + (lat - found_y)
    return x, y


def _shift(lon: Degrees, lat: Degrees) -> LonLat:
    """Return the shift of GCJ-02 in degrees; 0 outside China."""
    x, y = lon - 105.0, lat - 35.0
    radians = np.radians(lat)
    w2 = 1.0 - _KRASOVSKY_E2 * np.sin(radians) ** 2
    meridian_m = _KRASOVSKY_A_M * (1.0 - _KRASOVSKY_E2) / w2**1.5
    parallel_m = _KRASOVSKY_A_M / np.sqrt(w2) * np.cos(radians)
    inside = (lon >= _WEST) & (lon <= _EAST) & (lat >= _SOUTH) & (lat <= _NORTH)
    east = np.where(inside, np.degrees(_east_m(x, y) / parallel_m), 0.0)
    north = np.where(inside, np.degrees(_north_m(x, y) / meridian_m), 0.0)
    return east, north


def _east_m(x: Degrees, y: Degrees) -> Degrees:
    plain = 300.0 + x + 2.0 * y + 0.1 * x**2 + 0.1 * x * y + 0.1 * np.sqrt(np.abs(x))
    waves = (
        20.0 * np.sin(6.0 * np.pi * x)
        + 20.0 * np.sin(2.0 * np.pi * x)
        + 20.0 * np.sin(np.pi * x)
        + 40.0 * np.sin(np.pi * x / 3.0)
        + 150.0 * np.sin(np.pi * x / 12.0)
        + 300.0 * np.sin(np.pi * x / 30.0)
    )
    return np.asarray(plain + waves * 2.0 / 3.0)


def _north_m(x: Degrees, y: Degrees) -> Degrees:
    plain = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y**2 + 0.1 * x * y + 0.2 * np.sqrt(np.abs(x))
    waves = (
        20.0 * np.sin(6.0 * np.pi * x)
        + 20.0 * np.sin(2.0 * np.pi * x)
        + 20.0 * np.sin(np.pi * y)
        + 40.0 * np.sin(np.pi * y / 3.0)
        + 160.0 * np.sin(np.pi * y / 12.0)
        + 320.0 * np.sin(np.pi * y / 30.0)
    )
    return np.asarray(plain + waves * 2.0 / 3.0)
