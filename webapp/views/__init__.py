"""The addresses of the service, a module for each noun: parse, call one function, render."""

from __future__ import annotations

from flask import Flask

from webapp.views import (
    accounts,
    consultations,
    desk,
    diff,
    drafts,
    exports,
    health,
    history,
    imports,
    jobs,
    journal,
    layers,
    map,  # noqa: A004
    messages,
    moderation,
    notices,
    openapi,
    opinions,
    projects,
    quality,
    receipts,
    register,
    reports,
    rows,
    search,
    sheet,
    static,
    statistics,
    tiles,
)


def install(app: Flask) -> None:
    """Register every view."""
    for module in (
        map,
        projects,
        statistics,
        quality,
        exports,
        jobs,
        sheet,
        layers,
        tiles,
        rows,
        history,
        diff,
        consultations,
        opinions,
        receipts,
        search,
        messages,
        openapi,
        health,
        static,
        accounts,
        desk,
        imports,
        drafts,
        notices,
        reports,
        register,
        moderation,
        journal,
    ):
        app.register_blueprint(module.blueprint)
