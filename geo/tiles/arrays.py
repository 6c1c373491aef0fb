"""A layer as flat arrays: what tiles are cut from, built once and never changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields

import geopandas as gpd
import numpy as np
import shapely

from geo import garbage
from geo.crs import WGS84, require_crs
from geo.errors import CrsError, InputError, ProblemKind, listed
from geo.tiles import attributes, encoding, index
from geo.tiles.address import HIGHEST_LATITUDE, to_degrees, to_world
from geo.types import BBox, Text, Told, nobody

_POINT, _LINE, _POLYGON = 1, 2, 3
_ONE_PATH = (shapely.GeometryType.LINESTRING, shapely.GeometryType.POLYGON)
#: Shapes that are taken apart at once: their copies are small beside the layer.
_AT_ONCE = 20_000

NOT_DRAWABLE = ProblemKind(
    "tiles-shape",
    "error",
    Text(zh="图形不能做成瓦片：{why}", en="The shape cannot be drawn in tiles: {why}"),
    Text(zh="改正图形，或不做瓦片", en="Mend the shape, or do without tiles"),
)
NOT_DEGREES = ProblemKind(
    "tiles-crs",
    "error",
    Text(zh="瓦片由经纬度（{wanted}）制作", en="Tiles are made of degrees ({wanted})"),
    Text(zh="先转换坐标系", en="Transform the layer first"),
)
_MIXED = Text(zh="图形种类混杂", en="it is a mixture of kinds")
_OVER_EDGE = Text(zh="跨越 180° 经线", en="it crosses the antimeridian")
_POLAR = Text(zh="超出网络墨卡托的纬度范围", en="it lies beyond the latitudes of Web Mercator")


@dataclass(frozen=True, eq=False)
class LayerArrays:
    """Every feature of a layer, in the order of a Hilbert curve; features without shape come last.

    Attributes
    ----------
    name
        Of the layer in its tiles.
    fields
        Names of the attributes, one a column of ``codes``.
    rows
        Number of each feature in its frame, from 1: its number in tiles.
    kinds
        1 point, 2 line, 3 polygon, as MVT numbers them; 0 is without geometry.
    groups
        Features of one number are drawn alike.
    boxes
        West, north, east and south edge in the world's square (:mod:`geo.tiles.address`); one
        without shape has infinite edges in the wrong order, so that nothing touches it.
    sizes, weights
        Area of polygons and length of lines in the world's square; what is kept first when
        features are thinned.
    paths
        Where the paths of each feature begin, and the end. A path is a line, a ring or the points
        of a feature.
    holes
        Of each path, whether it is a hole of the shell before it.
    vertices
        Where the vertices of each path begin, and the end.
    xy
        Vertices in the world's square; the closing one of a ring is left out.
    nodes, levels
        The tree above the boxes, see :func:`geo.tiles.index.pack`.
    codes
        Number of each value among all distinct values, a column a field; -1 is missing.
    value_starts, values
        The distinct values as they stand in tiles, one after another, and where each begins.
    """

    name: str
    fields: tuple[str, ...]
    rows: np.ndarray
    kinds: np.ndarray
    groups: np.ndarray
    boxes: np.ndarray
    sizes: np.ndarray
    weights: np.ndarray
    paths: np.ndarray
    holes: np.ndarray
    vertices: np.ndarray
    xy: np.ndarray
    nodes: np.ndarray
    levels: np.ndarray
    codes: np.ndarray
    value_starts: np.ndarray
    values: np.ndarray

    def __post_init__(self) -> None:
        for array in self.arrays().values():
            array.setflags(write=False)

    def __len__(self) -> int:
        return len(self.rows)

    def __repr__(self) -> str:
        return f"LayerArrays({self.name!r}, {len(self):,} features, {self.nbytes:,} bytes)"

    @classmethod
    def array_names(cls) -> tuple[str, ...]:
        """The names of the arrays, in their order."""
        return tuple(field.name for field in fields(cls))[2:]

    def arrays(self) -> dict[str, np.ndarray]:
        """Each array by its name."""
        return {name: getattr(self, name) for name in self.array_names()}

    @property
    def nbytes(self) -> int:
        """Bytes of all arrays together."""
        return sum(array.nbytes for array in self.arrays().values())

    @property
    def world_box(self) -> tuple[float, float, float, float] | None:
        """West, north, east and south edge of all shapes; None when there is none."""
        if not len(self.nodes) or not np.isfinite(self.nodes[-1]).all():
            return None
        west, north, east, south = self.nodes[-1].tolist()
        return west, north, east, south

    @property
    def bounds(self) -> BBox | None:
        """The box around all shapes in degrees; None when there is none."""
        if self.world_box is None:
            return None
        west, north, east, south = self.world_box
        corners = to_degrees(np.array([[west, south], [east, north]]))
        return BBox(*corners.ravel().tolist())

    def attributes(self, feature: int) -> dict[str, encoding.Plain]:
        """The attributes of the feature at a position, those that are missing left out."""
        codes = zip(self.fields, self.codes[feature].tolist(), strict=True)
        return {name: self._value(code) for name, code in codes if code >= 0}

    def having(self, field: str, admits: Callable[[encoding.Plain | None], bool]) -> np.ndarray:
        """Positions of the features whose value of a field is admitted, in the order of rows.

        Each distinct value is looked at once; one that is missing is None.
        """
        codes = self.codes[:, self.fields.index(field)]
        admitted = [
            code
            for code in np.unique(codes).tolist()
            if admits(None if code < 0 else self._value(code))
        ]
        found = np.flatnonzero(np.isin(codes, admitted))
        ordered: np.ndarray = found[np.argsort(self.rows[found])]
        return ordered

    def codes_of(self, value: encoding.Plain) -> np.ndarray:
        """The numbers that stand for a value, one for each field that has it."""
        entry = np.frombuffer(encoding.value(value), np.uint8)
        found = np.flatnonzero(np.diff(self.value_starts) == len(entry))
        for place, byte in enumerate(entry.tolist()):
            found = found[self.values[self.value_starts[found] + place] == byte]
        return found

    def _value(self, code: int) -> encoding.Plain:
        start, end = self.value_starts[code : code + 2].tolist()
        return encoding.decoded(self.values[start:end].tobytes())


def build(
    frame: gpd.GeoDataFrame,
    *,
    name: str,
    fields: Sequence[str],
    group_by: Sequence[str] = (),
    weight: str | None = None,
    told: Told = nobody,
) -> LayerArrays:
    """Make the arrays of a layer.

    Parameters
    ----------
    frame
        Points, lines and polygons, of one or several parts, in EPSG:4326; a geometry may be
        missing. Attributes are texts, numbers, truths, days, or what JSON can hold.
    name
        Of the layer in its tiles.
    fields
        Attributes that tiles carry, in this order.
    group_by
        Attributes by which features may be drawn differently, the most important first; only as
        many are looked at as make no more than 256 groups.
    weight
        A numeric attribute: the heavier of two is kept when they are thinned. Without it the
        larger is.
    told
        Hears how many features of how many are taken apart.

    Raises
    ------
    CrsError
        The frame is not in EPSG:4326.
    InputError
        A shape crosses the antimeridian, lies at a pole or mixes kinds; all such rows are told.
    """
    require_crs(frame)
    if frame.crs != WGS84:
        raise CrsError(NOT_DEGREES.at(wanted=WGS84))
    shapes = np.asarray(frame.geometry.values, dtype=object)
    _refuse_undrawable(shapes)
    boxes = _world_boxes(shapes)
    order = index.hilbert_order(boxes)
    shapes, boxes = shapes[order], boxes[order]
    kinds = (shapely.get_dimensions(shapes) + 1).astype(np.uint8)
    kinds[shapely.is_missing(shapes) | shapely.is_empty(shapes)] = 0
    # The vertices, by far the most, come last: what is made on the way is not there beside them.
    codes, value_starts, values = attributes.coded([frame[field] for field in fields], order)
    groups = attributes.groups(frame, group_by)[order]
    nodes, levels = index.pack(boxes)
    garbage.give_back()
    paths, holes, vertices, xy, sizes = _taken_apart(shapes, kinds, told)
    return LayerArrays(
        name=name,
        fields=tuple(fields),
        rows=(order + 1).astype(np.int64),
        kinds=kinds,
        groups=groups,
        boxes=boxes,
        sizes=sizes,
        weights=sizes if weight is None else attributes.numbers(frame[weight])[order],
        paths=paths,
        holes=holes,
        vertices=vertices,
        xy=xy,
        nodes=nodes,
        levels=levels,
        codes=codes,
        value_starts=value_starts,
        values=values,
    )


# ---------------------------------------------------------------- shapes


def _refuse_undrawable(shapes: np.ndarray) -> None:
    bounds = shapely.bounds(shapes)
    longitudes, latitudes = bounds[:, ::2], bounds[:, 1::2]
    wide = np.diff(longitudes, axis=1)[:, 0] > 180
    found = (
        (shapely.get_type_id(shapes) == shapely.GeometryType.GEOMETRYCOLLECTION, _MIXED),
        (wide | (np.abs(longitudes) > 180).any(axis=1), _OVER_EDGE),
        ((np.abs(latitudes) > HIGHEST_LATITUDE).any(axis=1), _POLAR),
    )
    problems = [
        NOT_DRAWABLE.at(row=row + 1, why=why)
        for mask, why in found
        for row in np.flatnonzero(mask).tolist()
    ]
    if problems:
        raise InputError(listed(problems))


def _world_boxes(shapes: np.ndarray) -> np.ndarray:
    """West, north, east, south of each shape; of none, edges that nothing touches."""
    west, south, east, north = shapely.bounds(shapes).T
    corners = to_world(np.column_stack([west, north])), to_world(np.column_stack([east, south]))
    boxes = np.hstack(corners)
    boxes[np.isnan(west)] = (np.inf, np.inf, -np.inf, -np.inf)
    return boxes


def _taken_apart(
    shapes: np.ndarray, kinds: np.ndarray, told: Told
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The paths of shapes, which are holes, their vertices, positions in the world, and sizes."""
    counts, holes, lengths, sizes, end = [], [], [], [np.empty(0)], 0
    # Room for all vertices at once; what closes rings is too much, and is never touched.
    xy = np.empty((int(shapely.get_num_coordinates(shapes).sum()), 2))
    for start in range(0, len(shapes), _AT_ONCE):
        told(start, len(shapes))
        some = slice(start, start + _AT_ONCE)
        lines, owner, hole = _paths(shapes[some], kinds[some])
        positions, length = _positions(lines, kinds[some][owner] == _POLYGON)
        count = np.bincount(owner, minlength=len(shapes[some]))
        sizes.append(_sizes(kinds[some], _starts([count]), hole, _starts([length]), positions))
        xy[end : end + len(positions)] = positions
        end += len(positions)
        counts.append(count)
        holes.append(hole)
        lengths.append(length)
    told(len(shapes), len(shapes))
    holes_of_all = np.concatenate([np.empty(0, bool), *holes])
    return _starts(counts), holes_of_all, _starts(lengths), xy[:end], np.concatenate(sizes)


def _paths(shapes: np.ndarray, kinds: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Lines, rings and sets of points of shapes, the shape each belongs to, and which are holes.

    What is one path is not taken apart: most lines, and polygons without holes.
    """
    types = shapely.get_type_id(shapes)
    whole = np.isin(types, _ONE_PATH) & (shapely.get_num_interior_rings(shapes) == 0)
    whole |= kinds == _POINT
    alone = np.flatnonzero(whole & (kinds > 0))
    several = np.flatnonzero(~whole & (kinds > 0))
    at_lines, at_polygons = (several[kinds[several] == kind] for kind in (_LINE, _POLYGON))
    lines, line_of = shapely.get_parts(shapes[at_lines], return_index=True)
    polygons, polygon_of = shapely.get_parts(shapes[at_polygons], return_index=True)
    rings, ring_of = shapely.get_rings(polygons, return_index=True)
    hole = np.concatenate([np.zeros(len(alone) + len(lines), bool), _follows(ring_of)])
    paths = np.concatenate([shapes[alone], lines, rings])
    owner = np.concatenate([alone, at_lines[line_of], at_polygons[polygon_of[ring_of]]])
    order = np.argsort(owner, kind="stable")
    return paths[order], owner[order], hole[order]


def _follows(values: np.ndarray) -> np.ndarray:
    """Whether each value is the one before it again."""
    again = np.zeros(len(values), bool)
    again[1:] = values[1:] == values[:-1]
    return again


def _positions(paths: np.ndarray, closed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Vertices of paths in the world, rings without the closing one, and how many each has."""
    degrees, path = shapely.get_coordinates(paths, return_index=True)
    length = np.bincount(path, minlength=len(paths))
    last = np.cumsum(length)[closed] - 1
    return np.delete(to_world(degrees), last, axis=0), length - closed


def _starts(lengths: Iterable[np.ndarray]) -> np.ndarray:
    """Where each of things of these lengths begins, and the end of the last."""
    return np.concatenate([np.zeros(1, np.int64), *lengths]).cumsum(dtype=np.int64)


def _sizes(
    kinds: np.ndarray, paths: np.ndarray, holes: np.ndarray, vertices: np.ndarray, xy: np.ndarray
) -> np.ndarray:
    """Area of polygons and length of lines in the world's square, 0 of all else."""
    if not len(xy):
        return np.zeros(len(kinds))
    counts = np.diff(vertices)
    # Small shapes lie far from the corner of the world: their products would lose all digits.
    near = xy - np.repeat(xy[vertices[:-1]], counts, axis=0)
    after = np.roll(near, -1, axis=0)
    after[vertices[1:] - 1] = 0
    doubled = near[:, 0] * after[:, 1] - after[:, 0] * near[:, 1]
    stretches = np.hypot(*(after - near).T)
    stretches[vertices[1:] - 1] = 0
    owner = np.repeat(np.arange(len(kinds)), np.diff(paths))
    area = np.abs(np.add.reduceat(doubled, vertices[:-1])) / 2 * np.where(holes, -1, 1)
    length = np.add.reduceat(stretches, vertices[:-1])
    whole = np.where(kinds[owner] == _POLYGON, area, np.where(kinds[owner] == _LINE, length, 0))
    sizes: np.ndarray = np.bincount(owner, weights=whole, minlength=len(kinds))
    return sizes
