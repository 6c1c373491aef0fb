"""What became of each shape, all at once: re-digitised, moved or reshaped, and whereto."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import shapely

from layers.diff.model import ShapeChange

#: Outlines nearer than this, with an area or length within the share below, are one drawing.
DRAWN_ANEW_M = 0.5
DRAWN_ANEW_SHARE = 0.001
#: A part that is gained or lost all around has its middle this near to the shape's, as a share of
#: the shape's size.
_ALL_AROUND = 0.1
#: A gain or loss this much smaller than its opposite is not worth a word of its own.
MINOR = 0.1
_SEGMENTS = 4


@dataclass(frozen=True, eq=False)
class _Parts:
    """What only one of two shapes covers: its size, and where it lies."""

    size: np.ndarray
    bearing: np.ndarray


def compare(old: np.ndarray, new: np.ndarray) -> list[ShapeChange | None]:
    """Say what became of each shape.

    Parameters
    ----------
    old, new
        Geometries in a metric CRS, pair by pair; None for a feature without geometry.

    Returns
    -------
    list
        None where both are the same, or both missing.
    """
    found: list[ShapeChange | None] = [None] * len(old)
    before, after = ~shapely.is_missing(old), ~shapely.is_missing(new)
    for place in np.flatnonzero(before != after).tolist():
        found[place] = ShapeChange("located" if after[place] else "unlocated")
    both = before & after
    both[both] = ~_same(old[both], new[both])
    places = np.flatnonzero(both)
    for place, change in zip(places.tolist(), _both(old[places], new[places]), strict=True):
        found[place] = change
    return found


def _same(old: np.ndarray, new: np.ndarray) -> np.ndarray:
    """Whether the positions are the same, wherever a ring begins and whichever way it turns.

    A file may keep a polygon as a collection of one.
    """
    found: np.ndarray = shapely.equals_identical(old, new)
    rest = ~found
    found[rest] = shapely.equals_exact(_alone(old[rest]), _alone(new[rest]), normalize=True)
    return found


def _alone(shapes: np.ndarray) -> np.ndarray:
    """The one part of each shape that has but one; other shapes as they are."""
    one = _single(shapes)
    parts = shapes.copy()
    parts[one] = shapely.get_geometry(shapes[one], 0)
    return parts


def _both(old: np.ndarray, new: np.ndarray) -> list[ShapeChange]:
    """The change of shapes that are there on both sides and not identical."""
    dimension = shapely.get_dimensions(old)
    points = (dimension == 0) & (shapely.get_dimensions(new) == 0)
    alike = _same_size(old, new) & (dimension == shapely.get_dimensions(new))
    anew = alike & _within(old, new, alike)
    middle_old, middle_new = _middles(old), _middles(new)
    shift = middle_new - middle_old
    moved = alike & ~anew & (np.hypot(*shift.T) > DRAWN_ANEW_M)
    moved &= _within(_shifted(old, shift, moved), new, moved)
    moved |= points & ~anew & _single(old) & _single(new)
    reshaped = np.flatnonzero(~anew & ~moved)
    detail = iter(_reshaped(old[reshaped], new[reshaped], middle_old[reshaped]))
    return [
        ShapeChange("redigitised")
        if anew[place]
        else _move(shift[place])
        if moved[place]
        else next(detail)
        for place in range(len(old))
    ]


def _move(shift: np.ndarray) -> ShapeChange:
    return ShapeChange("moved", distance_m=math.hypot(*shift), bearing_deg=bearing(*shift))


def bearing(east: float, north: float) -> float:
    """Degrees clockwise from grid north, 0 to 360."""
    return math.degrees(math.atan2(east, north)) % 360


def _single(shapes: np.ndarray) -> np.ndarray:
    one: np.ndarray = shapely.get_num_geometries(shapes) == 1
    return one


def _same_size(old: np.ndarray, new: np.ndarray) -> np.ndarray:
    """Whether area and length differ by no more than the share that drawing anew may change.

    The outline of a polygon may be drawn with any number of corners: its length says nothing.
    """
    near = np.ones(len(old), dtype=bool)
    for measure, dimension in ((shapely.length, 1), (shapely.area, 2)):
        those = shapely.get_dimensions(old) == dimension
        one, other = measure(old[those]), measure(new[those])
        near[those] = np.abs(other - one) <= DRAWN_ANEW_SHARE * np.maximum(one, other)
    return near


def _within(old: np.ndarray, new: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Whether the outlines lie within the tolerance of each other, of the wanted pairs.

    The costly distance is measured only where the boxes around both agree so far.
    """
    found = wanted.copy()
    boxes = np.abs(shapely.bounds(old[found]) - shapely.bounds(new[found]))
    found[found] = (boxes <= DRAWN_ANEW_M).all(axis=1)
    quick = found.copy()
    quick[found] = shapely.equals_exact(old[found], new[found], tolerance=DRAWN_ANEW_M / 2)
    slow = found & ~quick
    found[slow] = shapely.hausdorff_distance(old[slow], new[slow]) <= DRAWN_ANEW_M
    return found


def _middles(shapes: np.ndarray) -> np.ndarray:
    """The middle of each shape; NaN for an empty one."""
    middle, found = shapely.centroid(shapes), np.full((len(shapes), 2), np.nan)
    there = ~shapely.is_empty(middle)
    found[there] = shapely.get_coordinates(middle[there])
    return found


def _shifted(shapes: np.ndarray, shift: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """The wanted shapes brought to where the newer ones are; the others as they stand."""
    moved = shapes.copy()
    positions, owner = shapely.get_coordinates(shapes[wanted], return_index=True)
    moved[wanted] = shapely.set_coordinates(moved[wanted], positions + shift[wanted][owner])
    return moved


def _reshaped(old: np.ndarray, new: np.ndarray, middle: np.ndarray) -> list[ShapeChange]:
    """What was gained and lost, and on which side."""
    offset = shapely.hausdorff_distance(old, new)
    dimension = shapely.get_dimensions(old)
    areas = (dimension == 2) & (shapely.get_dimensions(new) == 2)
    areas &= shapely.is_valid(old) & shapely.is_valid(new)
    lines = (dimension == 1) & (shapely.get_dimensions(new) == 1)
    found = [ShapeChange("reshaped", offset_m=float(one)) for one in offset]
    size = np.hypot(*(shapely.bounds(old)[:, 2:] - shapely.bounds(old)[:, :2]).T)
    for those, measure, beside, unit in (
        (areas, shapely.area, 0.0, "m2"),
        (lines, shapely.length, DRAWN_ANEW_M, "m"),
    ):
        places = np.flatnonzero(those)
        one, other = old[places], new[places]
        gained = _only(other, one, beside, measure, middle[places], size[places])
        lost = _only(one, other, beside, measure, middle[places], size[places])
        for number, place in enumerate(places.tolist()):
            words = {
                f"gained_{unit}": float(gained.size[number]),
                f"lost_{unit}": float(lost.size[number]),
                "gained_to": _known(gained.bearing[number]),
                "lost_from": _known(lost.bearing[number]),
            }
            found[place] = ShapeChange("reshaped", offset_m=float(offset[place]), **words)
    return found


def _only(
    shapes: np.ndarray,
    others: np.ndarray,
    beside: float,
    measure: Callable[[np.ndarray], np.ndarray],
    middle: np.ndarray,
    size: np.ndarray,
) -> _Parts:
    """What of each shape the other does not cover, and its direction from a middle."""
    cover = shapely.buffer(others, beside, quad_segs=_SEGMENTS) if beside else others
    rest = shapely.difference(shapes, cover)
    away = _middles(rest) - middle
    towards = np.degrees(np.arctan2(away[:, 0], away[:, 1])) % 360
    near = np.hypot(*away.T) < _ALL_AROUND * size
    return _Parts(measure(rest), np.where(near, np.nan, towards))


def _known(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
