"""As much of a large layer as there is room for: for the map as one file.

The features are chosen by the arrays of the version and copied from the file that is served, byte
by byte: nothing but what is chosen is read as JSON.
"""

from __future__ import annotations

import gzip
import mmap
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from geo.errors import InputError, ProblemKind
from geo.tiles import ranked
from geo.types import Text
from layers.spec import LayerSpec
from layers.store import Store, Version

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
_HEAD, _TAIL = b'{"type":"FeatureCollection","features":[\n', b"\n]}\n"
_NEWLINE = ord("\n")
#: Bytes that are searched for line ends at once.
_AT_ONCE = 1 << 24


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


def shares(needs: Mapping[str, int], room: int) -> dict[str, int]:
    """Divide room among layers: who needs less than a fair share leaves the rest to the others."""
    given, left = {}, room
    for place, name in enumerate(sorted(needs, key=lambda name: (needs[name], name))):
        given[name] = min(needs[name], left // (len(needs) - place))
        left -= given[name]
    return given


def need(store: Store, version: Version) -> int:
    """Bytes of the whole version as it lies packed."""
    return _packed(store, version).stat().st_size


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
    whole = need(store, version)
    if whole <= room:
        packed = _packed(store, version).read_bytes()
        return Excerpt(version.features, version.located, version.features, packed)
    arrays = store.arrays(spec, version.id)
    ranking = ranked(arrays)
    first = int(len(ranking) * room / whole)
    with _Lines(store.geojson_path(version.layer, version.id)) as lines:
        count, packed = _filled(lines, arrays.rows[ranking] - 1, room, first)
    if not count:
        raise InputError([NO_ROOM.at(layer=spec.title, bytes=room)])
    located = int((arrays.kinds[ranking[:count]] > 0).sum())
    return Excerpt(count, located, version.features, packed)


def _packed(store: Store, version: Version) -> Path:
    """The whole version, packed when it was published."""
    path = store.geojson_path(version.layer, version.id)
    return path.with_name(f"{path.name}.gz")


def _filled(lines: _Lines, rows: np.ndarray, room: int, first: int) -> tuple[int, bytes]:
    """How many of the rows have room, and their collection, packed; the room is nearly filled.

    ``first`` is tried first: near enough that no trial is much longer than the answer.
    """
    best, most, trial = (0, b""), len(rows), max(first, 1)
    for _ in range(_TRIALS):
        packed = gzip.compress(lines.collection(np.sort(rows[:trial])), _EFFORT, mtime=0)
        if len(packed) <= room:
            best = (trial, packed)
        else:
            most = trial - 1
        if best[0] >= most or len(best[1]) >= room * _FULL:
            break
        guess = int(trial * room * (1 + _FULL) / 2 / len(packed))
        trial = min(max(guess, best[0] + 1), most)
    return best


class _Lines:
    """The features of a written collection, each of which stands in a line of its own."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        self._content = mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ)
        self._ends = _line_ends(self._content)

    def __enter__(self) -> _Lines:
        return self

    def __exit__(self, *_: object) -> None:
        self._content.close()
        self._file.close()

    def __getitem__(self, row: int) -> bytes:
        """The feature of a row, from 0; the line before the first begins the collection."""
        return self._content[self._ends[row] + 1 : self._ends[row + 1]].rstrip(b",")

    def collection(self, rows: np.ndarray) -> bytes:
        """The features of these rows, in this order, as a collection."""
        return _HEAD + b",\n".join(self[row] for row in rows.tolist()) + _TAIL


def _line_ends(content: mmap.mmap) -> np.ndarray:
    """Where the lines of a file end."""
    found = []
    for start in range(0, len(content), _AT_ONCE):
        piece = np.frombuffer(content[start : start + _AT_ONCE], np.uint8)
        found.append(np.flatnonzero(piece == _NEWLINE) + start)
    return np.concatenate(found)
