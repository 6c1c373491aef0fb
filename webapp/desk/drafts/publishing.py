"""From a draft to a version: a file of its features, judged and published as any other file."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy.orm import Session

from geo.durable import sync
from geo.errors import InputError, ProblemKind
from geo.types import Text
from layers import publishing
from layers.catalog import Catalog
from layers.diff import CLASS_FIELD, Difference, difference
from layers.publishing import Source
from layers.report import Report
from layers.store import Store
from layers.versions import Version
from webapp import journal
from webapp.accounts import Person
from webapp.desk.drafts.editing import edits, end, locked
from webapp.desk.drafts.features import Row, base_features, merged
from webapp.desk.drafts.tables import Draft, Edit
from webapp.keys import private_folder

_FOLDER = "drafts"

OTHER_BASE = ProblemKind(
    "draft-base-old",
    "error",
    Text(
        zh="图层在草稿开始之后发布过新版本，草稿没有发布",
        en="The layer was published anew since the draft began; the draft was not published",
    ),
    Text(
        zh="先把草稿转到当前版本，冲突的要素逐个决定",
        en="Carry the draft over to the current version first and decide the conflicts",
    ),
)
EDITED_SINCE = ProblemKind(
    "draft-edited-since",
    "error",
    Text(
        zh="您查看之后草稿又有修改，没有发布",
        en="The draft was edited after you looked; it was not published",
    ),
    Text(zh="看过最新的问题和差异再发布", en="Look at the problems and the difference again"),
)
HELD = ProblemKind(
    "draft-held",
    "error",
    Text(zh="草稿有错误，没有发布", en="The draft has errors and was not published"),
    Text(zh="先改正列出的错误", en="Mend the listed errors first"),
)
ASKED = ProblemKind(
    "draft-warnings",
    "error",
    Text(zh="草稿有提醒，没有确认，没有发布", en="The draft has warnings that nobody accepted"),
    Text(zh="看过提醒后勾选确认", en="Look at them and tick the box"),
)
NO_CHANGE = ProblemKind(
    "draft-no-change",
    "error",
    Text(zh="草稿与当前版本没有不同", en="The draft does not differ from the current version"),
    Text(zh="没有需要发布的内容", en="There is nothing to publish"),
)


@dataclass(frozen=True)
class Prepared:
    """What publishing a draft would give.

    Attributes
    ----------
    rows
        The features in the order of the file; a problem's row counts them from 1.
    difference
        From the base version; None where an error holds publishing.
    seen
        Number of the last edit that is in it.
    """

    source: Source
    rows: Sequence[Row]
    report: Report
    difference: Difference | None
    seen: int

    def key_of(self, row: int | None) -> str | None:
        """The feature that a problem's row is."""
        return self.rows[row - 1].key if row is not None and 0 < row <= len(self.rows) else None


def prepare(catalog: Catalog, store: Store, draft: Draft, found: Sequence[Edit]) -> Prepared:
    """Make the draft's file and judge it as publishing would; nothing is published."""
    spec = catalog.layer(draft.layer)
    base = store.frame(draft.layer, draft.base)
    rows = merged(base_features(base), found)
    source = Source(_write(catalog.folder, draft, rows))
    frame, report = publishing.prepare(catalog, store, spec, source)
    by = catalog.style(spec).by or CLASS_FIELD
    metric = catalog.zone.metric_crs
    differs = None if frame is None else difference(base, frame, spec, metric, class_field=by)
    return Prepared(source, rows, report, differs, found[-1].number if found else 0)


def publish(
    session: Session,
    catalog: Catalog,
    store: Store,
    draft_id: str,
    *,
    by: Person,
    reason: str,
    seen: int,
    accepted: bool,
) -> Version:
    """Publish a draft as the layer's next version.

    Parameters
    ----------
    seen
        Number of the last edit when the person looked at problems and difference.
    accepted
        Whether the warnings were accepted.

    Raises
    ------
    InputError
        Something holds it; nothing is changed.
    """
    draft = locked(session, draft_id)
    found = edits(session, draft_id)
    if store.current(draft.layer).id != draft.base:
        raise InputError(OTHER_BASE.at())
    prepared = prepare(catalog, store, draft, found)
    _refuse(prepared, seen, accepted)
    outcome = publishing.publish(
        catalog, store, catalog.layer(draft.layer), prepared.source, by=by.name, reason=reason
    )
    if outcome.version is None:
        raise InputError(HELD.at())
    end(draft, "published", by, outcome.version.id)
    journal.append(
        session,
        "draft-publish",
        actor=by.name,
        subject=draft.layer,
        draft=draft.id,
        version=outcome.version.id,
        edits=prepared.seen,
    )
    return outcome.version


def _refuse(prepared: Prepared, seen: int, accepted: bool) -> None:
    if prepared.seen != seen:
        raise InputError(EDITED_SINCE.at())
    if prepared.difference is None:
        raise InputError(HELD.at())
    if not prepared.difference.changes:
        raise InputError(NO_CHANGE.at())
    if prepared.report.count("warning") and not accepted:
        raise InputError(ASKED.at())


def _write(data: Path, draft: Draft, rows: Sequence[Row]) -> Path:
    """The draft as a file of its own, whole or not at all."""
    folder = private_folder(data) / _FOLDER / draft.id
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"draft-{draft.id}.geojson"
    beside = folder / f".{os.getpid()}-{id(rows)}.part"
    with beside.open("wb") as handle:
        handle.write(orjson.dumps(_collection(rows), option=orjson.OPT_APPEND_NEWLINE))
        handle.flush()
        os.fsync(handle.fileno())
    beside.replace(path)
    sync(folder)
    return path


def _collection(rows: Sequence[Row]) -> dict[str, Any]:
    return {
        "type": "FeatureCollection",
        "features": [{"type": "Feature", **row.content} for row in rows],
    }
