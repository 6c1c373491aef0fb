"""A small map as paths of an SVG: a plate of degrees, narrowed to the latitude of the zone."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely

from geo.types import BBox

WIDTH = 720
_MARGIN = 0.06
_TOLERANCE_DEG = 0.0001


@dataclass(frozen=True)
class Picture:
    """Where degrees stand on a picture that is :data:`WIDTH` wide."""

    west: float
    south: float
    east: float
    north: float

    @classmethod
    def of(cls, bounds: BBox) -> Picture:
        """The picture of a zone, with a margin."""
        wide, high = (bounds.east - bounds.west) * _MARGIN, (bounds.north - bounds.south) * _MARGIN
        return cls(bounds.west - wide, bounds.south - high, bounds.east + wide, bounds.north + high)

    @classmethod
    def around(cls, rings: Iterable[Sequence[Sequence[float]]]) -> Picture:
        """The picture of a few shapes."""
        where = np.vstack([np.asarray(ring) for ring in rings])
        (west, south), (east, north) = where.min(axis=0), where.max(axis=0)
        room = max(east - west, north - south, 1e-5) * _MARGIN
        return cls(west - room, south - room, east + room, north + room)

    @property
    def height(self) -> int:
        """Of the picture."""
        narrow = math.cos(math.radians((self.south + self.north) / 2))
        return round(WIDTH * (self.north - self.south) / ((self.east - self.west) * narrow))

    def at(self, lon: float, lat: float) -> tuple[float, float]:
        """Where a place stands; it may lie beside the picture."""
        x = (lon - self.west) / (self.east - self.west) * WIDTH
        y = (self.north - lat) / (self.north - self.south) * self.height
        return round(x, 2), round(y, 2)

    def holds(self, lon: float, lat: float) -> bool:
        """Whether a place stands on the picture."""
        return self.west <= lon <= self.east and self.south <= lat <= self.north

    def dots(self, places: Iterable[Sequence[float]]) -> str:
        """Places as a path that is stroked with round ends; those beside the picture left away."""
        found = (self.at(*place) for place in places if self.holds(place[0], place[1]))
        return "".join(f"M{x} {y}h0" for x, y in found)

    def lines(self, rings: Iterable[Sequence[Sequence[float]]]) -> str:
        """Lines or rings as a path."""
        return "".join(self._line(ring) for ring in rings)

    def _line(self, ring: Sequence[Sequence[float]]) -> str:
        return "M" + "L".join(f"{x} {y}" for x, y in (self.at(*place[:2]) for place in ring))

    def shapes(self, frame: gpd.GeoDataFrame) -> str:
        """The outlines of a layer as a path; points as dots."""
        shapes = np.asarray(frame.geometry.values, dtype=object)
        parts = shapely.get_parts(shapes[~shapely.is_missing(shapes)])
        kinds = shapely.get_type_id(parts)
        rings = shapely.get_rings(parts[kinds == 3])
        lines = shapely.simplify([*rings, *parts[kinds == 1]], _TOLERANCE_DEG)
        dots = shapely.get_coordinates(parts[kinds == 0]).tolist()
        return self.lines(shapely.get_coordinates(line).tolist() for line in lines) + self.dots(
            dots
        )
