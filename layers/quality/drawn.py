"""What is drawn, held against itself and against what is stated: shared ground, areas apart."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import geopandas as gpd
import numpy as np
import pyproj
import shapely

from geo import sharing
from geo.crs import require_crs, to_metric
from geo.errors import Problem, ProblemKind, listed
from geo.types import Text
from layers.spec import SCHEMATIC, LayerSpec
from layers.stated import TOLERANCE, is_flagged, share_apart, why_not_comparable
from layers.values import is_missing

OVERLAP = ProblemKind(
    "overlap-within-layer",
    "warning",
    Text(
        zh="与第 {other} 行“{name}”重叠 {area} ㎡（占较小者的 {share}）",
        en="It shares {area} m² with row {other}, “{name}” ({share} of the smaller one)",
    ),
    Text(
        zh="核对边界；本来就可以重叠的图层在 catalog.toml 写 may_overlap = true",
        en="Check the boundaries; a layer that overlaps by its nature has may_overlap = true"
        " in catalog.toml",
    ),
)
STATED = ProblemKind(
    "stated-against-drawn",
    "warning",
    Text(
        zh="载明用地 {stated} ㎡，图上 {drawn} ㎡，相差 {share}，超过 {limit}{sketch}",
        en="{stated} m² of land are stated and {drawn} m² drawn: {share}, more than"
        " {limit} apart{sketch}",
    ),
    Text(zh="核对载明数值或图形边界", en="Check the figure or the boundary"),
)
KINDS = (OVERLAP, STATED)

#: Shared ground below this is how neighbours are digitised, and not told.
LEAST_SHARED_M2 = 1.0

_SKETCH = Text(zh="（图形为示意）", en=" (the shape is schematic)")
_NO_SKETCH = Text(zh="", en="")


@np.errstate(invalid="ignore")
def measure(
    frame: gpd.GeoDataFrame, spec: LayerSpec, metric_crs: str | pyproj.CRS
) -> list[Problem]:
    """Measure every row against the others and against what it states.

    Parameters
    ----------
    frame
        Rows with their numbers as index, in any CRS. Invalid shapes have no area and are passed
        over; :func:`geo.shapes.find` tells them.
    spec
        The layer's entry; one that ``may_overlap`` is not asked about shared ground.
    metric_crs
        Where areas are measured.

    Returns
    -------
    list of Problem
        Warnings, positions in the CRS of the frame.

    Raises
    ------
    CrsError
        The frame has no CRS or the metric one cannot be measured in.
    """
    require_crs(frame)
    return [
        *listed(overlaps(frame, spec, metric_crs)),
        *listed(stated_apart(frame, metric_crs)),
    ]


def overlaps(
    frame: gpd.GeoDataFrame, spec: LayerSpec, metric_crs: str | pyproj.CRS
) -> Iterator[Problem]:
    """Each pair once, all of them, told at the later row, with a place on the shared ground."""
    if spec.may_overlap:
        return
    polygons = frame[shapely.get_dimensions(_shapes(frame)) == 2]
    if len(polygons) < 2:
        return
    shared = sharing.sizeable(polygons, metric_crs, LEAST_SHARED_M2)
    places = shapely.point_on_surface(shared.geometry.to_crs(require_crs(frame)).values)
    smaller_m2 = shared[["left_m2", "right_m2"]].min(axis=1)
    for left, right, area_m2, smaller, place in zip(
        shared["left"], shared["right"], shared["area_m2"], smaller_m2, places, strict=True
    ):
        yield OVERLAP.at(
            row=int(right),
            feature=_text(frame, right, "id"),
            position=(float(place.x), float(place.y)),
            other=int(left),
            name=_name(frame, left),
            area=f"{area_m2:,.0f}",
            share=f"{area_m2 / smaller:.1%}",
        )


def stated_apart(frame: gpd.GeoDataFrame, metric_crs: str | pyproj.CRS) -> Iterator[Problem]:
    """Each row whose drawn area is not what it states, all of them."""
    if not {"stated_value", "stated_kind"} <= set(frame.columns):
        return
    stating = frame[[_is_number(value) for value in frame["stated_value"]]]
    valid = stating[shapely.is_valid(_shapes(stating))]
    metric = _shapes(to_metric(valid, metric_crs)) if len(valid) else np.array([])
    for row, shape in zip(valid.index.tolist(), metric, strict=True):
        if why_not_comparable(str(valid.at[row, "stated_kind"]), shape) is None:
            yield from _apart(valid, row, float(shapely.area(shape)))


def _apart(frame: gpd.GeoDataFrame, row: int, drawn_m2: float) -> Iterator[Problem]:
    stated_m2 = float(frame["stated_value"].loc[row])
    share = share_apart(stated_m2, drawn_m2)
    if is_flagged(share):
        is_sketch = "geometry_quality" in frame and frame.at[row, "geometry_quality"] in SCHEMATIC
        yield STATED.at(
            row=row,
            feature=_text(frame, row, "id"),
            field="stated_value",
            stated=f"{stated_m2:,.0f}",
            drawn=f"{drawn_m2:,.0f}",
            share="—" if share is None else f"{share:+.1%}",
            limit=f"{TOLERANCE:.0%}",
            sketch=_SKETCH if is_sketch else _NO_SKETCH,
        )


def _shapes(frame: gpd.GeoDataFrame) -> np.ndarray:
    return np.asarray(frame.geometry.values, dtype=object)


def _is_number(value: Any) -> bool:
    return not is_missing(value) and isinstance(value, int | float) and not isinstance(value, bool)


def _name(frame: gpd.GeoDataFrame, row: Any) -> Text:
    """The name in both languages; the id stands for one that is not there."""
    zh, en, feature = (_text(frame, row, name) for name in ("name_zh", "name_en", "id"))
    return Text(zh=zh or feature or "—", en=en or feature or zh or "—")


def _text(frame: gpd.GeoDataFrame, row: Any, name: str) -> str | None:
    value = frame.at[row, name] if name in frame else None
    return value if isinstance(value, str) else None
