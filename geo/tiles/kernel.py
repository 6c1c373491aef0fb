"""The one pass that makes a tile's features: clip, quantise, drop what became nothing, write.

Everything here and in the modules that it uses is compiled and works on plain arrays;
:mod:`geo.tiles.cutting` calls it.
"""

from __future__ import annotations

import numpy as np

from geo.tiles.clipping import GROWTH, SPARE, is_inside, to_tile
from geo.tiles.compiled import compiled
from geo.tiles.geometry import GROUND, POLYGON, VERTEX_BYTES, write_path, write_stand_in
from geo.tiles.varints import WIDEST_VARINT, roomy, varint, width


@compiled
def features(
    chosen: np.ndarray,
    stand_ins: np.ndarray,
    rows: np.ndarray,
    kinds: np.ndarray,
    paths: np.ndarray,
    vertices: np.ndarray,
    holes: np.ndarray,
    xy: np.ndarray,
    boxes: np.ndarray,
    codes: np.ndarray,
    scale: float,
    left: float,
    top: float,
    low: float,
    high: float,
) -> tuple[np.ndarray, np.ndarray]:
    """Encode features of a tile.

    Parameters
    ----------
    chosen
        Positions of the features among the arrays of a layer.
    stand_ins
        For each of them x, y, width and height of a box that is drawn in its place; width 0 for
        its own shape.
    rows, kinds, paths, vertices, holes, xy, boxes, codes
        The arrays of a layer, see :class:`geo.tiles.arrays.LayerArrays`.
    scale, left, top
        Tile units across the world, and the tile's corner in them.
    low, high
        Where shapes are clipped, in tile units: the tile with its buffer.

    Returns
    -------
    encoded, used
        Bytes of the features one after another, and the codes of the values they point to, in
        the order of the tile's table of values.
    """
    size = _longest(chosen, paths, vertices) * GROWTH + SPARE
    work = np.empty((size, 2)), np.empty((size, 2)), np.empty((size, 2), np.int64)
    pen = np.zeros(3, np.int64)
    encoded, at = np.empty(1 << 16, np.uint8), 0
    geometry = np.empty(1 << 12, np.uint8)
    fields = codes.shape[1]
    slots, places = _table(len(chosen) * fields)
    used, known = np.empty(len(chosen) * fields, np.int32), 0
    tags = np.empty(2 * fields, np.int64)
    for turn in range(len(chosen)):
        feature = chosen[turn]
        pen[:] = 0
        end = 0
        if stand_ins[turn, 2] > 0:
            end = write_stand_in(stand_ins[turn], kinds[feature], work[2], geometry, pen)
        else:
            inside = is_inside(boxes[feature], scale, left, top, low, high)
            drawn = True
            for path in range(paths[feature], paths[feature + 1]):
                if holes[path] and not drawn:
                    continue
                first, count = vertices[path], vertices[path + 1] - vertices[path]
                geometry = roomy(geometry, end, size * VERTEX_BYTES + 4 * WIDEST_VARINT)
                to_tile(xy, first, count, scale, left, top, work[0])
                before = end
                end = write_path(
                    work,
                    count,
                    kinds[feature],
                    holes[path],
                    inside,
                    low,
                    high,
                    geometry,
                    end,
                    pen,
                )
                drawn = holes[path] or end > before
        if end > 0 and (kinds[feature] != POLYGON or pen[GROUND] > 0):
            tagged, known = _tag(codes[feature], slots, places, used, known, tags)
            encoded = roomy(encoded, at, end + (tagged + 8) * WIDEST_VARINT)
            at = _write_feature(
                encoded, at, rows[feature], kinds[feature], tags[:tagged], geometry[:end]
            )
    return encoded[:at], used[:known]


@compiled
def gathered(used: np.ndarray, starts: np.ndarray, content: np.ndarray) -> np.ndarray:
    """The table of values of a tile: the entries of these codes, one after another."""
    size = 0
    for code in used:
        size += starts[code + 1] - starts[code]
    table, at = np.empty(size, np.uint8), 0
    for code in used:
        for place in range(starts[code], starts[code + 1]):
            table[at] = content[place]
            at += 1
    return table


@compiled
def _longest(chosen: np.ndarray, paths: np.ndarray, vertices: np.ndarray) -> int:
    """Vertices of the longest path among features."""
    longest = 0
    for feature in chosen:
        for path in range(paths[feature], paths[feature + 1]):
            longest = max(longest, vertices[path + 1] - vertices[path])
    return longest


@compiled
def _table(entries: int) -> tuple[np.ndarray, np.ndarray]:
    """A hash table that so many codes do not fill: the codes, and their places in the tile."""
    size = 16
    while size < 2 * entries:
        size *= 2
    return np.full(size, -1, np.int32), np.empty(size, np.int32)


@compiled
def _tag(
    codes: np.ndarray,
    slots: np.ndarray,
    places: np.ndarray,
    used: np.ndarray,
    known: int,
    tags: np.ndarray,
) -> tuple[int, int]:
    """Pairs of key and value of a feature, and how many values the tile has now.

    A code below 0 is a value that is missing: the tile does not name it.
    """
    tagged = 0
    for field in range(len(codes)):
        code = codes[field]
        if code < 0:
            continue
        slot = (np.int64(code) * 2654435761) & (len(slots) - 1)
        while slots[slot] != code and slots[slot] >= 0:
            slot = (slot + 1) & (len(slots) - 1)
        if slots[slot] < 0:
            slots[slot], places[slot], used[known] = code, known, code
            known += 1
        tags[tagged], tags[tagged + 1] = field, places[slot]
        tagged += 2
    return tagged, known


@compiled
def _write_feature(
    out: np.ndarray, at: int, row: int, kind: int, tags: np.ndarray, geometry: np.ndarray
) -> int:
    """Write a whole feature: number, attributes, kind, geometry."""
    tags_size = 0
    for tag in tags:
        tags_size += width(tag)
    inner = 1 + width(row) + 2 + 1 + width(len(geometry)) + len(geometry)
    if len(tags) > 0:
        inner += 1 + width(tags_size) + tags_size
    out[at] = 0x12
    at = varint(out, at + 1, inner)
    out[at] = 0x08
    at = varint(out, at + 1, row)
    if len(tags) > 0:
        out[at] = 0x12
        at = varint(out, at + 1, tags_size)
        for tag in tags:
            at = varint(out, at, tag)
    out[at], out[at + 1], out[at + 2] = 0x18, kind, 0x22
    at = varint(out, at + 3, len(geometry))
    out[at : at + len(geometry)] = geometry
    return at + len(geometry)
