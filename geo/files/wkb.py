"""Well-known binary of strangers, walked through before shapely sees it.

Counts are compared with the bytes that are there, and nesting is as deep as the types allow and no
deeper: a collection nested 100,000 deep ends the process inside GEOS. Of many geometries the usual
ones are walked through in step (:mod:`geo.files.wkbsteps`), only the others one by one.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.files.wkbsteps import plainly_sound

_POINT, _LINE, _POLYGON, _POINTS, _LINES, _POLYGONS, _COLLECTION = range(1, 8)
#: What a member of each multiple type may be.
_MEMBERS = {
    _POINTS: {_POINT},
    _LINES: {_LINE},
    _POLYGONS: {_POLYGON},
    _COLLECTION: {_POINT, _LINE, _POLYGON, _POINTS, _LINES, _POLYGONS},
}
#: Numbers of a position by the thousands of an ISO type: XY, XYZ, XYM, XYZM.
_DIMENSIONS = {0: 2, 1: 3, 2: 3, 3: 4}


class WkbError(ValueError):
    """The bytes are no geometry of a plain type."""


def shape_of(blob: bytes) -> BaseGeometry:
    """Build the shape of ISO well-known binary.

    Raises
    ------
    WkbError
        Counts and bytes do not agree, the type is not one of the seven plain ones, nesting is
        wrong, or a ring is open.
    """
    walker = _Walker(blob)
    try:
        walker.geometry(set(range(1, 8)))
    except struct.error:
        raise WkbError("cut short") from None
    if walker.at != len(blob):
        raise WkbError("bytes are left over")
    try:
        with np.errstate(invalid="ignore"):
            shape: BaseGeometry = shapely.from_wkb(blob)
    except shapely.errors.GEOSException:
        raise WkbError("no shape") from None
    return shape


def shapes_of(blobs: Sequence[bytes]) -> np.ndarray:
    """Build the shapes of many blobs at once; None for each that :func:`shape_of` refuses."""
    shapes = np.full(len(blobs), None, dtype=object)
    plain = plainly_sound(blobs)
    usual = [blobs[place] for place in np.flatnonzero(plain).tolist()]
    try:
        with np.errstate(invalid="ignore"):
            shapes[plain] = shapely.from_wkb(usual)
    except shapely.errors.GEOSException:  # an open ring, somewhere
        plain[:] = False
    for place in np.flatnonzero(~plain).tolist():
        try:
            shapes[place] = shape_of(blobs[place])
        except WkbError:
            continue
    return shapes


@dataclass
class _Walker:
    """Steps over a geometry without building anything."""

    blob: bytes
    at: int = 0

    def geometry(self, allowed: set[int]) -> None:
        order = {0: ">", 1: "<"}.get(self.blob[self.at]) if self.at < len(self.blob) else None
        if order is None:
            raise WkbError("no byte order")
        self.at += 1
        thousands, kind = divmod(self.number(order), 1000)
        if kind not in allowed or thousands not in _DIMENSIONS:
            raise WkbError("a type that is not plain")
        self.body(kind, 8 * _DIMENSIONS[thousands], order)

    def body(self, kind: int, position: int, order: str) -> None:
        if kind == _POINT:
            self.skip(1, position)
        elif kind == _LINE:
            self.skip(self.number(order), position)
        elif kind == _POLYGON:
            for _ in self.counted(order, 4):
                self.skip(self.number(order), position)
        else:
            for _ in self.counted(order, 5):
                self.geometry(_MEMBERS[kind])

    def number(self, order: str) -> int:
        (found,) = struct.unpack_from(f"{order}I", self.blob, self.at)
        self.at += 4
        return int(found)

    def counted(self, order: str, least: int) -> range:
        """Read how many members follow, each of at least so many bytes."""
        count = self.number(order)
        if count * least > len(self.blob) - self.at:
            raise WkbError("more members than bytes")
        return range(count)

    def skip(self, count: int, size: int) -> None:
        self.at += count * size
        if self.at > len(self.blob):
            raise WkbError("more positions than bytes")
