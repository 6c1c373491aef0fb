"""Work on many shapes on all processors: GEOS lets go of the interpreter's lock meanwhile."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np

#: Fewer shapes than this are done sooner than threads are started.
_FEW = 2_000
#: Chunks for each thread, so that none waits long for another with heavier shapes.
_CHUNKS = 4


def in_threads(operation: Callable[..., np.ndarray], *arrays: np.ndarray) -> np.ndarray:
    """Apply an operation that looks at each element by itself to arrays of one length.

    Not for prepared geometries, which threads must not share. What the operation raises is raised.
    """
    workers = os.cpu_count() or 1
    if workers == 1 or np.size(arrays[0]) < _FEW:
        return operation(*arrays)
    chunks = [np.array_split(array, workers * _CHUNKS) for array in arrays]
    with ThreadPoolExecutor(workers) as pool:
        return np.concatenate(list(pool.map(operation, *chunks)))
