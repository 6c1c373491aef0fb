"""The geometry of a feature as commands for a pen (MVT 2.1, section 4.3).

A pen is an array of three: where it is, and twice the ground that the feature has so far.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from geo.compiled import compiled, inlined
from geo.tiles.clipping import add, clipped, doubled_area, opened, quantised, to_tile, visible
from geo.tiles.varints import varint

#: Kinds of shapes, as the specification numbers them; 0 is a feature without geometry.
POINT, LINE, POLYGON = 1, 2, 3
#: Where a pen knows the ground. A hole over the whole tile leaves none.
GROUND = 2
#: Bytes that one vertex takes at most: two varints of differences below 2 ** 28.
VERTEX_BYTES = 8

_X, _Y = 0, 1
_MOVE_TO, _LINE_TO, _CLOSE = 1, 2, 15


class View(NamedTuple):
    """Where a tile lies in the world.

    Attributes
    ----------
    scale, left, top
        Tile units across the world, and the tile's corner in them.
    low, high
        Where shapes are clipped, in tile units: the tile with its buffer.
    """

    scale: float
    left: float
    top: float
    low: float
    high: float


@inlined
def write_path(
    xy: np.ndarray,
    first: int,
    count: int,
    kind: int,
    hole: bool,
    inside: bool,
    view: View,
    work: tuple[np.ndarray, np.ndarray, np.ndarray],
    out: np.ndarray,
    at: int,
    pen: np.ndarray,
) -> int:
    """Clip, quantise and write one path of a layer."""
    ours, other, corners = work
    low, high = view.low, view.high
    if inside and kind != POINT:
        kept = quantised(xy, first, count, view.scale, view.left, view.top, corners)
        if kind == LINE:
            return _write_piece(corners, kept, out, at, pen)
        return _write_ring(corners, kept, hole, out, at, pen)
    to_tile(xy, first, count, view.scale, view.left, view.top, ours)
    if kind == POINT:
        return _write_points(ours, count, low, high, corners, out, at, pen)
    if kind == LINE:
        return _write_line(ours, count, low, high, corners, out, at, pen)
    kept = clipped(ours, other, count, low, high)
    kept = quantised(ours, 0, kept, 1.0, 0.0, 0.0, corners)
    return _write_ring(corners, kept, hole, out, at, pen)


@inlined
def _write_ring(
    corners: np.ndarray, count: int, hole: bool, out: np.ndarray, at: int, pen: np.ndarray
) -> int:
    """Write a ring unless it has no area: shells clockwise on the screen, holes against it."""
    count = opened(corners, count)
    if count < 3:
        return at
    doubled = doubled_area(corners, count)
    if doubled == 0:
        return at
    pen[GROUND] += -abs(doubled) if hole else abs(doubled)
    at = _write_run(corners, count, (doubled < 0) != hole, out, at, pen)
    out[at] = _CLOSE
    return at + 1


@compiled
def _write_line(
    path: np.ndarray,
    count: int,
    low: float,
    high: float,
    corners: np.ndarray,
    out: np.ndarray,
    at: int,
    pen: np.ndarray,
) -> int:
    """Write the pieces of a line that are inside."""
    kept = 0
    for step in range(count - 1):
        x, y = path[step, 0], path[step, 1]
        dx, dy = path[step + 1, 0] - x, path[step + 1, 1] - y
        start, end = visible(x, y, dx, dy, low, high)
        if start > end:
            at, kept = _write_piece(corners, kept, out, at, pen), 0
            continue
        if start > 0:
            at, kept = _write_piece(corners, kept, out, at, pen), 0
        if kept == 0:
            kept = add(corners, kept, x + start * dx, y + start * dy)
        if end < 1:
            kept = add(corners, kept, x + end * dx, y + end * dy)
            at, kept = _write_piece(corners, kept, out, at, pen), 0
        else:
            kept = add(corners, kept, path[step + 1, 0], path[step + 1, 1])
    return _write_piece(corners, kept, out, at, pen)


@compiled
def _write_piece(corners: np.ndarray, count: int, out: np.ndarray, at: int, pen: np.ndarray) -> int:
    """Write one run of a line; nothing if it is no longer than its first vertex."""
    return at if count < 2 else _write_run(corners, count, False, out, at, pen)


@inlined
def _write_run(
    corners: np.ndarray, count: int, backwards: bool, out: np.ndarray, at: int, pen: np.ndarray
) -> int:
    """Write corners one after another: a move to the first, lines to the others."""
    pace = -1 if backwards else 1
    place = count - 1 if backwards else 0
    x, y = pen[_X], pen[_Y]
    at = _command(out, at, _MOVE_TO, 1)
    for step in range(count):
        if step == 1:
            at = _command(out, at, _LINE_TO, count - 1)
        next_x, next_y = corners[place, 0], corners[place, 1]
        at = _way(out, at, next_x - x)
        at = _way(out, at, next_y - y)
        x, y = next_x, next_y
        place += pace
    pen[_X], pen[_Y] = x, y
    return at


@compiled
def _write_points(
    path: np.ndarray,
    count: int,
    low: float,
    high: float,
    corners: np.ndarray,
    out: np.ndarray,
    at: int,
    pen: np.ndarray,
) -> int:
    """Write the points that are inside."""
    kept = 0
    for step in range(count):
        x, y = path[step, 0], path[step, 1]
        if low <= x <= high and low <= y <= high:
            corners[kept, 0], corners[kept, 1] = np.int64(np.rint(x)), np.int64(np.rint(y))
            kept += 1
    if kept > 0:
        at = _command(out, at, _MOVE_TO, kept)
    for step in range(kept):
        at = _way(out, at, corners[step, 0] - pen[_X])
        at = _way(out, at, corners[step, 1] - pen[_Y])
        pen[_X], pen[_Y] = corners[step, 0], corners[step, 1]
    return at


@compiled
def write_stand_in(
    box: np.ndarray, kind: int, corners: np.ndarray, out: np.ndarray, pen: np.ndarray
) -> int:
    """Write the box that is drawn in a small shape's place; for a line, its upper edge."""
    x, y, width, height = box[0], box[1], box[2], box[3]
    corners[0, 0], corners[0, 1] = x, y
    corners[1, 0], corners[1, 1] = x + width, y
    if kind == LINE:
        return _write_piece(corners, 2, out, 0, pen)
    corners[2, 0], corners[2, 1] = x + width, y + height
    corners[3, 0], corners[3, 1] = x, y + height
    return _write_ring(corners, 4, False, out, 0, pen)


@inlined
def _command(out: np.ndarray, at: int, command: int, times: int) -> int:
    return varint(out, at, (times << 3) | command)


@inlined
def _way(out: np.ndarray, at: int, difference: int) -> int:
    """Write a difference: small ones of either sign are small numbers."""
    return varint(out, at, (difference << 1) ^ (difference >> 63))
