"""What is wrong with the geometry of a frame, and the mends."""

from geo.shapes.finding import find
from geo.shapes.mending import mend_invalid, repair

__all__ = ["find", "mend_invalid", "repair"]
