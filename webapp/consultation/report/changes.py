"""What changed in the plan because of opinions: a version against the one before, measured."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from geo.crs import to_metric
from geo.errors import NotFound
from geo.types import Text
from layers.diff import CLASS_FIELD, Difference, difference
from layers.drawing import Drawing, Item, Words, shifted
from layers.reporting.content import Picture
from webapp.consultation.report import words
from webapp.consultation.tables import Decision

if TYPE_CHECKING:
    import geopandas as gpd

    from layers.plan import Plan
    from layers.sheet.picture import Picture as Map

Extent = tuple[float, float, float, float]
WIDTH_MM, HEIGHT_MM, _TITLE_MM, _TITLE_PT = 174.0, 92.0, 7.0, 8.5
_LEAST_M, _RIM = 400.0, 1.35


@dataclass(frozen=True, eq=False)
class PlanChange:
    """A version of a layer that was published because of opinions.

    Attributes
    ----------
    layer, title
        The layer and what it is called.
    before, version
        The version before it (None: it was the first) and the version itself.
    published_at
        When it was first published, ISO 8601 in UTC.
    found
        What differs; None where the store has the versions no more.
    """

    layer: str
    title: Text
    before: str | None
    version: str
    published_at: str
    found: Difference | None


def plan_changes(plan: Plan, decisions: Iterable[Decision]) -> tuple[PlanChange, ...]:
    """The changes that decisions name, each once."""
    named = dict.fromkeys(
        (one.layer, one.version) for one in decisions if one.layer and one.version
    )
    return tuple(_change(plan, str(layer), str(version)) for layer, version in named)


def _change(plan: Plan, layer: str, version: str) -> PlanChange:
    entries = plan.store.publications(layer)[::-1]
    named = [one.version for one in entries]
    try:
        spec = plan.catalog.layer(layer)
        place = named.index(version)
        before = named[place - 1] if place else None
        after = plan.store.frame(layer, version)
        older = after.iloc[:0] if before is None else plan.store.frame(layer, before)
    except (NotFound, ValueError):
        return PlanChange(layer, Text(zh=layer, en=layer), None, version, "", None)
    by = plan.catalog.style(spec).by or CLASS_FIELD
    found = difference(older, after, spec, plan.catalog.zone.metric_crs, class_field=by)
    return PlanChange(layer, spec.title, before, version, entries[place].at, found)


def picture_of(plan: Plan, change: PlanChange, lang: str) -> Picture | None:
    """The map before and after in one figure: the same ground at the same scale."""
    extent = _extent(plan, change)
    if extent is None:
        return None
    when = [(words.AFTER_MAP, change.version)]
    when += [(words.BEFORE_MAP, change.before)] if change.before else []
    items: list[Item] = []
    scale = 0
    for place, (title, version) in enumerate(when):
        found = _map(plan, change.layer, version, extent, lang)
        up = place * (HEIGHT_MM + _TITLE_MM)
        items += [shifted(item, 0, up) for item in found.drawing.items]
        told = title.in_(lang).format(version=version)
        items.append(Words(0, up + HEIGHT_MM + 1.5, told, _TITLE_PT, True))
        scale = found.scale
    drawing = Drawing(WIDTH_MM, len(when) * (HEIGHT_MM + _TITLE_MM), tuple(items))
    caption = words.MAP.in_(lang).format(layer=change.title.in_(lang), scale=f"{scale:,}")
    return Picture(drawing, caption)


def _map(plan: Plan, layer: str, version: str, extent: Extent, lang: str) -> Map:
    """A layer in a version on the layers that are no projects."""
    from layers.sheet import SheetRequest, picture

    context = (one.id for one in plan.layers if not one.is_projects)
    request = SheetRequest(lang=lang, layers=tuple(dict.fromkeys((layer, *context))))
    return picture(plan.at({layer: version}), request, extent, WIDTH_MM, HEIGHT_MM)


def _extent(plan: Plan, change: PlanChange) -> Extent | None:
    """What the changed features span in both versions, with a rim; None without a shape."""
    if change.found is None:
        return None
    changes = change.found.changes
    boxes = [
        *_boxes(
            plan, change.layer, change.version, [one.after.row for one in changes if one.after]
        ),
        *_boxes(
            plan, change.layer, change.before, [one.before.row for one in changes if one.before]
        ),
    ]
    if not boxes:
        return None
    west, south, east, north = (
        pick(edges)
        for pick, edges in zip((min, min, max, max), zip(*boxes, strict=True), strict=True)
    )
    wide, tall = (max(_LEAST_M, _RIM * span) for span in (east - west, north - south))
    x, y = (west + east) / 2, (south + north) / 2
    return x - wide / 2, y - tall / 2, x + wide / 2, y + tall / 2


def _boxes(plan: Plan, layer: str, version: str | None, rows: list[int]) -> list[Extent]:
    if version is None or not rows:
        return []
    frame: gpd.GeoDataFrame = plan.store.frame(layer, version).iloc[rows]
    shapes = to_metric(frame, plan.catalog.zone.metric_crs).geometry
    known = shapes[shapes.notna().to_numpy()]
    return [shape.bounds for shape in known if not shape.is_empty]
