"""What is wrong with the geometry of a frame, and the mends."""

from geo.shapes.finding import find
from geo.shapes.mending import MENDED, Repair, mend_invalid, repair, repairs

__all__ = ["MENDED", "Repair", "find", "mend_invalid", "repair", "repairs"]
