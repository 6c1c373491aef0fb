"""How the numbers of a file are to be understood as positions."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal, get_args

from geo.crs import known_crs
from geo.types import Text

Datum = Literal["wgs84", "gcj02", "bd09"]

#: CGCS 2000 stands with WGS 84: they agree within decimetres.
DATUMS: Mapping[Datum, Text] = MappingProxyType(
    {
        "wgs84": Text(zh="WGS 84／CGCS2000", en="WGS 84/CGCS2000"),
        "gcj02": Text(zh="GCJ-02（高德、腾讯地图）", en="GCJ-02 (Amap, Tencent)"),
        "bd09": Text(zh="BD-09（百度地图）", en="BD-09 (Baidu)"),
    }
)


@dataclass(frozen=True, slots=True)
class ControlPoint:
    """A position of the file and the place where it is known to lie.

    Attributes
    ----------
    x, y
        The first and the second number as they stand in the file.
    lon, lat
        Degrees, WGS 84.

    Raises
    ------
    ValueError
        A number is not finite, or the place is none on the globe.
    """

    x: float
    y: float
    lon: float
    lat: float

    def __post_init__(self) -> None:
        if not all(math.isfinite(number) for number in (self.x, self.y, self.lon, self.lat)):
            raise ValueError("a control point is four finite numbers: x, y, lon, lat")
        if not (-180 <= self.lon <= 180 and -90 <= self.lat <= 90):
            raise ValueError("a control point needs a longitude and a latitude in degrees")


@dataclass(frozen=True, slots=True)
class Placement:
    """What a person decided about the positions of a file.

    Attributes
    ----------
    crs
        EPSG code of the numbers; of a local drawing, the metric CRS that it is brought into.
    datum
        Of a web map of China: which shift its positions carry.
    swapped
        Whether latitude or northing stands first. The reader of the file exchanges the numbers.
    control
        Of a local drawing: at least two positions of the file whose place is known.

    Raises
    ------
    CrsError
        The code is unknown.
    ValueError
        The datum is unknown, or control points are named beside a shifted datum.
    """

    crs: str
    datum: Datum = "wgs84"
    swapped: bool = False
    control: tuple[ControlPoint, ...] = ()

    def __post_init__(self) -> None:
        known_crs(self.crs)
        object.__setattr__(self, "crs", self.crs.upper())
        object.__setattr__(self, "control", tuple(self.control))
        if self.datum not in get_args(Datum):
            raise ValueError(f"the datum {self.datum!r} is none of {', '.join(get_args(Datum))}")
        if self.control and self.datum != "wgs84":
            raise ValueError("places of control points are WGS 84: name no other datum")

    @property
    def is_plain(self) -> bool:
        """Whether it says no more than a CRS."""
        return self == Placement(self.crs)

    def to_dict(self) -> dict[str, Any]:
        """The placement as JSON."""
        return {
            "crs": self.crs,
            "datum": self.datum,
            "swapped": self.swapped,
            "control": [[one.x, one.y, one.lon, one.lat] for one in self.control],
        }

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Placement:
        """Read what :meth:`to_dict` wrote; errors as of the class."""
        control = tuple(ControlPoint(*map(float, one)) for one in value.get("control", ()))
        return cls(
            str(value["crs"]), value.get("datum", "wgs84"), bool(value.get("swapped")), control
        )
