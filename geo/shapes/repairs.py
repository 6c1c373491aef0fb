"""Shapes before and after a repair, for a picture and for the change of area."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyproj
from shapely.geometry.base import BaseGeometry

from geo.crs import to_metric
from geo.shapes.finding import names_of

if TYPE_CHECKING:
    import geopandas as gpd


@dataclass(frozen=True, slots=True)
class Repair:
    """One shape that was made valid.

    Attributes
    ----------
    row, feature
        Number of the row, from 1, and its id where it has one.
    before_m2, after_m2
        Area in square metres; before, the signed sum along the boundary.
    before, after
        Both shapes in the CRS of the frame.
    """

    row: int
    feature: str | None
    before_m2: float
    after_m2: float
    before: BaseGeometry
    after: BaseGeometry


@np.errstate(invalid="ignore")
def repairs(
    before: gpd.GeoDataFrame,
    after: gpd.GeoDataFrame,
    rows: Sequence[int],
    metric_crs: str | pyproj.CRS,
) -> tuple[Repair, ...]:
    """Show what :func:`geo.shapes.mend_invalid` did to some rows; CRS and errors as there."""
    one, two = before.loc[list(rows)], after.loc[list(rows)]
    areas = [to_metric(frame.geometry, metric_crs).area.tolist() for frame in (one, two)]
    shapes = [frame.geometry.values.tolist() for frame in (one, two)]
    return tuple(
        Repair(int(row), *rest)
        for row, *rest in zip(rows, names_of(two), *areas, *shapes, strict=True)
    )
