"""Clip paths at the edges of a tile and round them to its units.

Positions are in tile units from the tile's north-west corner, eastward and southward. A vertex is
scaled before the tile's corner, a whole number, is taken off: tiles which share it agree to the
unit.

Rings are clipped one edge of the tile after another (Sutherland and Hodgman, 1974). A ring that
leaves and comes back stays one ring, with a seam of no width along the buffer, outside of what is
shown. A path cannot grow beyond one and a half times its vertices at one edge.
"""

from __future__ import annotations

import numpy as np

from geo.compiled import compiled, inlined

#: A path has at most so many times its vertices, and some more, after four edges: 1.5 ** 4 < 6.
GROWTH, SPARE = 6, 16


@compiled
def to_tile(
    xy: np.ndarray,
    first: int,
    count: int,
    scale: float,
    left: float,
    top: float,
    target: np.ndarray,
) -> None:
    """Place the vertices of a path in the tile."""
    for step in range(count):
        target[step, 0] = xy[first + step, 0] * scale - left
        target[step, 1] = xy[first + step, 1] * scale - top


@inlined
def is_inside(
    boxes: np.ndarray,
    feature: int,
    scale: float,
    left: float,
    top: float,
    low: float,
    high: float,
) -> bool:
    """Whether nothing of a feature's box has to be clipped."""
    return bool(
        boxes[feature, 0] * scale - left >= low
        and boxes[feature, 1] * scale - top >= low
        and boxes[feature, 2] * scale - left <= high
        and boxes[feature, 3] * scale - top <= high
    )


@compiled
def clipped(ours: np.ndarray, other: np.ndarray, count: int, low: float, high: float) -> int:
    """Clip a ring at the four edges; it stands in ``ours`` before and after."""
    count = _keep_side(ours, count, 0, low, 1.0, other)
    count = _keep_side(other, count, 0, high, -1.0, ours)
    count = _keep_side(ours, count, 1, low, 1.0, other)
    return _keep_side(other, count, 1, high, -1.0, ours)


@compiled
def _keep_side(
    source: np.ndarray, count: int, axis: int, edge: float, inward: float, target: np.ndarray
) -> int:
    """Keep what of a ring lies on one side of a line, where it crosses included."""
    kept = 0
    across = 1 - axis
    for step in range(count):
        before = step - 1 if step > 0 else count - 1
        here, there = source[step, axis], source[before, axis]
        is_in, was_in = inward * (here - edge) >= 0, inward * (there - edge) >= 0
        if is_in != was_in:
            part = (edge - there) / (here - there)
            target[kept, axis] = edge
            target[kept, across] = source[before, across] + part * (
                source[step, across] - source[before, across]
            )
            kept += 1
        if is_in:
            target[kept, 0], target[kept, 1] = source[step, 0], source[step, 1]
            kept += 1
    return kept


@inlined
def quantised(
    source: np.ndarray,
    first: int,
    count: int,
    scale: float,
    left: float,
    top: float,
    corners: np.ndarray,
) -> int:
    """Place vertices in the tile, round them to whole units and leave out repeats, in one pass.

    Nearly every path of a tile is inside of it and comes here alone: this is what a tile costs.
    """
    kept, column, row = 0, np.int64(0), np.int64(0)
    for step in range(first, first + count):
        x = np.int64(np.rint(source[step, 0] * scale - left))
        y = np.int64(np.rint(source[step, 1] * scale - top))
        if kept > 0 and x == column and y == row:
            continue
        column, row = x, y
        corners[kept, 0], corners[kept, 1] = x, y
        kept += 1
    return kept


@inlined
def opened(corners: np.ndarray, count: int) -> int:
    """Corners of a ring without the last ones that are where its first is."""
    x, y = corners[0, 0], corners[0, 1]
    while count > 1 and corners[count - 1, 0] == x and corners[count - 1, 1] == y:
        count -= 1
    return count


@compiled
def add(corners: np.ndarray, kept: int, x: float, y: float) -> int:
    """Add a rounded vertex unless it is where the one before it is."""
    column, row = np.int64(np.rint(x)), np.int64(np.rint(y))
    if kept > 0 and corners[kept - 1, 0] == column and corners[kept - 1, 1] == row:
        return kept
    corners[kept, 0], corners[kept, 1] = column, row
    return kept + 1


@inlined
def doubled_area(corners: np.ndarray, count: int) -> int:
    """Twice the area of a ring, above 0 where it runs clockwise on the screen."""
    doubled = 0
    x, y = corners[count - 1, 0], corners[count - 1, 1]
    for step in range(count):
        next_x, next_y = corners[step, 0], corners[step, 1]
        doubled += x * next_y - next_x * y
        x, y = next_x, next_y
    return doubled


@compiled
def visible(
    x: float, y: float, dx: float, dy: float, low: float, high: float
) -> tuple[float, float]:
    """From where to where along a stretch it is inside (Liang and Barsky, 1984); 1, 0 if never."""
    start, end = 0.0, 1.0
    for pace, room in ((-dx, x - low), (dx, high - x), (-dy, y - low), (dy, high - y)):
        if pace == 0:
            if room < 0:
                return 1.0, 0.0
        elif pace < 0:
            start = max(start, room / pace)
        else:
            end = min(end, room / pace)
    return start, end
