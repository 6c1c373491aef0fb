"""The one pass that makes a tile's features: clip, quantise, drop what became nothing, write.

Everything here is compiled and works on plain arrays; :mod:`geo.tiles.cutting` calls it. Positions
are in tile units from the tile's north-west corner, eastward and southward. A vertex is rounded
before the tile's corner is taken off, so that tiles which share it agree to the unit.

Rings are clipped one edge of the tile after another (Sutherland and Hodgman, 1974). A ring that
leaves and comes back stays one ring, with a seam of no width along the buffer, outside of what is
shown. A path cannot grow beyond one and a half times its vertices at one edge.
"""

from __future__ import annotations

import numpy as np

from geo.tiles.compiled import compiled

#: Kinds of shapes, as the specification numbers them; 0 is a feature without geometry.
POINT, LINE, POLYGON = 1, 2, 3

_MOVE_TO, _LINE_TO, _CLOSE = 1, 2, 15
#: What a pen knows: where it is, and twice the ground that a feature has. A hole over the whole
#: tile leaves none.
_X, _Y, _GROUND = 0, 1, 2
#: Vertices of a path, times this and some more, are enough after four edges: 1.5 ** 4 < 6.
_GROWTH = 6
_SPARE = 16
#: Bytes that one vertex takes at most: two varints of differences below 2 ** 28.
_VERTEX_BYTES = 8
_WIDEST_VARINT = 10


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
    size = _longest(chosen, paths, vertices) * _GROWTH + _SPARE
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
            end = _stand_in(stand_ins[turn], kinds[feature], work[2], geometry, pen)
        else:
            inside = _is_inside(boxes[feature], scale, left, top, low, high)
            drawn = True
            for path in range(paths[feature], paths[feature + 1]):
                if holes[path] and not drawn:
                    continue
                first, count = vertices[path], vertices[path + 1] - vertices[path]
                geometry = _roomy(geometry, end, size * _VERTEX_BYTES + 4 * _WIDEST_VARINT)
                _to_tile(xy, first, count, scale, left, top, work[0])
                before = end
                end = _write_path(
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
        if end > 0 and (kinds[feature] != POLYGON or pen[_GROUND] > 0):
            tagged, known = _tag(codes[feature], slots, places, used, known, tags)
            encoded = _roomy(encoded, at, end + (tagged + 8) * _WIDEST_VARINT)
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


# ---------------------------------------------------------------- room


@compiled
def _longest(chosen: np.ndarray, paths: np.ndarray, vertices: np.ndarray) -> int:
    """Vertices of the longest path among features."""
    longest = 0
    for feature in chosen:
        for path in range(paths[feature], paths[feature + 1]):
            longest = max(longest, vertices[path + 1] - vertices[path])
    return longest


@compiled
def _roomy(buffer: np.ndarray, used: int, wanted: int) -> np.ndarray:
    """The buffer, or a longer copy of it, with so many bytes free."""
    if used + wanted <= len(buffer):
        return buffer
    longer = np.empty(max(2 * len(buffer), used + wanted), np.uint8)
    longer[:used] = buffer[:used]
    return longer


# ---------------------------------------------------------------- geometry


@compiled
def _write_path(
    work: tuple[np.ndarray, np.ndarray, np.ndarray],
    count: int,
    kind: int,
    hole: bool,
    inside: bool,
    low: float,
    high: float,
    out: np.ndarray,
    at: int,
    pen: np.ndarray,
) -> int:
    """Clip, quantise and write one path that stands in the first of the work arrays."""
    ours, other, corners = work
    if kind == LINE:
        return _write_line(ours, count, inside, low, high, corners, out, at, pen)
    if kind == POINT:
        return _write_points(ours, count, low, high, corners, out, at, pen)
    if not inside:
        count = _clipped(ours, other, count, low, high)
    count = _quantised(ours, count, corners)
    return _write_ring(corners, count, hole, out, at, pen)


@compiled
def _to_tile(
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


@compiled
def _is_inside(
    box: np.ndarray, scale: float, left: float, top: float, low: float, high: float
) -> bool:
    """Whether nothing of a box has to be clipped."""
    return bool(
        box[0] * scale - left >= low
        and box[1] * scale - top >= low
        and box[2] * scale - left <= high
        and box[3] * scale - top <= high
    )


@compiled
def _clipped(ours: np.ndarray, other: np.ndarray, count: int, low: float, high: float) -> int:
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


@compiled
def _quantised(source: np.ndarray, count: int, corners: np.ndarray) -> int:
    """Round a ring to whole units and leave out vertices that fall together."""
    kept = 0
    for step in range(count):
        kept = _add(corners, kept, source[step, 0], source[step, 1])
    while (
        kept > 1 and corners[kept - 1, 0] == corners[0, 0] and corners[kept - 1, 1] == corners[0, 1]
    ):
        kept -= 1
    return kept


@compiled
def _add(corners: np.ndarray, kept: int, x: float, y: float) -> int:
    """Add a rounded vertex unless it is where the one before it is."""
    column, row = np.int64(np.rint(x)), np.int64(np.rint(y))
    if kept > 0 and corners[kept - 1, 0] == column and corners[kept - 1, 1] == row:
        return kept
    corners[kept, 0], corners[kept, 1] = column, row
    return kept + 1


@compiled
def _doubled_area(corners: np.ndarray, count: int) -> int:
    """Twice the area of a ring, above 0 where it runs clockwise on the screen."""
    doubled = 0
    for step in range(count):
        after = step + 1 if step + 1 < count else 0
        doubled += corners[step, 0] * corners[after, 1] - corners[after, 0] * corners[step, 1]
    return doubled


@compiled
def _visible(
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


# ---------------------------------------------------------------- bytes


@compiled
def _varint(out: np.ndarray, at: int, number: int) -> int:
    """Write a whole number from 0; the place after it."""
    while number > 127:
        out[at] = (number & 127) | 128
        number >>= 7
        at += 1
    out[at] = number
    return at + 1


@compiled
def _width(number: int) -> int:
    """Bytes that a whole number takes."""
    width = 1
    while number > 127:
        number >>= 7
        width += 1
    return width


@compiled
def _command(out: np.ndarray, at: int, command: int, times: int) -> int:
    return _varint(out, at, (times << 3) | command)


@compiled
def _go(out: np.ndarray, at: int, x: int, y: int, pen: np.ndarray) -> int:
    """Write the way from the pen to a vertex, and move it there."""
    dx, dy = x - pen[_X], y - pen[_Y]
    at = _varint(out, at, (dx << 1) ^ (dx >> 63))
    at = _varint(out, at, (dy << 1) ^ (dy >> 63))
    pen[_X], pen[_Y] = x, y
    return at


@compiled
def _write_ring(
    corners: np.ndarray, count: int, hole: bool, out: np.ndarray, at: int, pen: np.ndarray
) -> int:
    """Write a ring unless it has no area: shells clockwise on the screen, holes against it."""
    if count < 3:
        return at
    doubled = _doubled_area(corners, count)
    if doubled == 0:
        return at
    backwards = (doubled < 0) != hole
    for step in range(count):
        if step == 0:
            at = _command(out, at, _MOVE_TO, 1)
        elif step == 1:
            at = _command(out, at, _LINE_TO, count - 1)
        place = count - 1 - step if backwards else step
        at = _go(out, at, corners[place, 0], corners[place, 1], pen)
    pen[_GROUND] += -abs(doubled) if hole else abs(doubled)
    out[at] = _CLOSE
    return at + 1


@compiled
def _write_line(
    path: np.ndarray,
    count: int,
    inside: bool,
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
        start, end = (0.0, 1.0) if inside else _visible(x, y, dx, dy, low, high)
        if start > end:
            at, kept = _write_piece(corners, kept, out, at, pen), 0
            continue
        if start > 0:
            at, kept = _write_piece(corners, kept, out, at, pen), 0
        if kept == 0:
            kept = _add(corners, kept, x + start * dx, y + start * dy)
        if end < 1:
            kept = _add(corners, kept, x + end * dx, y + end * dy)
            at, kept = _write_piece(corners, kept, out, at, pen), 0
        else:
            kept = _add(corners, kept, path[step + 1, 0], path[step + 1, 1])
    return _write_piece(corners, kept, out, at, pen)


@compiled
def _write_piece(corners: np.ndarray, count: int, out: np.ndarray, at: int, pen: np.ndarray) -> int:
    """Write one run of a line; nothing if it is no longer than its first vertex."""
    if count < 2:
        return at
    for step in range(count):
        if step == 0:
            at = _command(out, at, _MOVE_TO, 1)
        elif step == 1:
            at = _command(out, at, _LINE_TO, count - 1)
        at = _go(out, at, corners[step, 0], corners[step, 1], pen)
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
        at = _go(out, at, corners[step, 0], corners[step, 1], pen)
    return at


@compiled
def _stand_in(
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


# ---------------------------------------------------------------- attributes


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
        tags_size += _width(tag)
    inner = 1 + _width(row) + 2 + 1 + _width(len(geometry)) + len(geometry)
    if len(tags) > 0:
        inner += 1 + _width(tags_size) + tags_size
    out[at] = 0x12
    at = _varint(out, at + 1, inner)
    out[at] = 0x08
    at = _varint(out, at + 1, row)
    if len(tags) > 0:
        out[at] = 0x12
        at = _varint(out, at + 1, tags_size)
        for tag in tags:
            at = _varint(out, at, tag)
    out[at], out[at + 1], out[at + 2] = 0x18, kind, 0x22
    at = _varint(out, at + 3, len(geometry))
    out[at : at + len(geometry)] = geometry
    return at + len(geometry)
