"""What is found in a file: a first look, where it may lie, its problems, its difference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo import placement
from geo.errors import InputError, NotFound, Problem, ProblemKind, unranged
from geo.files import Look, confined
from geo.placement import Hypothesis
from geo.types import Text
from layers.catalog import Catalog
from layers.control import known_places
from layers.diff import CLASS_FIELD, Difference, difference, sentence
from layers.ingest import Told
from layers.mapping import propose
from layers.plan import Plan
from layers.publishing import Source, is_current, prepare, publish
from layers.report import Report
from layers.spec import LayerSpec
from webapp import journal
from webapp.database import Busy, Database, Full
from webapp.desk import imports
from webapp.desk.folder import Folder
from webapp.desk.tables import Import
from webapp.settings import Settings
from webapp.translating import LANGS

#: So many positions of each reading are drawn.
_DRAWN = 600
#: So many changes are told one by one.
_TOLD = 300
_DEGREES, _METRES = "EPSG:4326", ("EPSG:4549", "EPSG:4528", "EPSG:3857")

CHANGED = ProblemKind(
    "import-overtaken",
    "error",
    Text(
        zh="准备期间有人发布了这个图层的新版本 {version}，没有发布",
        en="Somebody has published version {version} of this layer meanwhile; not published",
    ),
    Text(
        zh="差异已按新的当前版本重新比较，看过后再发布；已作的回答都在",
        en="The difference was made anew; look at it and publish then. No answer is lost",
    ),
)
HELD = ProblemKind(
    "import-held",
    "error",
    Text(zh="还有 {count} 个错误，没有发布", en="{count} errors hold it; not published"),
    Text(zh="在“问题”一步处理", en="See the step “Problems”"),
)
UNTOLD = ProblemKind(
    "import-untold",
    "error",
    Text(
        zh="版本 {version} 已经发布，但数据库没有写下来（磁盘已满，或暂时无法应答）",
        en="Version {version} is published, but the database did not take it down (the disk is full"
        " or it does not answer)",
    ),
    Text(
        zh="请网站管理员处理后再点一次“发布”：只补记，不会再发布一次",
        en="Once the administrator has seen to it, press “Publish” again: it is only written down",
    ),
)
KINDS = (CHANGED, HELD, UNTOLD)


class Work:
    """The work on one import; every finding goes into its folder."""

    def __init__(self, settings: Settings, database: Database, folder: Folder, one: Import) -> None:
        self._plan = Plan.open(settings.data, settings.tile_features)
        self._database = database
        self._folder = folder
        self._one = one
        self._spec: LayerSpec = self._catalog.layer(one.layer)

    @property
    def _catalog(self) -> Catalog:
        return self._plan.catalog

    # ------------------------------------------------------------ look

    def look(self, told: Told) -> None:
        """Look at the file: what it holds, how its names read, where its numbers may lie."""
        told("read")
        answers = self._one.told
        seen = confined.look(self._folder.original, encoding=answers.encoding, layer=answers.layer)
        self._folder.keep("look", _look(seen))
        if seen.problems:
            self._refuse(seen.problems)
            return
        told("check")
        source = imports.source_of(seen.driver, [one.name for one in seen.fields])
        with self._database.reading() as session:
            known = imports.remembered(session, self._spec.id, source)
        mapping = propose(seen.fields, self._spec, known)
        because = {name: asdict(why) for name, why in mapping.because.items()}
        self._folder.keep("mapping", {**mapping.to_dict(), "because": because})
        told("compare")
        frame = self._raw(seen)
        weighing = placement.weigh(
            seen.positions,
            self._catalog.zone.bounds,
            None,
            known_places(self._plan, self._spec, frame, mapping),
            seen.crs,
        )
        self._folder.keep(
            "weighing",
            {
                "hypotheses": [_hypothesis(one, seen.positions) for one in weighing.hypotheses],
                "decided": weighing.decided,
                "verdict": asdict(weighing.verdict),
                "caution": weighing.caution and asdict(weighing.caution),
            },
        )
        with self._database.writing() as session:
            one = imports.open_one(session, self._one.id)
            one.source = source
            imports.move(one, "answering")

    def _refuse(self, problems: Sequence[Problem]) -> None:
        with self._database.writing() as session:
            imports.refuse(session, self._one.id, problems[0].message())

    def _raw(self, seen: Look) -> gpd.GeoDataFrame | None:
        """The rows with their numbers as they stand, read under any CRS that lets them pass."""
        answers = self._one.told
        tried = [seen.crs, _DEGREES, *_METRES]
        for crs in dict.fromkeys(one for one in tried if one):
            reading = confined.read(
                self._folder.original,
                crs=crs,
                encoding=answers.encoding or seen.encoding,
                layer=answers.layer or seen.layer,
                columns=answers.columns or seen.columns or None,
            )
            if reading.frame is not None and len(reading.frame):
                return reading.frame
        return None

    # ------------------------------------------------------------ prepare

    def prepare(self, told: Told) -> None:
        """Clean the rows as answered, and compare them with the current version."""
        frame, report = self._cleaned(told)
        told("write")
        base = self._base()
        self._folder.keep("report", {"answers": self._one.options, **_report(report)})
        found = None if frame is None else self._difference(frame, base)
        self._folder.keep(
            "difference",
            {"answers": self._one.options, "base": base, "found": found and _difference(found)},
        )
        with self._database.writing() as session:
            one = imports.open_one(session, self._one.id)
            if one.options == self._one.options:
                imports.move(one, "answering" if frame is None else "ready")

    def _cleaned(self, told: Told) -> tuple[gpd.GeoDataFrame | None, Report]:
        return prepare(
            self._catalog, self._plan.store, self._spec, self._source, read=confined.read, told=told
        )

    @property
    def _source(self) -> Source:
        return Source(self._folder.original, self._one.told)

    def _base(self) -> str:
        """The version that readers see now; empty where there is none."""
        try:
            return self._plan.store.current(self._spec.id).id
        except NotFound:
            return ""

    def _difference(self, frame: gpd.GeoDataFrame, base: str) -> Difference:
        before = self._plan.store.frame(self._spec.id, base) if base else frame.iloc[:0]
        by = self._catalog.style(self._spec).by or CLASS_FIELD
        crs = self._catalog.zone.metric_crs
        after = frame.reset_index(drop=True)
        return difference(before, after, self._spec, crs, class_field=by)

    # ------------------------------------------------------------ publish

    def publish(self, told: Told, *, by: str, reason: str) -> None:
        """Publish what was prepared; again after an interruption, with the same end.

        Raises
        ------
        InputError
            Somebody else has published since the difference was made, or an error holds it; or
            the version is published and the database did not take it down.
        """
        store = self._plan.store
        if not is_current(store, self._spec, self._source):
            self._refuse_overtaken(told)
            outcome = publish(
                self._catalog,
                store,
                self._spec,
                self._source,
                by=by,
                reason=reason,
                read=confined.read,
                told=told,
            )
            if outcome.version is None:
                raise InputError(HELD.at(count=outcome.report.count("error")))
        self._note(store.current(self._spec.id).id, by)

    def _note(self, version: str, by: str) -> None:
        """Write down what is published; where that fails, nobody is told that nothing was done."""
        try:
            journal.catch_up(self._database, self._catalog, self._plan.store)
            with self._database.writing() as session:
                imports.publish(session, self._one.id, version, by)
        except (Busy, Full) as error:
            raise InputError(UNTOLD.at(version=version)) from error

    def _refuse_overtaken(self, told: Told) -> None:
        seen = self._folder.found("difference") or {}
        base = self._base()
        if seen.get("base", base) == base:
            return
        self.prepare(told)
        raise InputError(CHANGED.at(version=base))


# ---------------------------------------------------------------- as JSON


def _look(seen: Look) -> dict[str, Any]:
    return {
        "driver": seen.driver,
        "layers": [asdict(one) for one in seen.layers],
        "layer": seen.layer,
        "previews": [asdict(one) for one in seen.previews],
        "encoding": seen.encoding,
        "fields": [asdict(one) for one in seen.fields],
        "columns": list(seen.columns),
        "crs": seen.crs,
        "rows": seen.rows,
        "problems": [_problem(one) for one in seen.problems],
        "sample": seen.positions[:3].tolist(),
    }


def _problem(problem: Problem) -> dict[str, Any]:
    return {lang: problem.to_dict(lang) for lang in LANGS}


def _hypothesis(one: Hypothesis, positions: np.ndarray) -> dict[str, Any]:
    step = -(-len(positions) // _DRAWN) or 1
    where = placement.lonlat(np.asarray(positions[::step], dtype=np.float64), one.placement)
    finite = where[np.isfinite(where).all(axis=1)]
    return {
        "placement": one.placement.to_dict(),
        "title": asdict(one.title),
        "declared": one.declared,
        "inside": one.inside,
        "sentence": asdict(one.sentence),
        "distance_m": one.distance_m,
        "where": np.round(finite, 6).tolist(),
    }


def _report(report: Report) -> dict[str, Any]:
    return {
        "ok": report.ok,
        "rows_in": report.rows_in,
        "rows_out": report.rows_out,
        "counts": {name: report.count(name) for name in ("error", "warning", "note")},
        "problems": [{**_problem(one), "place": report.place_of(one)} for one in report.ordered()],
        "repairs": [
            {
                "row": one.row,
                "feature": one.feature,
                "before_m2": one.before_m2,
                "after_m2": one.after_m2,
                "before": _rings(one.before),
                "after": _rings(one.after),
            }
            for one in report.repairs
        ],
    }


def _rows(problem: Problem) -> list[int]:
    """The rows that a problem is about; one that counts further ones names them all."""
    if problem.row is not None:
        return [problem.row]
    written = problem.values.get("rows")
    return unranged(written.en) if isinstance(written, Text) else []


def _rings(shape: BaseGeometry) -> list[list[list[float]]]:
    """The outlines of a polygon, to draw."""
    parts = shapely.get_parts(np.asarray([shape], dtype=object))
    rings = shapely.get_rings(parts[shapely.get_type_id(parts) == 3])
    return [shapely.get_coordinates(ring).tolist() for ring in rings]


def _difference(found: Difference) -> dict[str, Any]:
    return {
        "counts": dict(found.counts),
        "unchanged": found.unchanged,
        "measured": found.measured.to_dict(),
        "changes": [
            {"kind": one.kind, "sentence": asdict(sentence(one))} for one in found.changes[:_TOLD]
        ],
        "more": max(len(found.changes) - _TOLD, 0),
    }


def texts(value: Mapping[str, str] | None) -> Text | None:
    """A text that was kept."""
    return None if value is None else Text(zh=value["zh"], en=value["en"])
