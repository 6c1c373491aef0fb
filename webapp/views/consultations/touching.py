"""The open notices that a project is affected by, for pages that are not about notices."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from flask import current_app

from geo.errors import HuituError
from webapp.clocks import clock
from webapp.consultation.announced import Announced, all_announced, touching
from webapp.database import database

_log = logging.getLogger(__name__)
_KEY = "huitu.consultations.patience"
#: A database that did not answer is not asked again for so long: the page does not wait for it.
_PAUSE_SECONDS = 30.0


class Patience:
    """Remembers that the database did not answer a moment ago."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._until = float("-inf")

    @property
    def waits(self) -> bool:
        """Whether it is too early to ask again."""
        return self._monotonic() < self._until

    def lose(self) -> None:
        """It did not answer."""
        self._until = self._monotonic() + _PAUSE_SECONDS


def install(extensions: dict[str, Any]) -> None:
    """Give an application its patience."""
    extensions[_KEY] = Patience()


def open_for(project_id: str) -> tuple[Announced, ...]:
    """The notices; none where the database does not answer, for the plan is told without it."""
    patience: Patience = current_app.extensions[_KEY]
    if patience.waits:
        return ()
    try:
        with database().reading() as session:
            return touching(all_announced(session, clock().now()), project_id)
    except (HuituError, OSError) as error:
        patience.lose()
        _log.warning("the notices of a project are not told: %s", error)
        return ()
