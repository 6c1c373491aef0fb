"""The log of publications follows the store, which is the truth.

A version is published by moving a pointer in the data folder. The entry that tells of it is written
right after; when the program is ended between the two, the next start writes it.
"""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from layers.catalog import Catalog
from layers.store import Store
from layers.versions import Publication, Version
from webapp.database import Database
from webapp.journal.chain import append
from webapp.journal.tables import Entry


def catch_up(database: Database, catalog: Catalog, store: Store) -> int:
    """Log every publication that is not in the log yet; give how many there were."""
    with database.reading() as session:
        if not any(_missing(session, layer.id, store) for layer in catalog.layers):
            return 0
    with database.writing() as session:
        return sum(_log_missing(session, layer.id, store) for layer in catalog.layers)


def _log_missing(session: Session, layer_id: str, store: Store) -> int:
    missing = _missing(session, layer_id, store)
    for publication in missing:
        _log(session, store.version(layer_id, publication.version), publication)
    return len(missing)


def _missing(session: Session, layer_id: str, store: Store) -> tuple[Publication, ...]:
    """Publications of a layer beyond those that are logged, the oldest first."""
    logged = session.scalar(
        select(func.count()).where(Entry.action == "publish", Entry.subject == layer_id)
    )
    return store.publications(layer_id)[::-1][logged or 0 :]


def _log(session: Session, version: Version, publication: Publication) -> None:
    append(
        session,
        "publish",
        actor=publication.by,
        subject=version.layer,
        version=version.id,
        published_at=publication.at,
        reason=publication.reason,
        file=version.file,
        sha256=version.sha256,
        features=version.features,
    )
