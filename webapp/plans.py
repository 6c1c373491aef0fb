"""The plan that requests see: opened once, and again when something was published."""

from __future__ import annotations

import logging
from pathlib import Path
from threading import Lock

from flask import Flask, current_app, g

from geo.errors import HuituError
from layers.catalog import CATALOG_FILE, PALETTE_FILE
from layers.plan import Plan
from layers.rows import Rows
from layers.tiling import TILE_FEATURES
from webapp.answers import keep_heavy

_log = logging.getLogger(__name__)
_KEY = "huitu.plans"


def install(app: Flask, folder: Path, tile_features: int) -> None:
    """Open the plan of a data folder for the application."""
    app.extensions[_KEY] = Plans(folder, tile_features)


def of(app: Flask) -> Plans:
    """The plans of an application."""
    found: Plans = app.extensions[_KEY]
    return found


def current_plan() -> Plan:
    """The plan of this request: one and the same from its beginning to its end."""
    if "plan" not in g:
        g.plan = of(current_app).current()
    plan: Plan = g.plan
    return plan


def rows_of(layer_id: str, version: str) -> Rows:
    """The rows of a version; those of the current one stay open with the plan."""
    plan = current_plan()
    spec = plan.catalog.layer(layer_id)
    if version == plan.publication(layer_id).version:
        return plan.rows(layer_id)
    return keep_heavy(
        ("rows", layer_id, version),
        lambda: plan.store.rows(spec, version, plan.catalog.style(spec)),
    )


class Plans:
    """Holds the newest readable plan of a data folder.

    Each look costs a few ``stat`` calls; a new plan is opened when a pointer of the store, the
    catalog or the palette has changed, also by another process.
    """

    def __init__(self, folder: Path, tile_features: int = TILE_FEATURES) -> None:
        self._folder = folder
        self._files = (folder / CATALOG_FILE, folder / PALETTE_FILE)
        self._tile_features = tile_features
        self._lock = Lock()
        self._stamp = self.stamp()
        self._plan = Plan.open(folder, tile_features)

    def current(self) -> Plan:
        """The plan as it stands on disk now.

        A catalog that was broken by an edit is told in the log and the plan before it stays.
        """
        with self._lock:
            stamp = self.stamp()
            if stamp != self._stamp or not self._plan.fresh:
                self._stamp = stamp
                self._reopen()
            return self._plan

    def _reopen(self) -> None:
        try:
            self._plan = Plan.open(self._folder, self._tile_features)
        except HuituError as error:
            _log.error("the catalog cannot be read, the plan before it stays: %s", error)

    def stamp(self) -> object:
        """What changes whenever the catalog or the palette on disk do."""
        return tuple(_stamp(path) for path in self._files)

    def holds(self, layer_id: str, version: str) -> bool:
        """Whether a version is there, of a layer in any catalog; one look at a name."""
        return self._plan.store.holds(layer_id, version)


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return (stat.st_mtime_ns, stat.st_size)
