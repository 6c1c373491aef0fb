"""The database of an application, opened at the first request that wants it."""

from __future__ import annotations

from threading import Lock

from flask import Flask, current_app

from webapp.database.engine import Database, default_url
from webapp.database.schema import Schema
from webapp.settings import Settings

_KEY = "huitu.database"


class _Opened:
    """Checks the revision once in a process, before the first transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._ready = False
        self._lock = Lock()

    def close(self) -> None:
        self._database.dispose()

    def get(self) -> Database:
        with self._lock:
            if not self._ready:
                Schema(self._database).ready()
                self._ready = True
        return self._database


def of(settings: Settings, *, pooled: bool = True) -> Database:
    """The database that the settings name."""
    return Database(settings.database_url or default_url(settings.data), pooled=pooled)


def install(app: Flask, settings: Settings) -> None:
    """Give an application its database; nothing is opened yet."""
    app.extensions[_KEY] = _Opened(of(settings))


def database() -> Database:
    """The database of this application, with the tables that this program wants."""
    opened: _Opened = current_app.extensions[_KEY]
    return opened.get()


def close(app: Flask) -> None:
    """Close an application's connections; a later request opens new ones."""
    opened: _Opened = app.extensions[_KEY]
    opened.close()
