"""What is made sure before a deployment is served, once for all of its workers."""

from __future__ import annotations

from geo.errors import InputError
from webapp import accounts, journal, keys, sample
from webapp.database import Database, Schema, of
from webapp.publishing import Deployment
from webapp.settings import Settings


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


def note_head(settings: Settings) -> None:
    """Note the log's head outside of the database."""
    with ready(settings).reading() as session:
        journal.note(session, settings.data)


def first_link(settings: Settings) -> str | None:
    """The secret of the link that makes the first administrator; None when there is one."""
    keys.session_key(settings)
    with ready(settings).writing() as session:
        return accounts.first_link(session)
