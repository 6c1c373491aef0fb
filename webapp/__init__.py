"""HTTP and drawing: the Flask application, its views and the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from webapp.settings import Settings


def create_app(settings: Settings | None = None) -> Flask:
    """Build the application of one deployment.

    Nothing is read or opened when this package is imported; two applications in one process do
    not know of each other.

    Parameters
    ----------
    settings
        The deployment's settings; without them the environment is read (``HUITU_DATA`` ...).

    Returns
    -------
    flask.Flask
        A WSGI application with the plan of the data folder open.

    Raises
    ------
    geo.errors.InputError
        When a setting, the catalog or the palette is wrong; with every problem at once.
    """
    from webapp.application import build
    from webapp.settings import Settings

    return build(settings or Settings.read())
