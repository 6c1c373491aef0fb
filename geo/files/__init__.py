"""Files in and out: the only place that knows pyogrio, and where foreign bytes are looked at."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from geo.files.looking import Look
from geo.files.opening import look, read
from geo.files.reading import Reading

if TYPE_CHECKING:
    from geo.files.lines import Lines, line_starts
    from geo.files.working import load, save
    from geo.files.writing import geojson_parts, to_geojson

__all__ = [
    "Lines",
    "Look",
    "Reading",
    "geojson_parts",
    "line_starts",
    "load",
    "look",
    "read",
    "save",
    "to_geojson",
]

#: Writing needs GDAL and pandas; the process that only reads starts in half the time without.
_WRITERS = {
    "Lines": "lines",
    "geojson_parts": "writing",
    "line_starts": "lines",
    "load": "working",
    "save": "working",
    "to_geojson": "writing",
}


def __getattr__(name: str) -> Any:
    if name not in _WRITERS:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.{_WRITERS[name]}"), name)
