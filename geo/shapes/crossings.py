"""How often a boundary crosses itself, counted only as far as it matters.

Checking or mending a polygon takes time with the square of its vertices when every edge crosses
every other: a ring of 200,000 vertices would take a minute. The crossings are counted first.
"""

from __future__ import annotations

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo import limits

#: Up to here a polygon is checked in a moment, however tangled it is.
FEW_VERTICES = 10_000
_PAIRS_AT_ONCE = 2_000_000


def is_tangled(shape: BaseGeometry) -> bool:
    """Tell whether the boundary of a polygon crosses itself more than ``limits.CROSSINGS`` times.

    Raises
    ------
    GEOSException
        A position is not finite.
    """
    segments = _segments(shape)
    tree = shapely.STRtree(segments)
    crossings, step = 0, max(1, _PAIRS_AT_ONCE // max(1, len(segments)))
    for start in range(0, len(segments), step):
        some = segments[start : start + step]
        itself_and_neighbours = 3 * len(some)
        found = tree.query(some, predicate="intersects").shape[1] - itself_and_neighbours
        crossings += found // 2
        if crossings > limits.CROSSINGS:
            return True
    return False


def _segments(shape: BaseGeometry) -> np.ndarray:
    rings = shapely.get_rings(shapely.get_parts(shape))
    where, ring = shapely.get_coordinates(rings, return_index=True)
    pairs = np.stack([where[:-1], where[1:]], axis=1)
    segments: np.ndarray = shapely.linestrings(pairs[ring[1:] == ring[:-1]])
    return segments
