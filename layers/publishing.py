"""From a file to what readers see, in one step: clean, compare with the other layers, publish."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

import geopandas as gpd

from geo import files, garbage
from geo.errors import InputError, NotFound, Problem, ProblemKind
from geo.types import Text
from layers import quality
from layers.catalog import Catalog
from layers.ingest import NO_ANSWERS, Answers, Read, Told, clean, nobody
from layers.report import Report
from layers.spec import LayerSpec
from layers.store import Store
from layers.versions import Version, version_id

ID_ELSEWHERE = ProblemKind(
    "id-in-other-layer",
    "error",
    Text(
        zh="项目编号 {value} 已在图层“{layer}”中使用",
        en="The project id {value} is used in the layer “{layer}” already",
    ),
    Text(zh="项目编号在全部图层中必须唯一", en="A project id must be unique over all layers"),
)


@dataclass(frozen=True)
class Source:
    """A file to publish, with a person's answers to what it does not say itself."""

    path: Path
    answers: Answers = NO_ANSWERS

    @property
    def options(self) -> dict[str, object]:
        """The answers; they are part of a version's name."""
        return self.answers.options


@dataclass(frozen=True)
class Outcome:
    """What became of a file: its report, and the version when nothing held it."""

    report: Report
    version: Version | None


def own_source(catalog: Catalog, spec: LayerSpec) -> Source:
    """The file that the catalog names for a layer, in the CRS that the catalog gives for it."""
    return Source(catalog.folder / spec.file, Answers(crs=spec.crs))


def check(
    catalog: Catalog,
    store: Store,
    spec: LayerSpec,
    source: Source,
    *,
    read: Read = files.read,
    told: Told = nobody,
) -> Report:
    """The report that publishing would give; nothing is published."""
    return prepare(catalog, store, spec, source, read=read, told=told)[1]


@garbage.kept()
def publish(
    catalog: Catalog,
    store: Store,
    spec: LayerSpec,
    source: Source,
    *,
    by: str,
    reason: str,
    read: Read = files.read,
    told: Told = nobody,
) -> Outcome:
    """Publish a file as the current version of a layer, or say everything that holds it.

    ``told`` is called as each of :data:`layers.ingest.STAGES` begins, for a progress bar; ``read``
    reads the file, as in :func:`layers.ingest.clean`.
    """
    frame, report = prepare(catalog, store, spec, source, read=read, told=told)
    if frame is None:
        return Outcome(report, None)
    garbage.give_back()
    told("write")
    version = store.publish(
        spec,
        frame,
        report,
        by=by,
        reason=reason,
        options=source.options,
        own=source.path.resolve() == own_source(catalog, spec).path.resolve(),
        told=told,
    )
    return Outcome(report, version)


def republish(
    catalog: Catalog, store: Store, spec: LayerSpec, version: str, *, by: str, reason: str
) -> Version:
    """Publish an older version of a layer again, if it still fits the other layers and the entry.

    Raises
    ------
    NotFound
        The layer was never published in that version.
    InputError
        The catalog or the other layers have changed so that its rows may not be published any more;
        with every problem.
    """
    frame = store.frame(spec.id, version)
    frame.index = frame.index + 1
    problems = [*quality.check(frame, spec)]
    if spec.is_projects:
        problems += _taken(frame, catalog, store, spec)
    if held := [problem for problem in problems if problem.kind.severity == "error"]:
        raise InputError(held)
    return store.republish(spec.id, version, by=by, reason=reason)


def is_settled(store: Store, spec: LayerSpec, source: Source) -> bool:
    """Whether nothing has to be published of a layer's own file by itself.

    It is what readers see; or it was, and since then somebody published something else on purpose:
    an import, a draft, an older version.
    """
    named = version_id(spec, _digest(source.path), source.options)
    publications = store.publications(spec.id)
    if not publications or publications[0].version == named:
        return bool(publications)
    return not publications[0].own and named in {entry.version for entry in publications}


def is_current(store: Store, spec: LayerSpec, source: Source) -> bool:
    """Whether the layer's current version was made of just these bytes, entry and answers."""
    try:
        current = store.current(spec.id)
    except NotFound:
        return False
    return version_id(spec, _digest(source.path), source.options) == current.id


def _digest(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


@garbage.kept()
def prepare(
    catalog: Catalog,
    store: Store,
    spec: LayerSpec,
    source: Source,
    *,
    read: Read = files.read,
    told: Told = nobody,
) -> tuple[gpd.GeoDataFrame | None, Report]:
    """The rows that publishing would keep, None where something holds it, and the report.

    Nothing is published: what a person looks at before publishing, such as the difference from the
    current version, is made of these rows.
    """
    frame, report = clean(
        source.path,
        spec,
        catalog.zone,
        answers=source.answers,
        read=read,
        told=told,
    )
    told("compare")
    if frame is None or not spec.is_projects:
        return frame, report
    taken = _taken(frame, catalog, store, spec)
    if not taken:
        return frame, report
    return None, replace(report, rows_out=0, problems=(*report.problems, *taken))


def _taken(
    frame: gpd.GeoDataFrame, catalog: Catalog, store: Store, spec: LayerSpec
) -> list[Problem]:
    """Ids that stand in another project layer already."""
    found = []
    for other in catalog.project_layers:
        if other.id == spec.id or not store.publications(other.id):
            continue
        ids = set(store.frame(other.id, store.current(other.id).id)["id"])
        found += [
            ID_ELSEWHERE.at(row=row, feature=value, field="id", value=value, layer=other.title)
            for row, value in zip(frame.index.tolist(), frame["id"].tolist(), strict=True)
            if value in ids
        ]
    return found
