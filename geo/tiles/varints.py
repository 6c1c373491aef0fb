"""Whole numbers as varints, written into buffers that grow."""

from __future__ import annotations

import numpy as np

from geo.compiled import compiled, inlined

#: Bytes of the largest number.
WIDEST_VARINT = 10


@inlined
def varint(out: np.ndarray, at: int, number: int) -> int:
    """Write a whole number from 0; the place after it."""
    while number > 127:
        out[at] = (number & 127) | 128
        number >>= 7
        at += 1
    out[at] = number
    return at + 1


@inlined
def width(number: int) -> int:
    """Bytes that a whole number takes."""
    width = 1
    while number > 127:
        number >>= 7
        width += 1
    return width


@compiled
def longer(buffer: np.ndarray, used: int, wanted: int) -> np.ndarray:
    """A longer copy of a buffer, with so many bytes free at least."""
    copy = np.empty(max(2 * len(buffer), used + wanted), np.uint8)
    copy[:used] = buffer[:used]
    return copy
