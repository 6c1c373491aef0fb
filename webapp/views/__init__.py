"""The addresses of the service, a module for each noun: parse, call one function, render."""

from __future__ import annotations

from flask import Flask

from webapp.views import health, layers, map, messages, projects, search, static  # noqa: A004


def install(app: Flask) -> None:
    """Register every view."""
    for module in (map, projects, layers, search, messages, health, static):
        app.register_blueprint(module.blueprint)
