"""The printed map (专题制图): a vector sheet at a true scale in the zone's metric CRS."""

from layers.sheet.asking import FORMATS, PAPERS, SCALES, SheetRequest, fitting_scale
from layers.sheet.composing import Sheet, compose
from layers.sheet.figure import Figure, chosen
from layers.sheet.frame import extent_of
from layers.sheet.picture import Picture, picture

__all__ = [
    "FORMATS",
    "PAPERS",
    "SCALES",
    "Figure",
    "Picture",
    "Sheet",
    "SheetRequest",
    "chosen",
    "compose",
    "extent_of",
    "fitting_scale",
    "picture",
]
