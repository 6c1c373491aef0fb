"""Exports: figures and features for other programs, each with its provenance.

content = features(plan, "roads", crs="EPSG:4549")
write("gpkg", content, path)
"""

from layers.export.content import Features, Provenance, Sheet, Tables
from layers.export.features import PROJECTS, features
from layers.export.formats import FORMATS, Format, for_kind, format_of, write

__all__ = [
    "FORMATS",
    "PROJECTS",
    "Features",
    "Format",
    "Provenance",
    "Sheet",
    "Tables",
    "features",
    "for_kind",
    "format_of",
    "write",
]
