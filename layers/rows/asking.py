"""The rows of a version: counted, filtered, searched and paged; only those asked for are read.

What the map's script does itself with the few features of a small layer the server does here for a
layer of which no browser could hold the features, and by the same rules as
:class:`layers.query.Criteria`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
import shapely
from shapely.geometry.base import BaseGeometry

from geo import tiles
from geo.files import Lines
from geo.tiles import LayerArrays
from geo.tiles.address import to_world
from geo.types import BBox
from layers.query import Criteria
from layers.rows.facets import Facets
from layers.rows.words import WordIndex
from layers.style import Style

#: A degree of latitude is nowhere shorter on the ellipsoid (at the equator 110,574 m).
LEAST_DEGREE_M = 110_500.0
#: One row in so many, and fewer, are sorted.
_FEW = 32


@dataclass(frozen=True)
class Told:
    """What is told of the rows that pass a filter.

    Attributes
    ----------
    located, unlocated
        How many pass, with and without geometry.
    stages
        How many pass with each stage, everything else as it is.
    years
        How many dated ones are under way in each year, everything else as it is.
    undated
        How many have no year, everything else as it is; they pass every range of years.
    groups
        What is drawn alike, with its number: what a legend counts.
    rows
        A page of them as GeoJSON features, in the order of the version.
    next
        Where the next page begins; None at the end.
    """

    located: int
    unlocated: int
    stages: Mapping[str, int]
    years: Mapping[int, int]
    undated: int
    groups: tuple[Mapping[str, Any], ...]
    rows: tuple[bytes, ...]
    next: int | None

    def counts(self) -> dict[str, Any]:
        """All but the rows, as JSON has it."""
        return {
            "located": self.located,
            "unlocated": self.unlocated,
            "stages": dict(self.stages),
            "years": {str(year): count for year, count in self.years.items()},
            "undated": self.undated,
            "groups": list(self.groups),
            "next": self.next,
        }


@dataclass(frozen=True)
class Found:
    """Features of a box or with some values.

    Attributes
    ----------
    matched
        How many there are, whatever the limit.
    rows
        Those of this page as GeoJSON features, in the order of the version.
    next
        The number of the last row of the page, after which the next one begins; None at the end.
    """

    matched: int
    rows: tuple[bytes, ...]
    next: int | None


class Rows:
    """The rows of one version of a layer.

    Parameters
    ----------
    arrays
        Of the version.
    words, lines
        Its words, and its features as GeoJSON; both in the order of the version.
    style
        By what its features are drawn.
    """

    def __init__(self, arrays: LayerArrays, words: WordIndex, lines: Lines, style: Style) -> None:
        self._arrays = arrays
        self._words = words
        self._lines = lines
        self._facets = Facets.of(arrays, style)
        self._positions = np.empty(len(arrays), np.int32)
        self._positions[arrays.rows - 1] = np.arange(len(arrays), dtype=np.int32)

    def __len__(self) -> int:
        return len(self._arrays)

    def told(self, criteria: Criteria, years: tuple[int, int], start: int, limit: int) -> Told:
        """Count what passes, and give a page of it.

        Parameters
        ----------
        criteria
            The filter; its layers are not asked.
        years
            The first and the last year that are counted.
        start, limit
            Where the page begins among those that pass, and how many rows it has.
        """
        facets, named = self._facets, self._named(criteria)
        counts = facets.counted(named)
        staged, dated = facets.staged(criteria), facets.dated(criteria)
        passing = counts * (staged & dated)
        places = self._passing(named, staged & dated)
        return Told(
            located=int(passing[facets.located].sum()),
            unlocated=int(passing[~facets.located].sum()),
            stages=_counted(facets.stages, counts * dated),
            years={
                year: int((counts * staged)[facets.under_way(year, year)].sum())
                for year in range(years[0], years[1] + 1)
            },
            undated=int((counts * staged)[facets.undated].sum()),
            groups=_grouped(facets.groups, passing),
            rows=self._features(places[start : start + limit]),
            next=start + limit if start + limit < len(places) else None,
        )

    def bits(self, q: str) -> bytes:
        """One bit for each row, as tiles number them (from 1), whether words find it.

        The lowest bit of the first byte is that of number 0, which no row has.
        """
        found = np.zeros(len(self) + 1, bool)
        found[self._words.find(q) + 1] = True
        return np.packbits(found, bitorder="little").tobytes()

    def passing(self, criteria: Criteria) -> Iterator[bytes]:
        """The rows that pass as GeoJSON features, in the order of the version."""
        wanted = self._facets.staged(criteria) & self._facets.dated(criteria)
        places = self._passing(self._named(criteria), wanted)
        return (self._lines[place] for place in places.tolist())

    def ids(self) -> Iterator[str]:
        """The id of each row, in the order of the version."""
        return map(self._id, range(len(self)))

    def one(self, row_id: str) -> dict[str, Any] | None:
        """The row of an id as a GeoJSON feature; None when there is none."""
        place = self._place(row_id)
        return None if place is None else orjson.loads(self._lines[place])

    def neighbours(self, row_id: str) -> tuple[str | None, str | None]:
        """The ids of the rows before and after one, in the order of the version."""
        place = self._place(row_id)
        if place is None:
            return None, None
        before, after = place - 1, place + 1
        return (
            self._id(before) if before >= 0 else None,
            self._id(after) if after < len(self) else None,
        )

    def within(self, box: BBox) -> np.ndarray:
        """The numbers, from 0 and ascending, of the rows whose shapes touch a box.

        Positions are compared to some 1e-14 degrees: a shape that ends just at the edge of the
        box may count or not.
        """
        arrays = self._arrays
        corners = to_world(np.array([[box.west, box.north], [box.east, box.south]]))
        if _holds(corners, arrays.world_box):
            return np.flatnonzero(self._facets.located[self._facets.of_row])
        found = tiles.touching(arrays, box)
        boxes = arrays.boxes[found]
        inside = (boxes[:, :2] >= corners[0]).all(axis=1) & (boxes[:, 2:] <= corners[1]).all(axis=1)
        over_edge = found[~inside]
        touched = shapely.intersects(tiles.shapes(arrays, over_edge), shapely.box(*box.as_tuple()))
        return self._in_order(np.concatenate([found[inside], over_edge[touched]]))

    def features(
        self,
        *,
        bbox: BBox | None = None,
        where: Mapping[str, tiles.Plain] | None = None,
        after: int = 0,
        limit: int | None = None,
    ) -> Found:
        """The features that touch a box and have the wanted values, page by page.

        Parameters
        ----------
        bbox
            In degrees. With a box, rows without geometry are not among the answer.
        where
            Field of the arrays and wanted value; all must hold.
        after
            The number of a row, from 1: the page begins behind it.
        limit
            The most rows to give.
        """
        found = np.arange(len(self)) if bbox is None else self.within(bbox)
        for name, value in (where or {}).items():
            found = found[self._having(found, name, value)]
        page = found[np.searchsorted(found, after) :]
        shown = page[:limit]
        more = len(shown) < len(page)
        return Found(len(found), self._features(shown), int(shown[-1]) + 1 if more else None)

    def _in_order(self, positions: np.ndarray) -> np.ndarray:
        """The rows at some positions of the arrays, ascending: of many, marking them is faster."""
        rows = self._arrays.rows[positions] - 1
        if len(rows) * _FEW < len(self):
            return np.sort(rows)
        marks = np.zeros(len(self), bool)
        marks[rows] = True
        return np.flatnonzero(marks)

    def _having(self, rows: np.ndarray, name: str, value: tiles.Plain) -> np.ndarray:
        """Which of some rows have a value."""
        codes = self._arrays.codes[self._positions[rows], self._arrays.fields.index(name)]
        having: np.ndarray = np.isin(codes, self._arrays.codes_of(value))
        return having

    def _named(self, criteria: Criteria) -> np.ndarray | None:
        """Those that the words find and that are among the ids; None for all."""
        found = self._words.find(criteria.q) if criteria.q else None
        if criteria.ids is None:
            return found
        places = {self._place(name) for name in criteria.ids} - {None}
        among = np.array(sorted(place for place in places if place is not None), np.int64)
        return among if found is None else np.intersect1d(among, found)

    def _passing(self, named: np.ndarray | None, wanted: np.ndarray) -> np.ndarray:
        """Rows whose combination is wanted, in their order."""
        if named is not None:
            return np.asarray(named[wanted[self._facets.of_row[named]]])
        if wanted.all():
            return np.arange(len(self))
        passing: np.ndarray = np.flatnonzero(wanted[self._facets.of_row])
        return passing

    def _place(self, row_id: str) -> int | None:
        places = self._words.find_whole(row_id).tolist()
        return next((place for place in places if self._id(place) == row_id), None)

    def _id(self, place: int) -> str:
        return str(self._arrays.attributes(int(self._positions[place]))["id"])

    def _features(self, places: np.ndarray) -> tuple[bytes, ...]:
        return tuple(self._lines[place] for place in places.tolist())


def collection(members: Mapping[str, Any], rows: Sequence[bytes]) -> bytes:
    """A FeatureCollection of features that are written already, with further members."""
    head = orjson.dumps({"type": "FeatureCollection", **members})[:-1]
    return b"".join([head, b',"features":[\n', b",\n".join(rows), b"\n]}\n"])


def around(shape: BaseGeometry, distance_m: float) -> BBox:
    """A box in degrees with everything within a distance of a shape in EPSG:4326, and more."""
    west, south, east, north = shape.bounds
    up = distance_m / LEAST_DEGREE_M
    across = up / math.cos(math.radians(min(max(abs(south), abs(north)) + up, 89)))
    return BBox(
        max(west - across, -180), max(south - up, -90), min(east + across, 180), min(north + up, 90)
    )


def _holds(corners: np.ndarray, world_box: tuple[float, float, float, float] | None) -> bool:
    """Whether everything of a layer lies in a box."""
    if world_box is None:
        return False
    return bool((corners[0] <= world_box[:2]).all() and (corners[1] >= world_box[2:]).all())


def _counted(values: Iterable[str | None], counts: np.ndarray) -> dict[str, int]:
    found: dict[str, int] = {}
    for value, count in zip(values, counts.tolist(), strict=True):
        if value is not None and count:
            found[value] = found.get(value, 0) + count
    return found


def _grouped(groups: Iterable[Mapping[str, Any]], counts: np.ndarray) -> tuple[dict[str, Any], ...]:
    """Combinations that are drawn alike, added up, in the order of their values."""
    found: dict[tuple[Any, ...], int] = {}
    alike = {}
    for group, count in zip(groups, counts.tolist(), strict=True):
        words = tuple(str(value or "") for value in group["properties"].values())
        key = (*words, group["schematic"], group["located"])
        alike[key] = group
        found[key] = found.get(key, 0) + count
    return tuple({**alike[key], "count": found[key]} for key in sorted(found) if found[key])
