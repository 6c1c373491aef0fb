"""Whole numbers as varints, written into buffers that grow."""

from __future__ import annotations

import numpy as np

from geo.tiles.compiled import compiled

#: Bytes of the largest number.
WIDEST_VARINT = 10


@compiled
def varint(out: np.ndarray, at: int, number: int) -> int:
    """Write a whole number from 0; the place after it."""
    while number > 127:
        out[at] = (number & 127) | 128
        number >>= 7
        at += 1
    out[at] = number
    return at + 1


@compiled
def width(number: int) -> int:
    """Bytes that a whole number takes."""
    width = 1
    while number > 127:
        number >>= 7
        width += 1
    return width


@compiled
def roomy(buffer: np.ndarray, used: int, wanted: int) -> np.ndarray:
    """The buffer, or a longer copy of it, with so many bytes free."""
    if used + wanted <= len(buffer):
        return buffer
    longer = np.empty(max(2 * len(buffer), used + wanted), np.uint8)
    longer[:used] = buffer[:used]
    return longer
