"""A draft of the desk as a notice announces it: nothing is published, everybody may look."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd

from geo import files
from geo.errors import NotFound
from geo.types import Text
from layers.diff import CLASS_FIELD, Difference, difference
from layers.spec import LayerSpec
from webapp.answers import GEOJSON, Body, keep_heavy
from webapp.consultation.announced import Announced
from webapp.database import database
from webapp.desk import drafts
from webapp.desk.drafts.features import base_features, merged, to_frame
from webapp.differences import drawn
from webapp.plans import current_plan

DRAFT = Text(zh="草案", en="draft")


@dataclass(frozen=True)
class Side:
    """One of the two states that stand on the map."""

    at: str
    version: str


@dataclass(frozen=True)
class Planned:
    """A layer as it is in the version that the draft began on, and as it would be.

    Attributes
    ----------
    old, new
        The rows of both, EPSG:4326.
    """

    spec: LayerSpec
    before: Side
    after: Side
    old: gpd.GeoDataFrame
    new: gpd.GeoDataFrame
    found: Difference

    def changes(self) -> Body:
        """The changed features, both sides of each."""
        about = {"layer": self.spec.id, "from": self.before.version}
        return Body.of(drawn(self.old, self.new, self.found.changes, about), GEOJSON)

    def features(self) -> Body:
        """The layer as it would be."""
        return Body.of(files.to_geojson(self.new, extra={}), GEOJSON)


def planned(one: Announced) -> Planned | None:
    """The draft that a notice announces, up to its last edit at publication; None for none."""
    notice = one.notice
    if not notice.draft or notice.draft_edit is None:
        return None
    with database().reading() as session:
        draft = session.get(drafts.Draft, notice.draft)
        edits = drafts.edits(session, notice.draft)
    if draft is None:
        return None
    last = notice.draft_edit
    kept = [edit for edit in edits if edit.number <= last]
    key = ("consultation-draft", draft.id, draft.base, last, current_plan().catalog.digest)
    return keep_heavy(key, lambda: _made(draft, kept, one))


def required(one: Announced) -> Planned:
    """The same; :class:`NotFound` where there is none."""
    found = planned(one)
    if found is None:
        raise NotFound(DRAFT, one.id)
    return found


def _made(draft: drafts.Draft, edits: list[drafts.Edit], one: Announced) -> Planned:
    plan = current_plan()
    catalog, spec = plan.catalog, plan.catalog.layer(draft.layer)
    old = plan.store.frame(draft.layer, draft.base)
    new = to_frame(merged(base_features(old), edits), old)
    by = catalog.style(spec).by or CLASS_FIELD
    began = next(
        entry for entry in plan.store.publications(draft.layer) if entry.version == draft.base
    )
    announced_at = (one.notice.published_at or one.opens_at).isoformat()
    return Planned(
        spec,
        Side(began.at, draft.base),
        Side(announced_at, DRAFT.zh),
        old,
        new,
        difference(old, new, spec, catalog.zone.metric_crs, class_field=by),
    )
