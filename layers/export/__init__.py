"""Exports: figures and features for other programs, each with its provenance.

``write("gpkg", features(plan, "roads", crs="EPSG:4549"), path)`` and
``write("xlsx", tables("statistics", plan, question, unit="mu"), path)``. ``verify(plan, path)``
makes an exported table again and compares.
"""

from layers.export.content import Features, Provenance, Sheet, Tables
from layers.export.features import PROJECTS, features
from layers.export.figures import DEFAULT_UNIT, UNITS, Units, tables
from layers.export.figures import names as table_names
from layers.export.formats import FORMATS, Format, for_kind, format_of, write
from layers.export.verify import Difference, Verdict, verify

__all__ = [
    "DEFAULT_UNIT",
    "FORMATS",
    "PROJECTS",
    "UNITS",
    "Difference",
    "Features",
    "Format",
    "Provenance",
    "Sheet",
    "Tables",
    "Units",
    "Verdict",
    "features",
    "for_kind",
    "format_of",
    "table_names",
    "tables",
    "verify",
    "write",
]
