"""The clock that an application counts legal dates by; tests set one of their own."""

from __future__ import annotations

from flask import Flask, current_app

from webapp.consultation.clock import Clock, SystemClock

_KEY = "huitu.clock"


def install(app: Flask, clock: Clock | None = None) -> None:
    """Give an application its clock: that of the machine where none is given."""
    app.extensions[_KEY] = clock or SystemClock()


def clock() -> Clock:
    """The clock of this application."""
    found: Clock = current_app.extensions[_KEY]
    return found
