"""The provenance of an export, gathered from a plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from geo.types import Text
from layers.export.content import Origin, Provenance
from layers.plan import Plan, software

SCHEMATIC = Text(zh="示意", en="schematic")
UNLOCATED = Text(zh="未定位", en="not located")
MARKS = (
    Text(
        zh="示意：图形精度低于“近似”，只表示大概位置，不可据以量算",
        en="schematic: the shape is below “approximate”; it shows roughly where, not how large",
    ),
    Text(
        zh="未定位：没有图形，仍列入名单和数量",
        en="not located: no shape, but in every list and count",
    ),
)
DATUM = Text(
    zh="CGCS2000 与 WGS 84 相差在分米以内，经纬度按 WGS 84 写出",
    en="CGCS2000 and WGS 84 agree within decimetres; degrees are written as WGS 84",
)


def origin(plan: Plan, layer_id: str) -> Origin:
    """Where the rows of one layer come from; NotFound when it was never published."""
    spec, version = plan.catalog.layer(layer_id), plan.version(layer_id)
    publication = plan.publication(layer_id)
    return Origin(
        layer=layer_id,
        title=spec.title,
        version=version.id,
        file=version.file,
        sha256=version.sha256,
        features=version.features,
        located=version.located,
        published_at=publication.at,
        by=publication.by,
        licence=spec.licence,
        source=spec.source,
        software=version.software,
    )


def provenance(
    plan: Plan,
    title: Text,
    layer_ids: Iterable[str],
    *,
    crs: str,
    methods: Iterable[Text],
    marks: Iterable[Text] = MARKS,
    asked: Mapping[str, Any],
) -> Provenance:
    """Everything that has to stand beside an export; see :class:`Provenance`."""
    zone = plan.catalog.zone
    return Provenance(
        title=title,
        zone=zone.title,
        plan=zone.plan,
        source=zone.source,
        crs=crs,
        methods=tuple(methods),
        marks=tuple(marks),
        software=software(),
        state=plan.state,
        origins=tuple(origin(plan, layer) for layer in layer_ids),
        asked=asked,
    )
