"""Coordinate reference systems: which may be measured in, and how to get there.

Order of axes is always x, y: east before north, longitude before latitude.
"""

from __future__ import annotations

import re
import warnings
from functools import cache, lru_cache
from typing import TYPE_CHECKING, TypeVar

import pyproj
from pyproj.exceptions import CRSError as ProjError

from geo.errors import CrsError, ProblemKind
from geo.types import Text

if TYPE_CHECKING:
    import geopandas as gpd

Frame = TypeVar("Frame", "gpd.GeoDataFrame", "gpd.GeoSeries")

WGS84 = "EPSG:4326"
_CODE = re.compile(r"EPSG:\d{4,6}", re.IGNORECASE)
_WEB_MERCATOR = "Popular Visualisation Pseudo Mercator"

NO_CRS = ProblemKind(
    "crs-missing",
    "error",
    Text(zh="数据没有说明坐标系", en="The data does not say its coordinate system"),
    Text(
        zh="用 --crs 指明，例如 --crs EPSG:4549（CGCS2000，中央经线 120°）",
        en="Name it with --crs, for example --crs EPSG:4549 (CGCS2000, central meridian 120°)",
    ),
)
UNKNOWN_CRS = ProblemKind(
    "crs-unknown",
    "error",
    Text(zh="不认识坐标系 {code}", en="The coordinate system {code} is not known"),
    Text(
        zh="写成 EPSG 代码，例如 EPSG:4326、EPSG:4490 或 EPSG:4549",
        en="Write an EPSG code, for example EPSG:4326, EPSG:4490 or EPSG:4549",
    ),
)
UNFIT_CRS = ProblemKind(
    "crs-unfit",
    "error",
    Text(zh="坐标系 {code} 不用于平面坐标", en="{code} is not a system of plane positions"),
    Text(
        zh="用经纬度或平面投影坐标系的 EPSG 代码",
        en="Use the EPSG code of a geographic or projected system",
    ),
)
NOT_METRIC = ProblemKind(
    "crs-not-metric",
    "error",
    Text(
        zh="不能在坐标系 {code} 中量算：{why}",
        en="Nothing can be measured in {code}: {why}",
    ),
    Text(
        zh="用以米为单位的高斯—克吕格投影，例如 EPSG:4549",
        en="Use a Gauss-Kruger projection in metres, for example EPSG:4549",
    ),
)
KINDS = (NO_CRS, UNKNOWN_CRS, UNFIT_CRS, NOT_METRIC)

_DEGREES = Text(zh="单位是度，不是米", en="its unit is the degree, not the metre")
_NOT_METRES = Text(zh="单位不是米", en="its unit is not the metre")
_MERCATOR = Text(
    zh="网络墨卡托投影在本纬度使面积偏大约四成",
    en="Web Mercator makes areas at this latitude about two fifths too large",
)


def known_crs(code: str) -> pyproj.CRS:
    """Return the CRS of a code that a person wrote.

    Parameters
    ----------
    code
        ``EPSG:`` and four to six digits. Never a PROJ string, a WKT or an address.

    Raises
    ------
    CrsError
        The code is not one, or names something else than a geographic 2D or projected CRS.
    """
    if not _CODE.fullmatch(code):
        raise CrsError(UNKNOWN_CRS.at(code=code))
    return _from_code(code.upper())


@cache
def _from_code(code: str) -> pyproj.CRS:
    try:
        crs = pyproj.CRS.from_user_input(code)
    except ProjError:
        raise CrsError(UNKNOWN_CRS.at(code=code)) from None
    if not (crs.is_projected or crs.is_geographic) or len(crs.axis_info) != 2:
        raise CrsError(UNFIT_CRS.at(code=code))
    return crs


def metric_crs(crs: str | pyproj.CRS) -> pyproj.CRS:
    """Return a CRS that areas and lengths may be measured in.

    Parameters
    ----------
    crs
        An EPSG code, or a CRS.

    Raises
    ------
    CrsError
        It is unknown, in degrees, not in metres, or Web Mercator (areas +38.5 % at 31.7° N).
    """
    found = known_crs(crs) if isinstance(crs, str) else crs
    why = _why_not_metric(found)
    if why is not None:
        raise CrsError(NOT_METRIC.at(code=name_of(found), why=why))
    return found


def _why_not_metric(crs: pyproj.CRS) -> Text | None:
    if not crs.is_projected:
        return _DEGREES
    if any(axis.unit_name != "metre" for axis in crs.axis_info):
        return _NOT_METRES
    operation = crs.coordinate_operation
    if operation is not None and operation.method_name == _WEB_MERCATOR:
        return _MERCATOR
    return None


def require_crs(frame: gpd.GeoDataFrame | gpd.GeoSeries) -> pyproj.CRS:
    """Return the frame's CRS, or raise CrsError when it has none."""
    if frame.crs is None:
        raise CrsError(NO_CRS.at())
    return frame.crs


def to_metric(frame: Frame, crs: str | pyproj.CRS) -> Frame:
    """Return the frame in a CRS of :func:`metric_crs`, x and y in metres."""
    target = metric_crs(crs)
    return frame if require_crs(frame) == target else frame.to_crs(target)


@lru_cache(maxsize=64)
def transformer(source: pyproj.CRS, target: pyproj.CRS) -> pyproj.Transformer:
    """Return the way from one CRS to another, x and y in and out; made once, for it takes long."""
    return pyproj.Transformer.from_crs(source, target, always_xy=True)


def name_of(crs: pyproj.CRS) -> str:
    """Return ``EPSG:4549`` where the CRS is one of the register, else its own name."""
    authority = crs.to_authority(min_confidence=100)
    return ":".join(authority) if authority else crs.name


def proj4(crs: pyproj.CRS) -> str:
    """Return the PROJ string that the script in the browser needs.

    A PROJ string cannot say everything that a CRS says; for the Gauss-Kruger projections of
    CGCS2000 it says enough.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return crs.to_proj4()
