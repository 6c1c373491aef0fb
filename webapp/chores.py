"""What the server does by itself: it sends letters, deletes contact data, notes the log's head.

Every worker process has a thread for it and one of them does it, whoever holds the lock of the data
folder; when that process ends the next one goes on.
"""

from __future__ import annotations

import fcntl
import logging
import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path

from geo.errors import HuituError
from webapp import journal
from webapp.consultation import mailing, purging
from webapp.consultation.clock import Clock, SystemClock, day_of
from webapp.database import Database, of
from webapp.settings import Settings

_LOCK = ".chores.lock"
_EVERY_SECONDS = 20.0
_log = logging.getLogger(__name__)


def begin(settings: Settings) -> threading.Thread:
    """Begin the thread of this process; it ends with it."""
    thread = threading.Thread(target=_run, args=(settings,), name="chores", daemon=True)
    thread.start()
    return thread


def _run(settings: Settings) -> None:
    never = threading.Event()
    with (settings.data / _LOCK).open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        chores = Chores(settings, of(settings, pooled=False))
        while not never.wait(_EVERY_SECONDS if chores.begun else 0.0):
            chores.do()


class Chores:
    """The work of one deployment; ``do`` does what is due now."""

    def __init__(self, settings: Settings, database: Database, clock: Clock | None = None) -> None:
        self._settings, self._database = settings, database
        self._clock = clock or SystemClock()
        self._day: date | None = None
        self.begun = False

    def do(self) -> None:
        """Send what is due; once a day delete and note. What fails now is done later."""
        self.begun = True
        if mailing.enabled(self._settings):
            self._safely(self._post)
        today = day_of(self._clock.now())
        if self._day != today and self._safely(self._daily):
            self._day = today

    def _safely(self, work: Callable[[], None]) -> bool:
        """Do some work; an error is logged by its kind alone, for its words may hold an address."""
        try:
            work()
        except (HuituError, OSError) as error:
            _log.warning("%s was not done: %s", work.__name__.lstrip("_"), type(error).__name__)
            return False
        return True

    def _post(self) -> None:
        server = mailing.Server(self._settings)
        mailing.post_due(self._database, self._settings, server, self._clock)

    def _daily(self) -> None:
        data: Path = self._settings.data
        with self._database.writing() as session:
            purging.purge(session, self._clock.now(), self._settings.contact_days)
        with self._database.reading() as session:
            journal.note(session, data, daily=True)
