"""The log's head is noted outside of the database by the first work at the desk of each day."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from flask import Flask, Response, request

from webapp import journal, security
from webapp.database import database, now
from webapp.settings import Settings


class _Daily:
    """Looks once a day in each process; of several processes the first notes."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._day: date | None = None

    def __call__(self, response: Response) -> Response:
        route = security.ROUTES.get(request.endpoint or "")
        if route is None or route.role == "public" or not response.status_code < 400:
            return response
        today = now().date()
        if self._day != today:
            with database().reading() as session:
                journal.note(session, self._data, daily=True)
            self._day = today
        return response


def install(app: Flask, settings: Settings) -> None:
    """Note the head whenever a day begins at the desk."""
    app.after_request(_Daily(settings.data))
