"""Where the positions of a file lie: readings with their evidence, and the one that is chosen."""

from geo.placement.control import Similarity, fit
from geo.placement.evidence import HIT_M, Known, Near, Offset
from geo.placement.model import DATUMS, ControlPoint, Datum, Placement
from geo.placement.placing import lonlat, place, to_lonlat
from geo.placement.weighing import Hypothesis, Weighing, weigh

__all__ = [
    "DATUMS",
    "HIT_M",
    "ControlPoint",
    "Datum",
    "Hypothesis",
    "Known",
    "Near",
    "Offset",
    "Placement",
    "Similarity",
    "Weighing",
    "fit",
    "lonlat",
    "place",
    "to_lonlat",
    "weigh",
]
