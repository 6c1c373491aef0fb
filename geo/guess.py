"""Which CRS may positions in metres be in? A guess for a hint, never used by itself."""

from __future__ import annotations

from geo.types import Text
from geo.zones import Zone, in_mercator, zones_of

_UNKNOWN = Text(zh="某种投影坐标系", en="some projected system")
_NO_ZONE = Text(
    zh="高斯—克吕格投影，中央经线 120° 时为 EPSG:4549",
    en="a Gauss-Kruger projection, EPSG:4549 if its central meridian is 120°",
)
_MERCATOR = Text(zh="网络墨卡托 EPSG:3857", en="Web Mercator, EPSG:3857")


def guess_crs(x: float, y: float) -> Text:
    """Name the CRS that a position of China would have these numbers in.

    Parameters
    ----------
    x, y
        The first and the second number of a position, in metres.
    """
    found = _plane(x, y)
    if in_mercator(x, y):
        return _MERCATOR if found is None else _either(_MERCATOR, found)
    return found or _UNKNOWN


def _plane(x: float, y: float) -> Text | None:
    if (found := _gauss_kruger(x, y)) is not None:
        return found
    if (found := _gauss_kruger(y, x)) is not None:
        return _northing_first(found)
    return None


def _gauss_kruger(easting: float, northing: float) -> Text | None:
    zone = next(zones_of(easting, northing), None)
    if zone is None:
        return None
    return zone_title(zone) if zone.prefixed else _NO_ZONE


def zone_title(zone: Zone) -> Text:
    """Name a zone with its code."""
    if zone.prefixed:
        return Text(
            zh=f"CGCS2000 {zone.width_deg} 度带第 {zone.number} 带 EPSG:{zone.code}",
            en=f"CGCS2000 {zone.width_deg}-degree zone {zone.number}, EPSG:{zone.code}",
        )
    return Text(
        zh=f"CGCS2000 {zone.width_deg} 度带，中央经线 {zone.meridian_deg}°（无带号）"
        f" EPSG:{zone.code}",
        en=f"CGCS2000 {zone.width_deg}-degree zone, central meridian {zone.meridian_deg}°"
        f" (no zone number), EPSG:{zone.code}",
    )


def _either(one: Text, other: Text) -> Text:
    return Text(zh=f"{one.zh}，或 {other.zh}", en=f"{one.en}, or {other.en}")


def _northing_first(found: Text) -> Text:
    return Text(
        zh=f"{found.zh}，且两个数颠倒（北坐标在前）",
        en=f"{found.en}, with its numbers swapped (northing first)",
    )
