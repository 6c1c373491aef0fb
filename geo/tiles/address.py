"""Which square of the world a tile is: zoom, column from the west, row from the north.

The world is the square of Web Mercator, from 0 to 1 eastward and southward. It is drawn in, never
measured in: areas and lengths of statistics come from elsewhere.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from geo.errors import NotFound
from geo.types import BBox, Text

#: Units of a tile's edge; whole numbers, so that neighbours agree about every vertex.
EXTENT: Final = 4096
#: Units around a tile that are drawn too, for strokes and marks that reach over its edge.
BUFFER: Final = 64
#: Units of a pixel: a tile is drawn over 256 of them.
PIXEL: Final = EXTENT // 256
#: Beyond it a unit is less than half a millimetre.
HIGHEST_ZOOM: Final = 22
#: North of it and south of its mirror image Web Mercator's square ends.
HIGHEST_LATITUDE: Final = 85.05112877980659

TILE = Text(zh="瓦片", en="tile")


@dataclass(frozen=True, slots=True, order=True)
class Tile:
    """One tile of the world.

    Raises
    ------
    NotFound
        The address is outside of the world or of the zooms.
    """

    zoom: int
    column: int
    row: int

    def __post_init__(self) -> None:
        if not (
            0 <= self.zoom <= HIGHEST_ZOOM
            and 0 <= self.column < 1 << self.zoom
            and 0 <= self.row < 1 << self.zoom
        ):
            raise NotFound(TILE, str(self))

    @property
    def scale(self) -> float:
        """Tile units across the whole world at this zoom."""
        return float(EXTENT << self.zoom)

    def box(self, buffer: int = 0) -> tuple[float, float, float, float]:
        """West, north, east and south edge in the world, ``buffer`` units outward."""
        units, edge = 1 << self.zoom, buffer / EXTENT
        return (
            (self.column - edge) / units,
            (self.row - edge) / units,
            (self.column + 1 + edge) / units,
            (self.row + 1 + edge) / units,
        )

    def children(self) -> tuple[Tile, Tile, Tile, Tile]:
        """The four tiles of the next zoom that make up this one."""
        zoom, column, row = self.zoom + 1, 2 * self.column, 2 * self.row
        return (
            Tile(zoom, column, row),
            Tile(zoom, column + 1, row),
            Tile(zoom, column, row + 1),
            Tile(zoom, column + 1, row + 1),
        )

    def bounds(self) -> BBox:
        """The tile in degrees."""
        west, north, east, south = self.box()
        corners = to_degrees(np.array([[west, south], [east, north]]))
        return BBox(*corners.ravel().tolist())

    def __str__(self) -> str:
        return f"{self.zoom}/{self.column}/{self.row}"


def covering(bounds: BBox, zoom: int) -> list[Tile]:
    """Every tile of a zoom that touches a box, row by row."""
    edges = np.array([[bounds.west, bounds.north], [bounds.east, bounds.south]])
    (west, north), (east, south) = np.clip(to_world(edges), 0, 1) * (1 << zoom)
    last = (1 << zoom) - 1
    return [
        Tile(zoom, column, row)
        for row in range(min(math.floor(north), last), min(math.floor(south), last) + 1)
        for column in range(min(math.floor(west), last), min(math.floor(east), last) + 1)
    ]


def to_world(degrees: np.ndarray) -> np.ndarray:
    """Place positions (longitude, latitude) in the world's square."""
    world = np.empty_like(degrees, dtype=np.float64)
    sine = np.sin(np.radians(degrees[:, 1]))
    world[:, 0] = degrees[:, 0] / 360 + 0.5
    world[:, 1] = 0.5 - np.arctanh(np.clip(sine, -1 + 1e-16, 1 - 1e-16)) / (2 * np.pi)
    return world


def to_degrees(world: np.ndarray) -> np.ndarray:
    """The longitude and latitude of positions in the world's square."""
    degrees = np.empty_like(world, dtype=np.float64)
    degrees[:, 0] = (world[:, 0] - 0.5) * 360
    degrees[:, 1] = np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * world[:, 1]))))
    return degrees
