"""As much of a large layer as there is room for: for the map as one file.

The features are chosen by the arrays of the version and copied from the file that is served, byte
by byte, with the words by which they are found: nothing is read as JSON.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass

import numpy as np
import orjson

from geo import files
from geo.errors import InputError, ProblemKind
from geo.tiles import ranked
from geo.types import Text
from layers.rows import RowIndex
from layers.spec import LayerSpec
from layers.store import Store
from layers.versions import Version

NO_ROOM = ProblemKind(
    "excerpt-room",
    "error",
    Text(
        zh="图层“{layer}”在 {bytes} 字节内一个要素也放不下",
        en="Not one feature of the layer “{layer}” has room in {bytes} bytes",
    ),
    Text(zh="放宽大小上限", en="Allow a larger size"),
)

#: Trials to fill the room; each comes nearer.
_TRIALS = 6
#: Filled so far it is filled well enough.
_FULL = 0.92
#: Of gzip: more makes it hardly smaller.
_EFFORT = 6
#: Bytes for each of a version as it lies packed, with the words of its features.
_WITH_WORDS = 1.6


@dataclass(frozen=True)
class Excerpt:
    """Chosen features of a version.

    Attributes
    ----------
    features, located
        How many there are, and how many of them have a geometry.
    of
        How many the version has.
    packed
        The FeatureCollection in GeoJSON, in the order of the version, as gzip.
    """

    features: int
    located: int
    of: int
    packed: bytes

    @property
    def is_whole(self) -> bool:
        """Whether nothing was left out."""
        return self.features == self.of


def need(store: Store, version: Version) -> int:
    """Bytes that the whole version takes at most."""
    path = store.geojson_path(version.layer, version.id)
    return int(path.with_name(f"{path.name}.gz").stat().st_size * _WITH_WORDS)


def excerpt(store: Store, spec: LayerSpec, version: Version, room: int) -> Excerpt:
    """Take as many features of a version as have room, the most important first.

    Parameters
    ----------
    room
        Bytes of the packed features.

    Raises
    ------
    InputError
        Not one feature has room.
    """
    arrays = store.arrays(spec, version.id)
    ranking = ranked(arrays)
    first = int(len(ranking) * min(1.0, room / need(store, version)))
    rows = _Rows.of(store, spec, version)
    count, packed = _filled(rows, arrays.rows[ranking] - 1, room, first)
    if not count:
        raise InputError([NO_ROOM.at(layer=spec.title, bytes=room)])
    located = int((arrays.kinds[ranking[:count]] > 0).sum())
    return Excerpt(count, located, version.features, packed)


@dataclass(frozen=True)
class _Rows:
    """What rows are copied from."""

    lines: files.Lines
    index: RowIndex

    @classmethod
    def of(cls, store: Store, spec: LayerSpec, version: Version) -> _Rows:
        index = store.row_index(spec, version.id)
        return cls(files.Lines(store.geojson_path(spec.id, version.id), index.lines), index)

    def collection(self, rows: np.ndarray) -> bytes:
        """The features of these rows, in this order, and what else they are called."""
        numbers = rows.tolist()
        words = orjson.dumps([_spoken(self.index.words.of_row(row)) for row in numbers])
        features = b",\n".join(self.lines[row] for row in numbers)
        head = b'{"type":"FeatureCollection","words":' + words + b',"features":[\n'
        return head + features + b"\n]}\n"


def _filled(source: _Rows, rows: np.ndarray, room: int, first: int) -> tuple[int, bytes]:
    """How many of the rows have room, and their collection, packed; the room is nearly filled.

    ``first`` is tried first: near enough that no trial is much longer than the answer.
    """
    best, most, trial = (0, b""), len(rows), max(first, 1)
    for _ in range(_TRIALS):
        packed = gzip.compress(source.collection(np.sort(rows[:trial])), _EFFORT, mtime=0)
        if len(packed) <= room:
            best = (trial, packed)
        else:
            most = trial - 1
        if best[0] >= most or len(best[1]) >= room * _FULL:
            break
        guess = int(trial * room * (1 + _FULL) / 2 / len(packed))
        trial = min(max(guess, best[0] + 1), most)
    return best


def _spoken(words: tuple[str, ...]) -> str:
    """What the names of a feature do not say themselves: pinyin and initials, one after another."""
    return " ".join(word for word in words[1:] if word.isascii())
