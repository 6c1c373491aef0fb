"""The one pass that makes a tile's features: clip, quantise, drop what became nothing, write.

Everything here and in the modules that it uses is compiled and works on plain arrays;
:mod:`geo.tiles.cutting` calls it.
"""

from __future__ import annotations

import numpy as np

from geo.compiled import compiled, inlined
from geo.tiles.clipping import GROWTH, SPARE, is_inside
from geo.tiles.geometry import GROUND, POLYGON, VERTEX_BYTES, View, write_path, write_stand_in
from geo.tiles.varints import WIDEST_VARINT, longer, varint, width


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
    view = View(scale, left, top, low, high)
    path_size, size = _longest(chosen, paths, vertices)
    work = (np.empty((path_size, 2)), np.empty((path_size, 2)), np.empty((path_size, 2), np.int64))
    pen = np.zeros(3, np.int64)
    encoded, at = np.empty(1 << 16, np.uint8), 0
    geometry = np.empty(size * VERTEX_BYTES, np.uint8)
    fields = codes.shape[1]
    slots, places = _table(len(chosen) * fields)
    used, known = np.empty(len(chosen) * fields, np.int32), 0
    tags = np.empty(2 * fields, np.int64)
    for turn in range(len(chosen)):
        feature = chosen[turn]
        kind = kinds[feature]
        pen[0] = pen[1] = pen[2] = 0
        end = 0
        if stand_ins[turn, 2] > 0:
            end = write_stand_in(stand_ins[turn], kind, work[2], geometry, pen)
        else:
            inside = is_inside(boxes, feature, scale, left, top, low, high)
            end = _write_shape(
                feature, kind, inside, paths, vertices, holes, xy, view, work, geometry, pen
            )
        if end > 0 and (kind != POLYGON or pen[GROUND] > 0):
            tagged, known = _tag(codes, feature, slots, places, used, known, tags)
            most = end + (tagged + 8) * WIDEST_VARINT
            if at + most > len(encoded):
                encoded = longer(encoded, at, most)
            at = _write_feature(encoded, at, rows[feature], kind, tags, tagged, geometry, end)
    return encoded[:at], used[:known]


@inlined
def _write_shape(
    feature: int,
    kind: int,
    inside: bool,
    paths: np.ndarray,
    vertices: np.ndarray,
    holes: np.ndarray,
    xy: np.ndarray,
    view: View,
    work: tuple[np.ndarray, np.ndarray, np.ndarray],
    out: np.ndarray,
    pen: np.ndarray,
) -> int:
    """Write every path of a feature; of a shell that became nothing, no hole either."""
    end, drawn = 0, True
    for path in range(paths[feature], paths[feature + 1]):
        hole = holes[path]
        if hole and not drawn:
            continue
        first, count = vertices[path], vertices[path + 1] - vertices[path]
        before = end
        end = write_path(xy, first, count, kind, hole, inside, view, work, out, end, pen)
        drawn = hole or end > before
    return end


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
def _longest(chosen: np.ndarray, paths: np.ndarray, vertices: np.ndarray) -> tuple[int, int]:
    """Vertices of the longest path and of the longest feature, as many as clipping can make."""
    longest, most = 0, 0
    for feature in chosen:
        first, last = paths[feature], paths[feature + 1]
        for path in range(first, last):
            longest = max(longest, vertices[path + 1] - vertices[path])
        most = max(most, (vertices[last] - vertices[first]) * GROWTH + (last - first) * SPARE)
    return longest * GROWTH + SPARE, most + SPARE


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
    feature: int,
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
    for field in range(codes.shape[1]):
        code = codes[feature, field]
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
    out: np.ndarray,
    at: int,
    row: int,
    kind: int,
    tags: np.ndarray,
    tagged: int,
    geometry: np.ndarray,
    size: int,
) -> int:
    """Write a whole feature: number, attributes, kind, geometry."""
    tags_size = 0
    for turn in range(tagged):
        tags_size += width(tags[turn])
    inner = 1 + width(row) + 2 + 1 + width(size) + size
    if tagged > 0:
        inner += 1 + width(tags_size) + tags_size
    out[at] = 0x12
    at = varint(out, at + 1, inner)
    out[at] = 0x08
    at = varint(out, at + 1, row)
    if tagged > 0:
        out[at] = 0x12
        at = varint(out, at + 1, tags_size)
        for turn in range(tagged):
            at = varint(out, at, tags[turn])
    out[at], out[at + 1], out[at + 2] = 0x18, kind, 0x22
    at = varint(out, at + 3, size)
    for place in range(size):
        out[at + place] = geometry[place]
    return at + size
