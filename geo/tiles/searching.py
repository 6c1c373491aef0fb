"""Which features touch a box: the way down the packed tree of :mod:`geo.tiles.index`."""

from __future__ import annotations

import numpy as np

from geo.compiled import compiled
from geo.tiles.index import WIDTH

#: More levels than this would be more features than there are numbers.
_DEEPEST = 16


@compiled
def query(
    boxes: np.ndarray,
    nodes: np.ndarray,
    levels: np.ndarray,
    west: float,
    north: float,
    east: float,
    south: float,
) -> np.ndarray:
    """The positions of the boxes that touch a box, in ascending order."""
    hits = np.empty(256, np.int64)
    count = 0
    waiting = np.empty((WIDTH * _DEEPEST, 2), np.int64)
    depth = 0
    if len(levels) > 1:
        waiting[0, 0] = len(levels) - 2
        waiting[0, 1] = 0
        depth = 1
    while depth > 0:
        depth -= 1
        level, number = waiting[depth, 0], waiting[depth, 1]
        node = nodes[levels[level] + number]
        if node[0] > east or node[2] < west or node[1] > south or node[3] < north:
            continue
        first = number * WIDTH
        if level > 0:
            last = min(first + WIDTH, levels[level] - levels[level - 1])
            for child in range(last - 1, first - 1, -1):
                waiting[depth, 0] = level - 1
                waiting[depth, 1] = child
                depth += 1
            continue
        if count + WIDTH > len(hits):
            longer = np.empty(2 * len(hits), np.int64)
            longer[:count] = hits[:count]
            hits = longer
        for at in range(first, min(first + WIDTH, len(boxes))):
            box = boxes[at]
            if box[0] <= east and box[2] >= west and box[1] <= south and box[3] >= north:
                hits[count] = at
                count += 1
    return hits[:count]
