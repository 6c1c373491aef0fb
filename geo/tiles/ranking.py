"""Which features of a layer come first where there is not room for all."""

from __future__ import annotations

import numpy as np

from geo.tiles.arrays import LayerArrays

#: Numbers of one kind of shapes; a group of the arrays may hold several kinds.
_KINDS = 4


def ranked(arrays: LayerArrays) -> np.ndarray:
    """Positions of all features, the most important first.

    Of what is drawn alike the weightiest comes first. The groups take turns so that however many of
    the first ones are taken, they show about the same share of the ground of each group, and at
    least one feature of it. Where weights are equal, as of points, neighbours along the curve come
    far apart, so that those taken lie all over the layer.
    """
    groups = arrays.groups.astype(np.int64) * _KINDS + arrays.kinds
    order = np.lexsort((_scattered(len(arrays)), -arrays.weights, groups))
    before = _share_before(arrays.sizes[order], groups[order])
    ranking: np.ndarray = order[np.argsort(before, kind="stable")]
    return ranking


def _share_before(sizes: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """What part of its group's size stands before each; of shapes without size, of their number."""
    _, starts, group, counts = np.unique(
        groups, return_index=True, return_inverse=True, return_counts=True
    )
    totals = np.bincount(group, weights=sizes)
    parts = np.where(totals[group] > 0, sizes, 1.0)
    running = np.cumsum(parts) - parts
    whole = np.where(totals > 0, totals, counts)
    share: np.ndarray = (running - running[starts][group]) / whole[group]
    return share


def _scattered(count: int) -> np.ndarray:
    """A turn for each position so that the first turns are spread evenly (van der Corput)."""
    bits = max(1, int(count - 1).bit_length())
    places = np.arange(count, dtype=np.int64)
    turns = np.zeros(count, np.int64)
    for bit in range(bits):
        turns |= ((places >> bit) & 1) << (bits - 1 - bit)
    return turns
