"""Putting the application together: the parts of a deployment and who is told about them."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from jinja2 import StrictUndefined

from webapp import (
    access,
    answers,
    clocks,
    database,
    errors,
    jobs,
    language,
    limits,
    noting,
    pages,
    plans,
    prefix,
    security,
    statics,
    tiledoor,
    tiles,
    views,
)
from webapp.settings import Settings

_PACKAGE = Path(__file__).parent


def build(settings: Settings) -> Flask:
    """Build the application; see :func:`webapp.create_app`."""
    app = Flask("webapp", root_path=str(_PACKAGE), static_folder=None)
    # The form around an upload is small; the file itself is counted again as it is kept.
    app.config["MAX_CONTENT_LENGTH"] = (settings.upload_mb + 1) * 1_000_000
    app.config["HUITU_SETTINGS"] = settings
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    language.install(app, settings.lang)
    plans.install(app, settings.data, settings.tile_features)
    statics.install(app, _PACKAGE / "static")
    answers.install(app)
    tiles.install(app, settings)
    security.install(app, settings.embed_ancestors)
    database.install(app, settings)
    access.install(app, settings)
    noting.install(app, settings)
    clocks.install(app)
    limits.install(app)
    errors.install(app)
    pages.install(app)
    jobs.install(app, settings)
    views.install(app)
    tiledoor.install(app)
    prefix.install(app, settings.url_prefix)
    return app
