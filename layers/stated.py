"""When a stated area and a drawn one may be compared, and when they differ too much.

Land area and floor area are different kinds: the floor of a factory says nothing of its site.
"""

from __future__ import annotations

import shapely

from geo.types import Text

#: A difference beyond this share of the stated figure is flagged.
TOLERANCE = 0.05

FLOOR_AND_LAND = Text(zh="口径不同，不可比", en="Different kinds of area: cannot be compared")
NUMBER_AND_LAND = Text(zh="数量与图形不可比", en="A number is not comparable with a shape")
NO_POLYGON = Text(zh="没有面状图形", en="There is no polygon to compare with")


def why_not_comparable(kind: str, shape: shapely.Geometry | None) -> Text | None:
    """Why a stated figure of a kind cannot be compared with a shape; None where it can."""
    if kind == "floor":
        return FLOOR_AND_LAND
    if kind != "land":
        return NUMBER_AND_LAND
    if shape is None or shapely.get_dimensions(shape) != 2:
        return NO_POLYGON
    return None


def share_apart(stated_m2: float, drawn_m2: float) -> float | None:
    """The difference, drawn less stated, as a share of the stated figure; None where that is 0."""
    return (drawn_m2 - stated_m2) / stated_m2 if stated_m2 else None


def is_flagged(share: float | None) -> bool:
    """Whether a difference is beyond :data:`TOLERANCE`."""
    return share is None or abs(share) > TOLERANCE
