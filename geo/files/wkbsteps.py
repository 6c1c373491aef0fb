"""Many pieces of well-known binary walked through in step, to tell which are plainly sound.

All take a step at a time, over one ring, line or point each, so that numpy does the work. Those
that are unusual, or not done after some steps, are not judged here: each is walked through alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

_POINT, _LINE, _POLYGON, _COLLECTION = 1, 2, 3, 7
#: From the type of a multiple geometry to that of its members.
_TO_MEMBER = 3
#: Numbers of a position by the thousands of an ISO type: XY, XYZ, XYM, XYZM.
_DIMENSIONS = np.array([2, 3, 3, 4])
_LITTLE_ENDIAN = 1
#: Byte order and type; a count.
_HEAD, _COUNT = 5, 4
_MOST_STEPS = 50


def plainly_sound(blobs: Sequence[bytes]) -> np.ndarray:
    """Which blobs are little-endian geometries of a plain type whose counts and bytes agree.

    Returns
    -------
    numpy.ndarray
        Of truths. False says nothing: it may be sound, but unusual.
    """
    if not blobs:
        return np.zeros(0, dtype=bool)
    lengths = np.fromiter(map(len, blobs), np.int64, len(blobs))
    ends = np.cumsum(lengths)
    # A count may be read beyond the last byte before the end is compared.
    content = np.frombuffer(b"".join([*blobs, bytes(_HEAD + _COUNT)]), np.uint8)
    return _Steps(content, ends - lengths, ends).sound()


@dataclass
class _Steps:
    """Where each walk is, and what it still expects."""

    content: np.ndarray
    at: np.ndarray
    ends: np.ndarray
    kind: np.ndarray = field(init=False)
    members: np.ndarray = field(init=False)
    rings: np.ndarray = field(init=False)
    position: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        walks = len(self.at)
        self.kind = np.zeros(walks, np.int64)
        self.members = np.ones(walks, np.int64)
        self.rings = np.zeros(walks, np.int64)
        self.position = np.zeros(walks, np.int64)

    def sound(self) -> np.ndarray:
        going = self.begin(np.flatnonzero(self.ends - self.at >= _HEAD))
        for _ in range(_MOST_STEPS):
            within = going[self.rings[going] > 0]
            between = going[(self.rings[going] == 0) & (self.members[going] > 0)]
            if not len(within) and not len(between):
                break
            self.ring(within)
            between = self.member(between)
            going = np.concatenate([within, between])
            going = going[self.at[going] <= self.ends[going]]
        # A walk that was left out has members to come, or is beyond its end.
        done: np.ndarray = (self.members == 0) & (self.rings == 0) & (self.at == self.ends)
        return done

    def begin(self, some: np.ndarray) -> np.ndarray:
        """Read the first head; of several members, how many."""
        some = some[self.content[self.at[some]] == _LITTLE_ENDIAN]
        self.kind[some] = self.number(some, 1) % 1000
        some = some[(self.kind[some] >= _POINT) & (self.kind[some] < _COLLECTION)]
        several = some[self.kind[some] > _POLYGON]
        self.members[several] = self.number(several, _HEAD)
        self.kind[several] -= _TO_MEMBER
        self.at[several] += _HEAD + _COUNT
        return some

    def member(self, some: np.ndarray) -> np.ndarray:
        """Step over a point, a line or the head of a polygon; leave out what is none of these."""
        some = some[self.ends[some] - self.at[some] >= _HEAD]
        thousands, kind = np.divmod(self.number(some, 1), 1000)
        plain = self.content[self.at[some]] == _LITTLE_ENDIAN
        plain &= (kind == self.kind[some]) & (thousands < len(_DIMENSIONS))
        some, thousands = some[plain], thousands[plain]
        self.position[some] = 8 * _DIMENSIONS[thousands]
        self.members[some] -= 1
        count, kind = self.number(some, _HEAD), self.kind[some]
        self.rings[some] = np.where(kind == _POLYGON, count, 0)
        bytes_of_line = _COUNT + count * self.position[some]
        self.at[some] += _HEAD + np.choose(
            kind - _POINT, [self.position[some], bytes_of_line, _COUNT]
        )
        return some

    def ring(self, some: np.ndarray) -> None:
        """Step over a ring."""
        self.at[some] += _COUNT + self.number(some, 0) * self.position[some]
        self.rings[some] -= 1

    def number(self, some: np.ndarray, after: int) -> np.ndarray:
        """The four bytes so far after where each walk is, as a number."""
        places = np.minimum(self.at[some] + after, len(self.content) - _COUNT)
        four = self.content[places[:, None] + np.arange(_COUNT)]
        found: np.ndarray = four.view("<u4")[:, 0].astype(np.int64)
        return found
