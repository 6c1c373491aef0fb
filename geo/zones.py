"""The Gauss-Kruger zones of CGCS 2000 in the EPSG register, and which numbers may be of which.

EPSG numbers four families, each from west to east: zones of six degrees with the zone's number
before the easting (4491-4501) and without it (4502-4512), zones of three degrees with it
(4513-4533) and without it (4534-4554).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

NORTHINGS = (1_800_000, 6_200_000)
EASTINGS = (140_000, 860_000)
MERCATOR_X = (8_100_000, 15_200_000)
MERCATOR_Y = (1_900_000, 7_200_000)
_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Zone:
    """One zone.

    Attributes
    ----------
    code
        Its EPSG code.
    width_deg, number, meridian_deg
        Three or six degrees; its number; its central meridian, degrees east.
    prefixed
        Whether the number stands before the easting, as in 40 528 000.
    """

    code: int
    width_deg: Literal[3, 6]
    number: int
    meridian_deg: int
    prefixed: bool


def _family(first_code: int, width: Literal[3, 6], numbers: range, prefixed: bool) -> list[Zone]:
    middle = 0 if width == 3 else 3
    return [
        Zone(first_code + place, width, number, number * width - middle, prefixed)
        for place, number in enumerate(numbers)
    ]


#: Every zone of the register; those of three degrees first, as plans use them.
ZONES: tuple[Zone, ...] = (
    *_family(4513, 3, range(25, 46), prefixed=True),
    *_family(4491, 6, range(13, 24), prefixed=True),
    *_family(4534, 3, range(25, 46), prefixed=False),
    *_family(4502, 6, range(13, 24), prefixed=False),
)


def zones_of(easting: float, northing: float) -> Iterator[Zone]:
    """The zones that a place of China with these numbers may be in.

    An easting without a zone's number fits every zone: then all those without one are given.
    """
    number, rest = divmod(easting, _MILLION)
    if not (within(northing, NORTHINGS) and within(rest, EASTINGS)):
        return
    for zone in ZONES:
        if zone.prefixed == (number > 0) and number in {0, zone.number}:
            yield zone


def in_mercator(x: float, y: float) -> bool:
    """Whether a place of China may have these numbers in Web Mercator."""
    return within(x, MERCATOR_X) and within(y, MERCATOR_Y)


def within(value: float, ends: tuple[float, float]) -> bool:
    """Whether a number lies between two others, the ends included."""
    return ends[0] <= value <= ends[1]
