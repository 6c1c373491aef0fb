"""Which features touch a box: a packed tree over boxes that lie in Hilbert order.

The features of a layer are sorted along a Hilbert curve, so that neighbours in the plane are
neighbours in the arrays. A node of the tree is then no more than the box around the next sixteen
below it: it has no pointers, and its children are known by their number.
"""

from __future__ import annotations

import numpy as np

#: Children of a node.
WIDTH = 16
#: Cells along an edge of the curve, as a power of two.
_ORDER = 16


def hilbert_order(boxes: np.ndarray) -> np.ndarray:
    """The order of boxes along a Hilbert curve through their middles; empty boxes come last."""
    there = np.isfinite(boxes).all(axis=1)
    middles = (boxes[there, :2] + boxes[there, 2:]) / 2
    least = middles.min(axis=0, initial=1)
    across = max(float((middles - least).max(initial=0)), 1e-12)
    cells = ((middles - least) / across * ((1 << _ORDER) - 1)).astype(np.uint64)
    place = np.full(len(boxes), np.iinfo(np.uint64).max)
    place[there] = _along_curve(cells[:, 0], cells[:, 1])
    return np.argsort(place, kind="stable")


def _along_curve(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """How far along the curve each cell lies, one level of the curve after another."""
    place = np.zeros(x.shape, np.uint64)
    last = np.uint64((1 << _ORDER) - 1)
    for level in range(_ORDER - 1, -1, -1):
        half = np.uint64(1 << level)
        east, south = (x & half) > 0, (y & half) > 0
        quarter = np.where(south, np.where(east, 2, 1), np.where(east, 3, 0))
        place += (half * half) * quarter.astype(np.uint64)
        mirrored = ~south & east
        x, y = np.where(mirrored, last - x, x), np.where(mirrored, last - y, y)
        x, y = np.where(south, x, y), np.where(south, y, x)
    return place


def pack(boxes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The nodes above boxes in Hilbert order, and where each level begins among them.

    The lowest level comes first, the last has one node; of no boxes there is no node.
    """
    levels, starts = [np.empty((0, 4))], [0]
    below = boxes
    while len(below) > 1 or (len(below) == 1 and len(levels) == 1):
        at = np.arange(0, len(below), WIDTH)
        least = np.minimum.reduceat(below[:, :2], at)
        most = np.maximum.reduceat(below[:, 2:], at)
        below = np.hstack([least, most])
        levels.append(below)
        starts.append(starts[-1] + len(below))
    return np.vstack(levels), np.array(starts, np.int64)
