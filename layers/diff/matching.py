"""Which row of the newer version is which row of the older: by id, else by geometry.

One to one. Of all pairs that are alike enough the most alike is taken first; of two that are
equally alike the one that stands first, so that the same versions give the same pairs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from layers.diff.model import Matched

#: Two shapes may be one feature from this likeness on.
LEAST_LIKENESS = 0.5
#: A point may have moved so far and still be the same without a common id.
MOST_POINT_M = 20.0
#: A line runs along another within this distance.
BESIDE_M = 2.0


@dataclass(frozen=True, eq=False)
class Pairs:
    """Rows that are one feature, and the rows left over on either side."""

    old: np.ndarray
    new: np.ndarray
    likeness: np.ndarray
    removed: np.ndarray
    added: np.ndarray

    def matched(self, place: int) -> Matched:
        """How a pair was found."""
        return "id" if np.isnan(self.likeness[place]) else "geometry"


def by_id(old_ids: np.ndarray, new_ids: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Positions of rows with the same id; a row without one is in no pair."""
    place = {value: row for row, value in enumerate(old_ids.tolist()) if value is not None}
    found = [(place.pop(value, -1), row) for row, value in enumerate(new_ids.tolist())]
    pairs = np.array([pair for pair in found if pair[0] >= 0], dtype=int).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]


def pair(
    old_ids: np.ndarray, new_ids: np.ndarray, old_shapes: np.ndarray, new_shapes: np.ndarray
) -> Pairs:
    """Find which rows are one feature.

    Parameters
    ----------
    old_ids, new_ids
        The ids of each side; None where there is none.
    old_shapes, new_shapes
        The geometries in a metric CRS; None where there is none.
    """
    old, new = by_id(old_ids, new_ids)
    vanished = np.setdiff1d(np.arange(len(old_ids)), old)
    appeared = np.setdiff1d(np.arange(len(new_ids)), new)
    left, right, likeness = by_geometry(old_shapes[vanished], new_shapes[appeared])
    return Pairs(
        old=np.concatenate([old, vanished[left]]),
        new=np.concatenate([new, appeared[right]]),
        likeness=np.concatenate([np.full(len(old), np.nan), likeness]),
        removed=np.delete(vanished, left),
        added=np.delete(appeared, right),
    )


def by_geometry(old: np.ndarray, new: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Positions of the shapes that are most alike, one to one, and how alike they are."""
    left, right = _candidates(old, new)
    likeness = np.zeros(len(left))
    dimension = shapely.get_dimensions(old[left])
    for kind, measure in ((0, _near), (1, _along), (2, _shared)):
        those = dimension == kind
        likeness[those] = measure(old[left[those]], new[right[those]])
    enough = likeness >= LEAST_LIKENESS
    return _greedy(left[enough], right[enough], likeness[enough])


def _candidates(old: np.ndarray, new: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of the same dimension that come near each other."""
    located = np.flatnonzero(~(shapely.is_missing(new) | shapely.is_empty(new)))
    wanted = np.flatnonzero(~(shapely.is_missing(old) | shapely.is_empty(old)))
    if not len(located) or not len(wanted):
        return np.empty(0, dtype=int), np.empty(0, dtype=int)
    tree = shapely.STRtree(new[located])
    reach = np.where(shapely.get_dimensions(old[wanted]) == 0, MOST_POINT_M, BESIDE_M)
    west, south, east, north = shapely.bounds(old[wanted]).T
    around = shapely.box(west - reach, south - reach, east + reach, north + reach)
    first, second = tree.query(around)
    left, right = wanted[first], located[second]
    same = shapely.get_dimensions(old[left]) == shapely.get_dimensions(new[right])
    return left[same], right[same]


def _near(old: np.ndarray, new: np.ndarray) -> np.ndarray:
    """1 for the same point, 0.5 and less from half the permitted distance on."""
    return np.clip(1 - shapely.distance(old, new) / MOST_POINT_M, 0, 1)


def _along(old: np.ndarray, new: np.ndarray) -> np.ndarray:
    """The share of the longer line that runs beside the other."""
    one = shapely.length(shapely.intersection(new, _beside(old)))
    other = shapely.length(shapely.intersection(old, _beside(new)))
    longest = np.maximum(shapely.length(old), shapely.length(new))
    shared: np.ndarray = np.minimum(one, other)
    found = np.zeros(len(old))
    np.divide(shared, longest, out=found, where=longest > 0)
    return found


def _beside(lines: np.ndarray) -> np.ndarray:
    """The ground beside lines, coarsely: it is only asked what lies in it."""
    ground: np.ndarray = shapely.buffer(lines, BESIDE_M, quad_segs=4)
    return ground


def _shared(old: np.ndarray, new: np.ndarray) -> np.ndarray:
    """Common ground over the ground of both (IoU); 0 for an invalid polygon.

    Where not even the boxes around both share enough, the costly common ground is not worked out.
    """
    largest = np.maximum(shapely.area(old), shapely.area(new))
    valid = _common_boxes_m2(old, new) >= LEAST_LIKENESS * largest
    valid[valid] = shapely.is_valid(old[valid]) & shapely.is_valid(new[valid])
    likeness = np.zeros(len(old))
    common = shapely.area(shapely.intersection(old[valid], new[valid]))
    together = shapely.area(old[valid]) + shapely.area(new[valid]) - common
    likeness[valid] = np.divide(common, together, out=np.zeros(len(common)), where=together > 0)
    return likeness


def _common_boxes_m2(old: np.ndarray, new: np.ndarray) -> np.ndarray:
    """The ground that the boxes around both shapes share."""
    first, second = shapely.bounds(old), shapely.bounds(new)
    low, high = np.maximum(first, second)[:, :2], np.minimum(first, second)[:, 2:]
    sides: np.ndarray = np.clip(high - low, 0, None)
    common: np.ndarray = sides.prod(axis=1)
    return common


def _greedy(
    left: np.ndarray, right: np.ndarray, likeness: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Take the most alike first; ties by position."""
    taken_left, taken_right, chosen = set(), set(), []
    for place in np.lexsort((right, left, -likeness)).tolist():
        if left[place] not in taken_left and right[place] not in taken_right:
            taken_left.add(left[place])
            taken_right.add(right[place])
            chosen.append(place)
    picked = np.array(chosen, dtype=int)
    return left[picked], right[picked], likeness[picked]
