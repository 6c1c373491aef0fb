"""Work on many shapes on all processors: GEOS lets go of the interpreter's lock meanwhile."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import shapely

#: Fewer shapes than this are done sooner than threads are started.
_FEW = 1_000
#: Chunks for each thread, so that none waits long for another with heavier shapes.
_CHUNKS = 4
#: Shapes of a chunk at most: what an operation makes of them beside its answer is then small.
_MOST = 20_000
#: A shape that is asked about less often is not worth preparing.
_OFTEN = 5


def in_threads(operation: Callable[..., np.ndarray], *arrays: np.ndarray) -> np.ndarray:
    """Apply an operation that looks at each element by itself to arrays of one length.

    Not for prepared geometries, which threads must not share: those are for :func:`asked`. What
    the operation raises is raised.
    """
    workers = os.cpu_count() or 1
    if workers == 1 or np.size(arrays[0]) < _FEW:
        return operation(*arrays)
    number = max(workers * _CHUNKS, -(-np.size(arrays[0]) // _MOST))
    chunks = [np.array_split(array, number) for array in arrays]
    with ThreadPoolExecutor(workers) as pool:
        return np.concatenate(list(pool.map(operation, *chunks)))


def asked(
    predicate: Callable[..., np.ndarray],
    left: np.ndarray,
    right: np.ndarray,
    first: np.ndarray,
    second: np.ndarray,
) -> np.ndarray:
    """Ask a predicate of many pairs, left shapes that are in many of them prepared for it.

    Parameters
    ----------
    predicate
        As :func:`shapely.covers`.
    left, right
        Shapes.
    first, second
        The pairs as positions in the two, ``first`` in ascending order: then each thread prepares
        copies of few, and shares none with another.
    """

    def of_some(first: np.ndarray, second: np.ndarray) -> np.ndarray:
        which, place, uses = np.unique(first, return_inverse=True, return_counts=True)
        shapes, often = left[which], uses > _OFTEN
        shapes[often] = shapely.force_2d(shapes[often])
        shapely.prepare(shapes[often])
        return predicate(shapes[place], right[second])

    return in_threads(of_some, first, second)
