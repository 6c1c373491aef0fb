"""Two versions of a layer that an address names, and what differs between them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import geopandas as gpd
import numpy as np

from geo import files
from geo.crs import WGS84
from geo.errors import NotFound
from layers import nouns
from layers.diff import CLASS_FIELD, CLASSES, Change, Difference, difference, sentence
from layers.plan import Plan
from layers.query import Criteria
from layers.spec import LayerSpec
from layers.statistics import Question, Row, table
from layers.versions import Publication, Version
from webapp.answers import keep, keep_heavy

#: Parameters of a comparison, for pages and programs.
PAIR_NAMES = ("from", "to")
COMPARE_NAMES = (*PAIR_NAMES, "only")
#: How the two versions stand on the page.
MODES = ("changes", "swipe", "side")


@dataclass(frozen=True)
class Entry:
    """A publication of a layer with its version, and the publication that it followed."""

    publication: Publication
    version: Version
    before: Publication | None

    @property
    def worst(self) -> Mapping[str, int]:
        """How many problems of each severity its report told."""
        found = dict.fromkeys(("error", "warning", "note"), 0)
        for problem in self.version.problems["zh"]:
            found[problem["severity"]] += 1
        return found


@dataclass(frozen=True)
class Pair:
    """An older and a newer version of one layer, each with its last publication."""

    plan: Plan
    spec: LayerSpec
    before: Publication
    after: Publication

    @property
    def alone(self) -> bool:
        """Whether both are the same version: there is nothing to compare."""
        return self.before.version == self.after.version

    def query(self) -> dict[str, str]:
        """The two versions as parameters: an address that stays true."""
        return {"from": self.before.version, "to": self.after.version}


def history(plan: Plan, layer_id: str) -> tuple[Entry, ...]:
    """Every publication of a layer, the newest first."""
    plan.publication(layer_id)
    entries = plan.store.publications(layer_id)
    return tuple(
        Entry(entry, plan.store.version(layer_id, entry.version), _preceding(entries, place))
        for place, entry in enumerate(entries)
    )


def versions_of(entries: Sequence[Publication]) -> tuple[Publication, ...]:
    """Each version once, by its last publication, the newest first."""
    latest: dict[str, Publication] = {}
    for entry in entries:
        latest.setdefault(entry.version, entry)
    return tuple(latest.values())


def _preceding(entries: Sequence[Publication], place: int) -> Publication | None:
    """The publication that another one took the place of."""
    version = entries[place].version
    return next((entry for entry in entries[place + 1 :] if entry.version != version), None)


def pair(plan: Plan, layer_id: str, older: str = "", newer: str = "") -> Pair:
    """The two versions that are named; without names the current one and the one before it.

    Raises
    ------
    NotFound
        There is no such layer, or it was never published in a version of that name.
    """
    current = plan.publication(layer_id)
    entries = plan.store.publications(layer_id)
    after = _find(entries, layer_id, newer or current.version)
    if older:
        before = _find(entries, layer_id, older)
    else:
        before = _preceding(entries, entries.index(after)) or after
    return Pair(plan, plan.catalog.layer(layer_id), before, after)


def _find(entries: Sequence[Publication], layer_id: str, version: str) -> Publication:
    for entry in entries:
        if entry.version == version:
            return entry
    raise NotFound(nouns.VERSION, f"{layer_id}/{version}")


def compare(asked: Pair) -> Difference:
    """What differs between the two; made once."""
    catalog, layer = asked.plan.catalog, asked.spec.id
    key = ("diff", catalog.digest, layer, asked.before.version, asked.after.version)

    def make() -> Difference:
        store = asked.plan.store
        before, after = (store.frame(layer, one.version) for one in (asked.before, asked.after))
        by = catalog.style(asked.spec).by or CLASS_FIELD
        return difference(before, after, asked.spec, catalog.zone.metric_crs, class_field=by)

    return keep_heavy(key, make)


def totals(asked: Pair) -> tuple[Row, Row] | None:
    """The whole of both statistics, for what features cannot add up to: the net area.

    None for a layer whose features are no projects, of which there are no statistics.
    """
    if not asked.spec.is_projects:
        return None
    return _total(asked, asked.before.version), _total(asked, asked.after.version)


def _total(asked: Pair, version: str) -> Row:
    plan, layer = asked.plan, asked.spec.id
    if plan.versions[layer] != version:
        older = plan.at({layer: version})
        plan = keep_heavy((older.state, "plan"), lambda: older)
    question = Question(criteria=Criteria(layers=(layer,)), group=())
    return keep((plan.state, "statistics", "table", question), lambda: table(plan, question)).total


def grouped(changes: Iterable[Change]) -> dict[str, list[Change]]:
    """The changes under the class by which each is coloured, in the order of the classes."""
    groups: dict[str, list[Change]] = {name: [] for name in CLASSES}
    for change in changes:
        groups[change.kind].append(change)
    return {name: listed for name, listed in groups.items() if listed}


def to_dict(asked: Pair, found: Difference, changes: Iterable[Change]) -> dict[str, Any]:
    """A difference for programs, in metres and square metres."""
    net = totals(asked)
    return {
        "layer": asked.spec.id,
        "from": _told(asked.before),
        "to": _told(asked.after),
        "metric_crs": found.metric_crs,
        "counts": {**found.counts, "unchanged": found.unchanged},
        "measured": found.measured.to_dict(),
        "drawn": found.drawn.to_dict(),
        "net_m2": net and {"before": net[0].net_m2, "after": net[1].net_m2},
        "changes": [{**one.to_dict(), "sentence": asdict(sentence(one))} for one in changes],
    }


def _told(entry: Publication) -> dict[str, str]:
    """A publication for everybody: who made it stands in the store, not here."""
    return {"version": entry.version, "published_at": entry.at, "reason": entry.reason}


def to_geojson(asked: Pair, changes: Iterable[Change]) -> bytes:
    """The changed features, each side that has a shape as a feature of its own, EPSG:4326."""
    store, layer = asked.plan.store, asked.spec.id
    before, after = (store.frame(layer, one.version) for one in (asked.before, asked.after))
    return drawn(before, after, list(changes), {"layer": layer, **asked.query()})


def drawn(
    before: gpd.GeoDataFrame,
    after: gpd.GeoDataFrame,
    changes: Sequence[Change],
    about: Mapping[str, str],
) -> bytes:
    """The same for any two frames in EPSG:4326; ``about`` says what they are."""
    rows, shapes = [], []
    for name, frame in (("before", before), ("after", after)):
        geometry = np.asarray(frame.geometry.values, dtype=object)
        for change in changes:
            side = getattr(change, name)
            if side is not None and side.dimension is not None:
                rows.append(_properties(change, name, side.id))
                shapes.append(geometry[side.row])
    columns = ("id", "key", "side", "class", "classes", "name", "sentence", "schematic")
    data = {column: [row[column] for row in rows] for column in columns}
    found = gpd.GeoDataFrame(data, geometry=shapes, crs=WGS84)
    return files.to_geojson(found, extra={"huitu": dict(about)})


def _properties(change: Change, side: str, feature_id: str | None) -> dict[str, Any]:
    return {
        "id": feature_id,
        "key": change.key,
        "side": side,
        "class": change.kind,
        "classes": list(change.classes),
        "name": asdict(change.side.name),
        "sentence": asdict(sentence(change)),
        "schematic": change.schematic,
    }
