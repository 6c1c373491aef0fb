"""FlatBuffers of strangers: every offset is looked at before it is followed.

Only what FlatGeobuf needs: tables, texts, numbers and vectors of numbers or tables.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

import numpy as np

#: Code and size of a number as :mod:`struct` calls them, little-endian.
_SIZES = {"B": 1, "b": 1, "H": 2, "h": 2, "i": 4, "I": 4, "q": 8, "Q": 8, "f": 4, "d": 8}


class FlatBufferError(ValueError):
    """An offset or a length points out of the bytes that are there."""


def number(content: bytes, code: str, at: int) -> Any:
    """Read a number; negative offsets, which Python would count from the end, are refused."""
    if not 0 <= at <= len(content) - _SIZES[code]:
        raise FlatBufferError("beyond the end")
    return struct.unpack_from("<" + code, content, at)[0]


@dataclass(frozen=True)
class Record:
    """One table of a buffer: its fields are found through a list of offsets beside it."""

    content: bytes
    at: int

    @classmethod
    def root(cls, content: bytes) -> Record:
        """Return the outermost table of a buffer."""
        return cls(content, number(content, "I", 0))

    def _field(self, index: int) -> int | None:
        """Return where a field stands; None where it is left out."""
        listed = self.at - number(self.content, "i", self.at)
        size = number(self.content, "H", listed)
        place = 4 + 2 * index
        if place + 2 > size:
            return None
        offset = number(self.content, "H", listed + place)
        return self.at + offset if offset else None

    def number(self, index: int, code: str, default: Any = 0) -> Any:
        """Read a field that is a number."""
        at = self._field(index)
        return default if at is None else number(self.content, code, at)

    def _followed(self, index: int) -> int | None:
        at = self._field(index)
        return None if at is None else at + int(number(self.content, "I", at))

    def record(self, index: int) -> Record | None:
        """Read a field that is a table."""
        at = self._followed(index)
        return None if at is None else Record(self.content, at)

    def _vector(self, index: int, size: int) -> tuple[int, int]:
        """Return where a vector begins, and how many members it has."""
        at = self._followed(index)
        if at is None:
            return 0, 0
        count = int(number(self.content, "I", at))
        if at + 4 + count * size > len(self.content):
            raise FlatBufferError("a vector beyond the end")
        return at + 4, count

    def bytes(self, index: int) -> bytes:
        """Read a field that is bytes."""
        at, count = self._vector(index, 1)
        return self.content[at : at + count]

    def text(self, index: int) -> str | None:
        """Read a field that is a text; UnicodeDecodeError where it is no UTF-8."""
        return self.bytes(index).decode("utf-8") if self._field(index) is not None else None

    def numbers(self, index: int, code: str) -> np.ndarray:
        """Read a field that is a vector of numbers."""
        at, count = self._vector(index, _SIZES[code])
        return np.frombuffer(self.content, dtype="<" + _NUMPY[code], count=count, offset=at)

    def records(self, index: int) -> list[Record]:
        """Read a field that is a vector of tables."""
        at, count = self._vector(index, 4)
        places = range(at, at + 4 * count, 4)
        return [
            Record(self.content, place + int(number(self.content, "I", place))) for place in places
        ]


_NUMPY = {"I": "u4", "d": "f8"}
