"""GeoPackage, read as what it is: an SQLite database, opened read-only and looked at first.

Python's sqlite3 reads it and not GDAL, so that an integer beside a missing one stays the integer
that it is, and nothing that a file may hold (views, virtual tables, triggers) is run.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

import shapely
from shapely.geometry.base import BaseGeometry

#: Bytes of the envelope in the header of a geometry, by its code (GeoPackage 1.3, 2.1.3).
_ENVELOPES = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}
_HEADER = 8


def connect(path: Path) -> sqlite3.Connection:
    """Open a database that nobody writes, read-only; no function of its schema is trusted."""
    database = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
    database.execute("PRAGMA trusted_schema = OFF")
    return database


def quoted(name: str) -> str:
    """Write a name for SQL."""
    return '"' + name.replace('"', '""') + '"'


def shape_of(blob: bytes) -> BaseGeometry:
    """Return the shape of a GeoPackage geometry.

    Raises
    ------
    ValueError
        It is not one, or its shape is none that can be built.
    """
    envelope = _ENVELOPES.get((blob[3] >> 1) & 0b111) if len(blob) >= _HEADER else None
    if blob[:2] != b"GP" or envelope is None:
        raise ValueError("not a GeoPackage geometry")
    try:
        return shapely.from_wkb(blob[_HEADER + envelope :])
    except shapely.errors.GEOSException as error:
        raise ValueError("not a geometry") from error
