"""The printed map (专题制图): a vector sheet at a true scale in the zone's metric CRS."""

from layers.sheet.asking import FORMATS, PAPERS, SCALES, SheetRequest, fitting_scale
from layers.sheet.composing import Sheet, compose
from layers.sheet.figure import Figure, figure

__all__ = [
    "FORMATS",
    "PAPERS",
    "SCALES",
    "Figure",
    "Sheet",
    "SheetRequest",
    "compose",
    "figure",
    "fitting_scale",
]
