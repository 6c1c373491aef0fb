"""What the numbers of a file may be: every reading of them that is worth a look."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from geo.crs import WGS84, known_crs, name_of
from geo.errors import CrsError
from geo.guess import zone_title
from geo.placement.model import DATUMS, Datum, Placement
from geo.placement.placing import is_old_datum
from geo.types import BBox, Text
from geo.zones import in_mercator, zones_of

#: Zones without a number whose central meridian lies farther off are no reading of the numbers.
_FARTHEST_MERIDIAN_DEG = 4.0
_MERCATOR = "EPSG:3857"
_MERCATOR_TITLE = Text(zh="网络墨卡托 EPSG:3857", en="Web Mercator, EPSG:3857")
_ORDER: Mapping[bool, Mapping[bool, Text]] = MappingProxyType(
    {
        True: MappingProxyType(
            {
                False: Text(zh="", en=""),
                True: Text(zh="，纬度在前", en=", latitude first"),
            }
        ),
        False: MappingProxyType(
            {
                False: Text(zh="", en=""),
                True: Text(zh="，北坐标在前", en=", northing first"),
            }
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read the numbers, with its name in words."""

    placement: Placement
    title: Text
    declared: bool = False


def readings(
    positions: npt.NDArray[np.float64], bounds: BBox, declared: str | None
) -> list[Reading]:
    """List the readings of some numbers, what the file declares first.

    Parameters
    ----------
    positions
        Shape (n, 2), finite, n at least 1.
    bounds
        The zone: it says which zones without a number, and which of UTM, come into question.
    declared
        CRS that the file names, or None. One without an EPSG code is no reading of its own: a
        person cannot name it either.
    """
    declared = _epsg(declared)
    x, y = (float(number) for number in np.median(positions, axis=0))
    in_degrees = max(abs(x), abs(y)) <= 360
    found = [*_declared(declared)]
    found += _degrees(declared) if in_degrees else _metres(x, y, bounds)
    return list({one.placement: one for one in reversed(found)}.values())[::-1]


def _epsg(declared: str | None) -> str | None:
    """The EPSG code of a declared CRS; GeoJSON's CRS84 is WGS 84 in the order that we keep."""
    if declared is None or declared.upper() == "OGC:CRS84":
        return declared and WGS84
    try:
        known_crs(declared)
    except CrsError:
        return None
    return declared.upper()


def _declared(code: str | None) -> Iterator[Reading]:
    if code is None:
        return
    crs = known_crs(code)
    title = Text(zh=f"{crs.name} {name_of(crs)}", en=f"{crs.name}, {name_of(crs)}")
    for swapped in (False, True):
        yield _reading(
            code, title, swapped=swapped, degrees=crs.is_geographic, declared=not swapped
        )


def _degrees(declared: str | None) -> Iterator[Reading]:
    """A geographic CRS that the file declares stays: a shift is another matter than a code."""
    crs = known_crs(declared or WGS84)
    stays = declared is not None and crs.is_geographic and not is_old_datum(crs)
    code = declared if declared is not None and stays else WGS84
    for shifted, title in DATUMS.items():
        for swapped in (False, True):
            yield _reading(code, title, shifted, swapped=swapped, degrees=True)


def _metres(x: float, y: float, bounds: BBox) -> Iterator[Reading]:
    for swapped, (east, north) in ((False, (x, y)), (True, (y, x))):
        for zone in zones_of(east, north):
            if zone.prefixed or _near(zone.meridian_deg, bounds):
                yield _reading(f"EPSG:{zone.code}", zone_title(zone), swapped=swapped)
        if in_mercator(east, north):
            yield from _mercator(swapped)
        for number in _utm_zones(bounds):
            title = Text(
                zh=f"UTM {number}N 带 EPSG:326{number}", en=f"UTM {number}N, EPSG:326{number}"
            )
            if any(zones_of(east, north)):
                yield _reading(f"EPSG:326{number}", title, swapped=swapped)


def _mercator(swapped: bool) -> Iterator[Reading]:
    for shifted, datum_title in DATUMS.items():
        title = _MERCATOR_TITLE
        if shifted != "wgs84":
            title = Text(zh=f"{title.zh}，{datum_title.zh}", en=f"{title.en}, {datum_title.en}")
        yield _reading(_MERCATOR, title, shifted, swapped=swapped)


def _near(meridian_deg: float, bounds: BBox) -> bool:
    middle = (bounds.west + bounds.east) / 2
    return abs(meridian_deg - middle) <= _FARTHEST_MERIDIAN_DEG


def _utm_zones(bounds: BBox) -> Iterable[str]:
    return sorted({f"{int((lon + 180) // 6) + 1:02d}" for lon in (bounds.west, bounds.east)})


def _reading(
    code: str,
    title: Text,
    shifted: Datum = "wgs84",
    *,
    swapped: bool,
    degrees: bool = False,
    declared: bool = False,
) -> Reading:
    order = _ORDER[degrees][swapped]
    named = Text(zh=title.zh + order.zh, en=title.en + order.en)
    return Reading(Placement(code, shifted, swapped), named, declared)
