"""Which CRS may positions in metres be in? A guess for a hint, never used by itself."""

from __future__ import annotations

from geo.types import Text

#: First codes of the CGCS 2000 Gauss-Kruger zones whose number stands before the easting.
_THREE_DEGREES, _FIRST_THREE = 4513, 25
_SIX_DEGREES, _FIRST_SIX = 4491, 13

_NORTHINGS = (1_800_000, 6_200_000)
_EASTINGS = (140_000, 860_000)
_MERCATOR_X = (8_100_000, 15_200_000)
_MERCATOR_Y = (1_900_000, 7_200_000)
_MILLION = 1_000_000

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
    if _within(x, _MERCATOR_X) and _within(y, _MERCATOR_Y):
        return _MERCATOR if found is None else _either(_MERCATOR, found)
    return found or _UNKNOWN


def _plane(x: float, y: float) -> Text | None:
    if _within(y, _NORTHINGS) and (found := _gauss_kruger(x)) is not None:
        return found
    if _within(x, _NORTHINGS) and (found := _gauss_kruger(y)) is not None:
        return _northing_first(found)
    return None


def _gauss_kruger(easting: float) -> Text | None:
    zone, rest = divmod(easting, _MILLION)
    if not _within(rest, _EASTINGS):
        return None
    if zone == 0:
        return _NO_ZONE
    if _FIRST_THREE <= zone <= _FIRST_THREE + 20:
        return _zoned(_THREE_DEGREES + int(zone) - _FIRST_THREE, int(zone), 3)
    if _FIRST_SIX <= zone <= _FIRST_SIX + 10:
        return _zoned(_SIX_DEGREES + int(zone) - _FIRST_SIX, int(zone), 6)
    return None


def _zoned(code: int, zone: int, width: int) -> Text:
    return Text(
        zh=f"CGCS2000 {width} 度带第 {zone} 带 EPSG:{code}",
        en=f"CGCS2000 {width}-degree zone {zone}, EPSG:{code}",
    )


def _either(one: Text, other: Text) -> Text:
    return Text(zh=f"{one.zh}，或 {other.zh}", en=f"{one.en}, or {other.en}")


def _northing_first(found: Text) -> Text:
    return Text(
        zh=f"{found.zh}，且两个数颠倒（北坐标在前）",
        en=f"{found.en}, with its numbers swapped (northing first)",
    )


def _within(value: float, ends: tuple[int, int]) -> bool:
    return ends[0] <= value <= ends[1]
