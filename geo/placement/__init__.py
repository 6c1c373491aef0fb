"""Where the positions of a file lie: hypotheses with their evidence, and the one that is chosen."""

from geo.placement.control import Similarity, fit
from geo.placement.model import DATUMS, ControlPoint, Datum, Placement
from geo.placement.placing import lonlat, place, to_lonlat

__all__ = [
    "DATUMS",
    "ControlPoint",
    "Datum",
    "Placement",
    "Similarity",
    "fit",
    "lonlat",
    "place",
    "to_lonlat",
]
