"""What is drawn of shapes that are too small to be seen by themselves.

A shape is small below two pixels, at zooms that :class:`geo.tiles.cutting.Thinning` names:

- small **polygons** that are drawn alike add up, in the order of the curve, until they fill the
  least area; then one box of just that area stands for them, in their middle, with the number and
  the attributes of the largest. So a tile shows as much ground of each colour as there is, and it
  has no more shapes than it has room for;
- of small **lines** and **points** that are drawn alike, one in each cell of two pixels stays: the
  weightiest. Cells do not end at a tile's edge, so that neighbours choose the same.

Of what is drawn alike at least one shape stays, however small: a layer never disappears.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from geo.compiled import compiled
from geo.tiles.address import BUFFER, EXTENT, PIXEL
from geo.tiles.geometry import LINE, POLYGON

#: As many ways to be drawn are kept apart.
GROUPS: Final = 256

#: What is left at a tile's end is drawn from this area on, in square units: half a pixel's edge.
_LEAST_REST = (PIXEL // 2) ** 2
#: A line that is no longer than this has nothing left of its shape.
_SHAPELESS = 2.0


#: Columns of the sums of a group: ground not yet drawn, moments of its middle, boxes drawn.
_AREA, _WEIGHT, _X, _Y, _DRAWN = 0, 1, 2, 3, 4


@compiled
def thinned(
    hits: np.ndarray,
    kinds: np.ndarray,
    groups: np.ndarray,
    boxes: np.ndarray,
    sizes: np.ndarray,
    weights: np.ndarray,
    scale: float,
    left: float,
    top: float,
    smallest: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Choose what a tile shows.

    Parameters
    ----------
    hits
        Positions of the features that touch the tile, in ascending order.
    kinds, groups, boxes, sizes, weights
        The arrays of a layer, see :class:`geo.tiles.arrays.LayerArrays`.
    scale, left, top
        Tile units across the world, and the tile's corner in them.
    smallest
        The least edge in tile units.

    Returns
    -------
    chosen, stand_ins
        As :func:`geo.tiles.kernel.features` takes them.
    """
    chosen, boxed = np.empty(len(hits), np.int64), np.zeros((len(hits), 4), np.int32)
    count = 0
    sums, largest = np.zeros((GROUPS, 5)), np.full(GROUPS, -1, np.int64)
    across = (EXTENT + 2 * BUFFER) // smallest
    cells = np.full((_last_group(hits, groups, kinds) + 1, across * across), -1, np.int32)
    for hit in hits:
        group = groups[hit]
        x = (boxes[hit, 0] + boxes[hit, 2]) / 2 * scale - left
        y = (boxes[hit, 1] + boxes[hit, 3]) / 2 * scale - top
        if not _is_small(kinds[hit], boxes[hit], sizes[hit], scale, smallest):
            chosen[count] = hit
            count += 1
        elif kinds[hit] == POLYGON:
            if 0 <= x < EXTENT and 0 <= y < EXTENT:
                area = sizes[hit] * scale * scale
                largest[group] = _gather(sums[group], largest[group], hit, weights, area, x, y)
                if sums[group, _AREA] >= smallest * smallest:
                    _box(sums[group], boxed[count], sums[group, _AREA])
                    chosen[count], largest[group] = largest[group], -1
                    count += 1
        else:
            column, row = int((x + BUFFER) // smallest), int((y + BUFFER) // smallest)
            if 0 <= column < across and 0 <= row < across:
                cell = row * across + column
                count = _settle(cells[group], cell, hit, weights, chosen, count)
    count = _rests(sums, largest, chosen, boxed, count)
    _mark_shapeless(chosen[:count], boxed, kinds, boxes, scale, left, top)
    return chosen[:count], boxed[:count]


@compiled
def _last_group(hits: np.ndarray, groups: np.ndarray, kinds: np.ndarray) -> int:
    """The last group that has a line or a point; -1 when none has."""
    last = -1
    for hit in hits:
        if kinds[hit] != POLYGON:
            last = max(last, int(groups[hit]))
    return last


@compiled
def _is_small(kind: int, box: np.ndarray, size: float, scale: float, smallest: int) -> bool:
    """Whether a shape is too small to be drawn by itself."""
    if kind == POLYGON:
        return bool(size * scale * scale < smallest * smallest)
    return bool((box[2] - box[0]) * scale < smallest and (box[3] - box[1]) * scale < smallest)


@compiled
def _gather(
    total: np.ndarray,
    largest: int,
    hit: int,
    weights: np.ndarray,
    area: float,
    x: float,
    y: float,
) -> int:
    """Add a small polygon to those of its group that are not drawn yet; the weightiest of them."""
    total[_AREA] += area
    total[_WEIGHT] += area
    total[_X] += area * x
    total[_Y] += area * y
    return hit if largest < 0 or weights[hit] > weights[largest] else largest


@compiled
def _rests(
    sums: np.ndarray, largest: np.ndarray, chosen: np.ndarray, boxed: np.ndarray, count: int
) -> int:
    """Draw what is left of each group; at least a pixel of one that is not drawn at all."""
    for group in range(GROUPS):
        total = sums[group]
        if largest[group] < 0 or (total[_AREA] < _LEAST_REST and total[_DRAWN] > 0):
            continue
        least = 0.0 if total[_DRAWN] > 0 else float(PIXEL * PIXEL)
        _box(total, boxed[count], max(total[_AREA], least))
        chosen[count] = largest[group]
        count += 1
    return count


@compiled
def _box(total: np.ndarray, box: np.ndarray, area: float) -> None:
    """Draw a box for a group; what its whole units are too much or too little is carried on."""
    width = max(1, int(np.rint(np.sqrt(area))))
    height = max(1, int(np.rint(area / width)))
    box[0] = int(np.rint(total[_X] / total[_WEIGHT] - width / 2))
    box[1] = int(np.rint(total[_Y] / total[_WEIGHT] - height / 2))
    box[2], box[3] = width, height
    total[_AREA] -= width * height
    total[_WEIGHT] = total[_X] = total[_Y] = 0
    total[_DRAWN] += 1


@compiled
def _settle(
    cells: np.ndarray, cell: int, hit: int, weights: np.ndarray, chosen: np.ndarray, count: int
) -> int:
    """Give a cell to a point or line, unless a weightier one has it."""
    place = cells[cell]
    if place < 0:
        cells[cell] = count
        chosen[count] = hit
        return count + 1
    if weights[hit] > weights[chosen[place]]:
        chosen[place] = hit
    return count


@compiled
def _mark_shapeless(
    chosen: np.ndarray,
    boxed: np.ndarray,
    kinds: np.ndarray,
    boxes: np.ndarray,
    scale: float,
    left: float,
    top: float,
) -> None:
    """Let a dash of a pixel stand for a line that has shrunk to nothing."""
    for turn in range(len(chosen)):
        box = boxes[chosen[turn]]
        wide, high = (box[2] - box[0]) * scale, (box[3] - box[1]) * scale
        if kinds[chosen[turn]] == LINE and wide < _SHAPELESS and high < _SHAPELESS:
            boxed[turn, 0] = int(np.rint(box[0] * scale - left))
            boxed[turn, 1] = int(np.rint(box[1] * scale - top))
            boxed[turn, 2], boxed[turn, 3] = PIXEL, 0
