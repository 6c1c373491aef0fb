"""What is made sure before a deployment is served, once for all of its workers."""

from __future__ import annotations

import logging

from geo.errors import HuituError, InputError, NotFound
from webapp import accounts, journal, keys, sample
from webapp.database import Database, Schema, of
from webapp.publishing import Deployment
from webapp.settings import Settings

_log = logging.getLogger(__name__)


def ready(settings: Settings) -> Database:
    """The database of the settings with the tables that this program wants.

    Raises
    ------
    InputError
        The database is of another revision, or its folder is not there; the sentence says what
        to do.
    Busy
        It cannot be reached.
    """
    database = of(settings, pooled=False)
    if database.file is not None and not database.file.parent.is_dir():
        raise InputError(sample.NO_DATA.at(folder=database.file.parent))
    Schema(database).ready()
    return database


def log_publications(settings: Settings, deployment: Deployment) -> None:
    """Write into the log what was published and is not there yet."""
    journal.catch_up(ready(settings), deployment.catalog, deployment.store)


def ready_tiles(deployment: Deployment) -> float:
    """Have what large layers need: whole files, and the machine code that cuts their tiles.

    Arrays that cannot be mended are told in the log; the tiles then come from the rows.

    Returns
    -------
    float
        Seconds that the machine code took; 0 without a large layer.
    """
    store, any_large = deployment.store, False
    for spec in deployment.catalog.layers:
        try:
            current = store.current(spec.id)
            any_large |= store.is_large(current)
            store.mend_large(spec, current.id)
        except NotFound:
            continue
        except (HuituError, OSError) as error:
            _log.error("what %s needs as a large layer could not be built: %s", spec.id, error)
    return store.prepare_tiles() if any_large else 0


def note_head(settings: Settings) -> None:
    """Note the log's head outside of the database."""
    with ready(settings).reading() as session:
        journal.note(session, settings.data)


def first_link(settings: Settings) -> str | None:
    """The secret of the link that makes the first administrator; None when there is one."""
    keys.session_key(settings)
    with ready(settings).writing() as session:
        return accounts.first_link(session)
