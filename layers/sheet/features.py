"""What a sheet draws: features of the chosen layers on the ground shown, with their symbols."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
from shapely import make_valid
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from geo.crs import to_metric
from geo.types import Text
from layers.projects import Project
from layers.spec import LayerSpec
from layers.style import DEFAULT, Symbol

if TYPE_CHECKING:
    from layers.plan import Plan


@dataclass(frozen=True)
class Feature:
    """One feature as it is drawn.

    Attributes
    ----------
    value
        The value of the field that chooses the symbol; None when the style has one symbol or the
        value is not known (未分类, see ``known``).
    geometry
        In the metric CRS, cut to the ground that is shown.
    badge
        The one-character mark of a field, with its value.
    """

    id: str
    layer: LayerSpec
    name: Text
    value: str | None
    known: bool
    symbol: Symbol
    schematic: bool
    geometry: BaseGeometry
    badge: tuple[str, Text] | None


@dataclass(frozen=True)
class Drawn:
    """The features of a sheet, the lowest first, and the ids of what is not on it."""

    features: tuple[Feature, ...]
    unlocated: tuple[str, ...]
    outside: tuple[str, ...]


def gather(
    plan: Plan,
    layers: tuple[LayerSpec, ...],
    admits: Callable[[Project], bool],
    ground: Polygon,
) -> Drawn:
    """Collect what lies on the ground; layers are named the topmost first, as in the catalog."""
    found: list[Feature] = []
    unlocated: list[str] = []
    outside: list[str] = []
    for layer in reversed(layers):
        for row, shape in _rows(plan, layer, admits):
            if shape is None or shape.is_empty:
                unlocated.append(str(row["id"]))
                continue
            cut = _cut(shape, ground)
            if cut.is_empty:
                outside.append(str(row["id"]))
            else:
                found.append(_feature(plan, layer, row, cut))
    return Drawn(tuple(found), tuple(sorted(unlocated)), tuple(sorted(outside)))


def _rows(
    plan: Plan, layer: LayerSpec, admits: Callable[[Project], bool]
) -> Iterator[tuple[Mapping[str, Any], BaseGeometry | None]]:
    """The rows of a layer that pass, each with its geometry in the metric CRS."""
    frame = plan.store.frame(layer.id, plan.publication(layer.id).version)
    shapes = to_metric(frame, plan.catalog.zone.metric_crs).geometry
    rows = _plain(frame)
    for row, shape in zip(rows, shapes, strict=True):
        thing = Project(str(row["id"]), layer.id, row, {})
        if not layer.is_projects or admits(thing):
            yield row, shape


def _plain(frame: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    """The attributes of every row; what is not given is None."""
    table = frame.drop(columns=frame.geometry.name).astype(object)
    table = table.where(table.notna(), None)
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]


def _cut(shape: BaseGeometry, ground: Polygon) -> BaseGeometry:
    """The part of a shape that is shown; a shape that lies inside keeps its very vertices."""
    if ground.covers(shape):
        return shape
    return (shape if shape.is_valid else make_valid(shape)).intersection(ground)


def _feature(plan: Plan, layer: LayerSpec, row: Mapping[str, Any], shape: BaseGeometry) -> Feature:
    style = plan.catalog.style(layer)
    value = None if style.by is None else row.get(style.by)
    symbol = style.symbols.get(DEFAULT if style.by is None else str(value))
    thing = Project(str(row["id"]), layer.id, row, {})
    mark = row.get(style.badge_by) if style.badge_by else None
    return Feature(
        id=thing.id,
        layer=layer,
        name=thing.name,
        value=None if value is None else str(value),
        known=symbol is not None,
        symbol=symbol or plan.catalog.palette.unclassified,
        schematic=thing.schematic,
        geometry=shape,
        badge=(str(mark), style.badges[str(mark)]) if mark in style.badges else None,
    )
