"""The maps of a report: one of everything, and one for each layer of projects."""

from __future__ import annotations

from collections.abc import Iterator

from geo.types import listing
from layers.plan import Plan
from layers.reporting import words
from layers.reporting.content import Block, Paragraph, Picture
from layers.sheet import SheetRequest, chosen, extent_of, picture

#: Width and height of a map: across a lying page, and in the column of text, in millimetres.
WIDE_MM, COLUMN_MM = (261.0, 138.0), (174.0, 104.0)
_LEAST_M = 1_500.0
Extent = tuple[float, float, float, float]


def maps(plan: Plan, ids: tuple[str, ...], lang: str) -> Iterator[Block]:
    """The maps of some projects."""
    crs = plan.catalog.zone.metric_crs
    request = SheetRequest(lang=lang, projects=ids)
    extent = extent_of(plan.catalog.zone.view, crs)
    overview = picture(plan, request, extent, *WIDE_MM, legend_mm=62)
    caption = words.OVERVIEW.in_(lang).format(scale=f"{overview.scale:,}")
    yield Picture(overview.drawing, caption, wide=True)
    yield Paragraph(words.MAP_NOTE.in_(lang).format(crs=crs))
    context = tuple(layer.id for layer in chosen(plan, request) if not layer.is_projects)
    for layer_id in plan.project_layer_ids:
        own = tuple(one for one in ids if plan.project(one).layer == layer_id)
        if own:
            yield from _layer_map(plan, lang, (layer_id, *context), own)


def _layer_map(
    plan: Plan, lang: str, layers: tuple[str, ...], ids: tuple[str, ...]
) -> Iterator[Block]:
    """The map of the first of the layers on the others; what has no position is told below."""
    projects = [plan.project(one) for one in ids]
    extent = _extent(plan, [one.id for one in projects if one.located])
    title = plan.catalog.layer(layers[0]).title.in_(lang)
    if extent is not None:
        request = SheetRequest(lang=lang, layers=layers, projects=ids)
        found = picture(plan, request, extent, *COLUMN_MM)
        caption = words.LAYER_MAP.in_(lang).format(layer=title, scale=f"{found.scale:,}")
        yield Picture(found.drawing, caption)
    missing = [f"{one.id} {one.name.in_(lang)}" for one in projects if not one.located]
    if missing:
        names = listing(missing).in_(lang)
        yield Paragraph(f"{title}　{words.UNMAPPED.in_(lang).format(ids=names)}", bullet=True)


def _extent(plan: Plan, ids: list[str]) -> Extent | None:
    """What some projects span in the metric CRS, at least a kilometre and a half."""
    located = plan.surroundings.metric
    wanted = located[located.index.isin(ids)]
    if wanted.empty:
        return None
    west, south, east, north = (float(edge) for edge in wanted.total_bounds)
    wide, tall = max(east - west, _LEAST_M), max(north - south, _LEAST_M)
    x, y = (west + east) / 2, (south + north) / 2
    return x - wide / 2, y - tall / 2, x + wide / 2, y + tall / 2
