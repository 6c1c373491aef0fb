"""Cut a tile, or the rows of a box, from the arrays of a layer."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
import shapely

from geo.crs import WGS84
from geo.tiles import encoding
from geo.tiles.address import BUFFER, EXTENT, PIXEL, Tile, to_world
from geo.tiles.arrays import LayerArrays
from geo.types import BBox


@dataclass(frozen=True)
class Thinning:
    """How small a shape may be, and from which zoom on each is drawn as it is.

    Attributes
    ----------
    smallest_px
        Edge of the smallest polygon that is drawn by itself, and of the cells of points and lines;
        1, 2 or 4.
    everything_from
        The lowest zoom at which no shape is left out or added to another.
    """

    smallest_px: int = 2
    everything_from: int = 14

    @property
    def smallest(self) -> int:
        """The least edge in tile units; whole cells of it fill a tile and its buffer."""
        return self.smallest_px * PIXEL


_STANDARD = Thinning()


def cut(arrays: LayerArrays, tile: Tile, thinning: Thinning | None = _STANDARD) -> bytes:
    """Make a tile; nothing at all where no feature is.

    Parameters
    ----------
    arrays
        The layer.
    tile
        Which tile.
    thinning
        What is done with shapes that are too small to be seen; None draws every shape as it is.

    Returns
    -------
    bytes
        A Mapbox Vector Tile (2.1) of one layer, not compressed; empty when it shows nothing.
    """
    from geo.tiles import kernel

    left, top = float(tile.column * EXTENT), float(tile.row * EXTENT)
    chosen, stand_ins = _chosen(arrays, tile, thinning, left, top)
    if not len(chosen):
        return b""
    features, used = kernel.features(
        chosen,
        stand_ins,
        arrays.rows,
        arrays.kinds,
        arrays.paths,
        arrays.vertices,
        arrays.holes,
        arrays.xy,
        arrays.boxes,
        arrays.codes,
        tile.scale,
        left,
        top,
        float(-BUFFER),
        float(EXTENT + BUFFER),
    )
    if not len(features):
        return b""
    values = kernel.gathered(used, arrays.value_starts, arrays.values)
    return encoding.tile(arrays.name, arrays.fields, features.tobytes(), values.tobytes())


def touching(arrays: LayerArrays, box: BBox) -> np.ndarray:
    """Positions of the features whose boxes touch a box, in the order of the arrays."""
    from geo.tiles.searching import query

    corners = to_world(np.array([[box.west, box.north], [box.east, box.south]]))
    found: np.ndarray = query(arrays.boxes, arrays.nodes, arrays.levels, *corners.ravel().tolist())
    return found


def _chosen(
    arrays: LayerArrays, tile: Tile, thinning: Thinning | None, left: float, top: float
) -> tuple[np.ndarray, np.ndarray]:
    """The features that a tile shows, and what stands for those too small to be seen."""
    from geo.tiles.searching import query
    from geo.tiles.thinning import thinned

    hits = query(arrays.boxes, arrays.nodes, arrays.levels, *tile.box(BUFFER))
    if thinning is None or tile.zoom >= thinning.everything_from:
        return hits, np.zeros((len(hits), 4), np.int32)
    return thinned(
        hits,
        arrays.kinds,
        arrays.groups,
        arrays.boxes,
        arrays.sizes,
        arrays.weights,
        tile.scale,
        left,
        top,
        thinning.smallest,
    )


def prepare() -> float:
    """Compile all that cuts tiles, or load it where it was kept; the seconds that took.

    A layer of one point is cut, far and near.
    """
    import geopandas as gpd

    from geo.tiles.arrays import build

    started = time.monotonic()
    frame = gpd.GeoDataFrame({"id": ["1"]}, geometry=[shapely.Point(0, 0)], crs=WGS84)
    arrays = build(frame, name="prepared", fields=["id"])
    for zoom in (0, _STANDARD.everything_from):
        cut(arrays, Tile(zoom, (1 << zoom) // 2, (1 << zoom) // 2))
    return time.monotonic() - started
