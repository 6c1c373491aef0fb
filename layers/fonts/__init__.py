"""The Chinese font of every sheet and report: Noto Sans SC, cut to GB 2312 at set-up.

A fresh server has no Chinese font. ``python -m layers.fonts node_modules`` makes the two small
files from the locked package; they are part of the wheel and not of the repository.
"""

from layers.fonts.cutting import cut
from layers.fonts.faces import BOLD, FAMILY, REGULAR, Face, FontsMissingError, require
from layers.fonts.metrics import missing, outline, shown, shown_lines, width

__all__ = [
    "BOLD",
    "FAMILY",
    "REGULAR",
    "Face",
    "FontsMissingError",
    "cut",
    "missing",
    "outline",
    "require",
    "shown",
    "shown_lines",
    "width",
]
