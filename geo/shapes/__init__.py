"""What is wrong with the geometry of a frame, and the mends."""

from geo.shapes.finding import find
from geo.shapes.mending import MENDED, mend_invalid, repair
from geo.shapes.repairs import Repair, repairs

__all__ = ["MENDED", "Repair", "find", "mend_invalid", "repair", "repairs"]
