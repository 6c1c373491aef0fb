"""Single features of a GeoJSON file as :mod:`geo.files.writing` writes it: each is one line."""

from __future__ import annotations

import mmap
from pathlib import Path

import numpy as np

from geo.errors import InputError
from geo.files import kinds

_NEWLINE = ord("\n")
_BETWEEN = b",\n"
_CHUNK_BYTES = 1 << 24


def line_starts(path: Path, features: int) -> np.ndarray:
    """Where the line of each feature begins in a file, in bytes, and the end of the last.

    Raises
    ------
    InputError
        The file does not hold this many features, each in a line.
    """
    found, done = [], 0
    with path.open("rb") as handle:
        while chunk := handle.read(_CHUNK_BYTES):
            found.append(np.flatnonzero(np.frombuffer(chunk, np.uint8) == _NEWLINE) + done + 1)
            done += len(chunk)
    starts = np.concatenate([np.empty(0, np.int64), *found])
    # A line stands before the features and one behind them; without features an empty one between.
    if len(starts) != max(features, 1) + 2:
        raise InputError(kinds.DAMAGED.at(what=path.name))
    return starts[: features + 1]


class Lines:
    """The features of a file by their number from 0, each as the bytes that stand there.

    The file is mapped into memory: all processes share it, and what is not asked for is not read.
    """

    def __init__(self, path: Path, starts: np.ndarray) -> None:
        self._starts = starts
        with path.open("rb") as handle:
            self._content = mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ)
        if len(self._content) < int(starts[-1]):
            raise InputError(kinds.DAMAGED.at(what=path.name))

    def __len__(self) -> int:
        return len(self._starts) - 1

    def __getitem__(self, number: int) -> bytes:
        start, end = self._starts[number : number + 2].tolist()
        return self._content[start:end].rstrip(_BETWEEN)
